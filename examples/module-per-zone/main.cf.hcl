# One module for every website, called for each zone of the list.

locals {
  sites = {
    "shop.example" = { address = "192.0.2.10", proxied = true }
    "blog.example" = { address = "192.0.2.20" }
  }
}

module "site" {
  source   = "./modules/website"
  for_each = local.sites

  domain  = each.key
  address = each.value.address
  proxied = try(each.value.proxied, null)
}

# What only the shop has stands beside the module: the records of both add up.
zone "shop.example" {
  record "CNAME" "status" { content = "status.example.net" }
}

output "mail_servers" {
  value = { for domain, site in module.site : domain => site.mail_servers }
}
