# Zones in two Cloudflare accounts, each with its own token.
#
# The default account has its token in CLOUDFLARE_API_TOKEN, the account "shop" in
# CLOUDFLARE_API_TOKEN_SHOP. A token that can do only what its account
# needs does less harm if it leaks.
#
# The scope limits this configuration to the landing pages, in both zones.

cfplan {
  scope {
    zones = ["example.com", "example.net"]
    names = ["landing", "*.landing"]
  }
}

cloudflare "shop" {}

variable "pages" {
  type    = string
  default = "pages.example.org"
}

zone "example.com" {
  record "CNAME" "landing" { content = var.pages }
}

zone "example.net" {
  cloudflare = "shop"

  record "CNAME" "landing" { content = var.pages }

  record "CNAME" "region" {
    for_each = toset(["eu", "us"])
    name     = "${each.key}.landing"
    content  = var.pages
  }
}
