# What every website has: addresses, www, and mail.

variable "domain" {
  description = "The zone's name."
  type        = string
}

variable "address" {
  description = "The web server's IPv4 address."
  type        = string

  validation {
    condition     = can(regex("^[0-9.]+$", var.address))
    error_message = "The address of ${var.domain} must be an IPv4 address."
  }
}

variable "proxied" {
  type     = bool
  default  = false
  nullable = false
}

zone "site" {
  name = var.domain

  record "A" "@" {
    content = var.address
    proxied = var.proxied
  }
  record "CNAME" "www" {
    content = var.domain
    proxied = var.proxied
  }
}

module "mail" {
  source = "../mail"
  domain = var.domain
}

output "mail_servers" {
  value = module.mail.servers
}
