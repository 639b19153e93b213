# Zones in two Cloudflare accounts, each with its own token.
#
# The token of the default account is in CLOUDFLARE_API_TOKEN, the token of the account "shop" in
# CLOUDFLARE_API_TOKEN_SHOP. With a separate token for each account, a token that leaks
# does less harm.
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
