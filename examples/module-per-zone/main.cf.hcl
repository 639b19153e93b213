# One module describes a website, and is called for each zone in the map. cfplan leaves all other records
# in the zones alone, so you can try the plan in `cfplan sandbox`.

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

# Only the shop has this record. The zone gets it in addition to the records of the module.
zone "example.com" {
  record "CNAME" "stock" { content = "stock.example.net" }
}

output "mail_servers" {
  value = { for domain, site in module.site : domain => site.mail_servers }
}
