zone "example.com" {
  defaults {
    ttl = 300
  }

  record "A" "root" {
    name    = "@"
    content = "192.0.2.10"
    proxied = true
  }

  record "HTTPS" "https" {
    for_each = {
      apex = { name = "@", value = "alpn=\"h2\"" }
      shop = { name = "shop", value = null }
    }

    name     = each.value.name
    priority = 1
    target   = "."
    value    = each.value.value
  }

  record "MX" "mail" {
    for_each = {
      mx1 = "mx1.example.net"
      mx2 = "mx2.example.net"
    }

    name     = "@"
    content  = each.value
    priority = 10
  }

  # module.dns.cloudflare_record.this
  record "TXT" "this" {
    for_each = {
      dkim = {
        name    = "k1._domainkey"
        content = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ"
      }
      # ask security first
      dmarc = {
        name    = "_dmarc"
        content = "v=DMARC1; p=reject"
      }
      spf = {
        name    = "@"
        content = "v=spf1 include:_spf.example.net -all"
      }
    }

    name    = each.value.name
    content = each.value.content
  }

  record "CAA" "caa" {
    for_each = {
      issue = "0 issue \"letsencrypt.org\""
    }

    name    = "@"
    content = each.value
  }

  record "A" "this" {
    for_each = {
      a = { name = "alpha", content = "203.0.113.1", ttl = "auto", proxied = true }
      b = { name = "beta", content = "203.0.113.2", ttl = 60, proxied = false }
    }

    name    = each.value.name
    content = each.value.content
    ttl     = each.value.ttl
    proxied = each.value.proxied
  }

  # cloudflare_record.sites
  record "CNAME" "sites" {
    for_each = toset(["blog", "docs", "shop"])

    name    = each.key
    content = "sites.example.net"
  }

  record "CNAME" "cdn-c1" {
    name    = "c1"
    content = "cdn.example.net"

    settings {
      flatten_cname = true
    }
  }

  record "CNAME" "cdn-c2" {
    name    = "c2"
    content = "cdn.example.net"
  }

  record "A" "db" {
    for_each = {
      db1 = "198.51.100.1"
      db2 = "198.51.100.2"
    }

    name    = each.key
    content = each.value
    ttl     = 3600
  }

  record "NS" "lab" {
    content = ["ns1.example.net", "ns2.example.net"]
  }

  record "MX" "lists_mail" {
    for_each = {
      "10 mx1.example.net" = "mx1.example.net"
      "10 mx2.example.net" = "mx2.example.net"
    }

    name     = "lists"
    content  = each.value
    priority = 10
  }

  # the old machine, until the move
  record "A" "mail_host" {
    name    = "mail"
    content = "192.0.2.25"
  }

  record "MX" "news_mail" {
    for_each = {
      "mx1.example.net" = 10
      "mx2.example.net" = 20
    }

    name     = "news"
    content  = each.key
    priority = each.value
  }

  # cloudflare_record.status["example.com"]
  record "CNAME" "status" {
    content = "status.example.net"
  }

  record "A" "extra" {
    for_each = toset(["vpn"])

    name    = each.key
    content = "203.0.113.77"
  }

  record "CNAME" "www" {
    content = "example.com"
    proxied = true
  }

  record "SRV" "voice" {
    for_each = {
      sip  = { name = "_sip._tcp", port = 5060 }
      sips = { name = "_sips._tcp", port = 5061 }
    }

    name     = each.value.name
    priority = 10
    weight   = 5
    port     = each.value.port
    target   = "sip.example.com"
  }

  record "SRV" "chat" {
    for_each = toset(["xmpp"])

    name     = "_xmpp._tcp"
    priority = 1
    weight   = 2
    port     = 5222
    target   = "xmpp.example.com"
  }

  ignore {
    name = "_acme-challenge.*"
  }

  ignore {
    name    = "*"
    type    = "TXT"
    content = "heritage=external-dns*"
  }

  # Not declared here:
  #   NS @ ns1.example.net (Cloudflare answers for the zone's own NS)
  #   PAGE_RULE go (a page rule)
}
