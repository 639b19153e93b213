# The records that every website has: an address, an alias, and mail.

variable "domain" {
  description = "The zone's name."
  type        = string
}

variable "host" {
  description = "The site's name in the zone."
  type        = string
}

variable "address" {
  description = "The web server's IPv4 address."
  type        = string

  validation {
    condition     = can(regex("^[0-9.]+$", var.address))
    error_message = "The address of ${var.host}.${var.domain} must be an IPv4 address."
  }
}

variable "proxied" {
  type     = bool
  default  = false
  nullable = false
}

zone "site" {
  name = var.domain

  record "A" "site" {
    name    = var.host
    content = var.address
    proxied = var.proxied
  }
  record "CNAME" "alias" {
    name    = "my${var.host}"
    content = "${var.host}.${var.domain}"
    proxied = var.proxied
  }
}

module "mail" {
  source = "../mail"
  domain = var.domain
  host   = var.host
}

output "mail_servers" {
  value = module.mail.servers
}
