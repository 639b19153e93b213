# The records that many domains have in common: short links, a record that proves to a service that
# the domain is ours, and records that forbid mail for domains without mail. To add a domain, add a
# line to the map. cfplan leaves all other records in the zones alone.

variable "domains" {
  description = "The domains, and whether they send and receive mail."
  type        = map(object({ mail = bool }))
  default = {
    "example.com" = { mail = true }
    "example.net" = { mail = false }
    "example.org" = { mail = true }
  }

  validation {
    condition     = alltrue([for name in keys(var.domains) : can(regex("^[a-z0-9-]+(\\.[a-z]+)+$", name))])
    error_message = "Every name must be a domain in lower case, such as example.net."
  }
}

locals {
  # The texts of a domain without mail, by the names of their records.
  no_mail = {
    "@"      = "v=spf1 -all"
    "_dmarc" = "v=DMARC1; p=reject"
  }
}

zone "domains" {
  for_each = var.domains

  name = each.key

  record "CNAME" "go" {
    content = "links.example.edu"
    proxied = true
  }

  record "TXT" "_links-challenge" {
    content = "links-domain-verification=2f1d9c"
  }

  record "TXT" "no_mail" {
    for_each = each.value.mail ? {} : local.no_mail

    name    = each.key
    content = each.value
  }

  record "MX" "@" {
    count = each.value.mail ? 0 : 1

    content  = "."
    priority = 0
  }
}

output "domains" {
  value = keys(var.domains)
}
