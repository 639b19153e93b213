# A small web site: two web servers behind Cloudflare's proxy, www as an alias, an API
# that is not proxied, and mail at a provider. In `cfplan sandbox`, most of these records
# exist already: the plan takes them over as they are, and adds docs.

cfplan {
  required_version = ">= 0.1.0"
}

variable "web" {
  description = "Addresses of the web servers, with a comment for each."
  type        = map(string)
  default = {
    "192.0.2.10" = "web 1"
    "192.0.2.11" = "web 2"
  }
}

zone "example.com" {
  defaults {
    ttl = 300
  }

  record "A" "@" {
    for_each = var.web

    content = each.key
    comment = each.value
    proxied = true
  }

  record "CNAME" "www" {
    content = "example.com"
    proxied = true
  }

  record "CNAME" "docs" {
    content = "example.com"
    proxied = true
  }

  # Not proxied, because gRPC is not switched on for this zone's proxy.
  record "A" "api" {
    content = "198.51.100.20"
  }

  record "AAAA" "api" {
    content = "2001:db8:20::1"
  }

  record "MX" "mail" {
    for_each = { mx1 = 10, mx2 = 20 }

    name     = "@"
    content  = "${each.key}.mail.example.net"
    priority = each.value
    ttl      = 3600
  }

  # Only the mail provider sends mail for this domain.
  record "TXT" "@" {
    content = "v=spf1 include:_spf.mail.example.net -all"
    ttl     = 3600
  }

  record "TXT" "_dmarc" {
    content = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
    ttl     = 3600
  }

  # Only this authority may issue certificates. Other authorities report requests to this address.
  record "CAA" "@" {
    content = [
      "0 issue \"letsencrypt.org\"",
      "0 iodef \"mailto:security@example.com\"",
    ]
    ttl = "auto"
  }
}
