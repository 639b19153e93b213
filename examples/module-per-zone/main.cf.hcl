# One module for every website, called for each zone of the list. Everything else in
# the zones is left alone, so that the plan is the same in `cfplan sandbox`.

locals {
  sites = {
    "example.com" = { host = "shop", address = "192.0.2.10", proxied = true }
    "example.net" = { host = "blog", address = "192.0.2.20" }
  }
}

module "site" {
  source   = "./modules/website"
  for_each = local.sites

  domain  = each.key
  host    = each.value.host
  address = each.value.address
  proxied = try(each.value.proxied, null)
}

# Only the shop has these records. They are added to those of the module.
zone "example.com" {
  record "CNAME" "stock" { content = "stock.example.net" }
}

output "mail_servers" {
  value = { for domain, site in module.site : domain => site.mail_servers }
}
