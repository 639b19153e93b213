# Mail at the provider, with the records that prevent forged mail.

variable "domain" {
  type = string
}

variable "host" {
  description = "The name in the zone that receives the mail."
  type        = string
}

locals {
  servers = ["mx1.example.net", "mx2.example.net"]
}

zone "mail" {
  name = var.domain

  record "MX" "mail" {
    count    = length(local.servers)
    name     = var.host
    content  = local.servers[count.index]
    priority = 10 * (count.index + 1)
  }
  record "TXT" "spf" {
    name    = var.host
    content = "v=spf1 include:_spf.example.net -all"
  }
  record "TXT" "dmarc" {
    name    = "_dmarc.${var.host}"
    content = "v=DMARC1; p=reject"
  }
}

output "servers" {
  value = local.servers
}
