# Mail at the provider, with the records against forgery.

variable "domain" {
  type = string
}

locals {
  servers = ["mx1.example.net", "mx2.example.net"]
}

zone "mail" {
  name = var.domain

  record "MX" "@" {
    count    = length(local.servers)
    content  = local.servers[count.index]
    priority = 10 * (count.index + 1)
  }
  record "TXT" "@" { content = "v=spf1 include:_spf.example.net -all" }
  record "TXT" "_dmarc" { content = "v=DMARC1; p=reject" }
}

output "servers" {
  value = local.servers
}
