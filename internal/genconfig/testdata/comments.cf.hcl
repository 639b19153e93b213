zone "example.com" {
  defaults {
    ttl = 300
  }

  # the web servers
  record "A" "@" {
    content = [
      # dnsconfig.js:6
      "192.0.2.10",
      # dnsconfig.js:7
      "192.0.2.11",
    ]
  }

  # mail
  record "MX" "@" {
    for_each = {
      "mx1.example.net" = 10
      "mx2.example.net" = 20
      # in the other building
      "mx3.example.net" = 30
    }

    content  = each.key
    priority = each.value
  }

  # sites
  record "CNAME" "aliases" {
    for_each = toset([
      "blog",
      "docs",
      # closed in winter
      "shop",
      "www",
    ])

    name    = each.key
    content = "example.com"
  }

  record "A" "host" {
    for_each = {
      host-1 = "198.51.100.1"
      # new disks in May
      host-2 = "198.51.100.2"
      host-3 = "198.51.100.3"
      host-4 = "198.51.100.4"
    }

    name    = each.key
    content = each.value
  }

  # two
  # lines
  record "A" "vpn" {
    content = "203.0.113.77"
  }
}
