# Many domains that all lead to one: parked names, spelling variants, other
# endings. Add a line to the list, and it has its records.

variable "parked" {
  description = "Domains that lead to the main one."
  type        = set(string)
  default = [
    "example.net",
    "example.com",
    "example.org",
  ]

  validation {
    condition     = alltrue([for name in var.parked : can(regex("^[a-z0-9-]+(\\.[a-z]+)+$", name))])
    error_message = "Every name must be a domain in lower case, such as example.net."
  }
}

locals {
  # No mail from any of them.
  no_mail = {
    "@"      = "v=spf1 -all"
    "_dmarc" = "v=DMARC1; p=reject"
  }
}

zone "parked" {
  for_each = var.parked

  name = each.value

  record "CNAME" "www" {
    content = "www.example.edu"
    proxied = true
  }

  record "A" "@" {
    content = "192.0.2.80"
    proxied = true
  }

  record "TXT" "no_mail" {
    for_each = local.no_mail

    name    = each.key
    content = each.value
  }

  record "MX" "@" {
    content  = "."
    priority = 0
  }
}

output "domains" {
  value = sort(var.parked)
}
