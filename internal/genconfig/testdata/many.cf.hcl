zone "example.com" {
  defaults {
    ttl = 300
  }

  record "MX" "@" {
    for_each = {
      "aspmx.l.google.com"      = 1
      "alt1.aspmx.l.google.com" = 5
      "alt2.aspmx.l.google.com" = 5
    }

    content  = each.key
    priority = each.value
  }

  record "A" "hosts" {
    for_each = {
      amber   = "198.51.100.0"
      birch   = "198.51.100.1"
      cedar   = "198.51.100.2"
      daisy   = "198.51.100.3"
      elder   = "198.51.100.4"
      fern    = "198.51.100.5"
      gorse   = "198.51.100.6"
      heath   = "198.51.100.7"
      iris    = "198.51.100.8"
      juniper = "198.51.100.9"
    }

    name    = each.key
    content = each.value
  }

  record "CNAME" "aliases" {
    for_each = toset(["blog", "docs", "shop", "www"])

    name    = each.key
    content = "example.com"
  }

  record "SSHFP" "host" {
    content = [
      "1 2 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "4 2 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ]
  }

  record "A" "host" {
    for_each = {
      host-1  = "192.0.2.1"
      host-2  = "192.0.2.2"
      host-3  = "192.0.2.3"
      host-4  = "192.0.2.4"
      host-5  = "192.0.2.5"
      host-6  = "192.0.2.6"
      host-7  = "192.0.2.7"
      host-8  = "192.0.2.8"
      host-9  = "192.0.2.9"
      host-10 = "192.0.2.10"
      host-11 = "192.0.2.11"
    }

    name    = each.key
    content = each.value
  }

  record "AAAA" "host" {
    for_each = {
      host-1  = "2001:db8::1"
      host-2  = "2001:db8::2"
      host-3  = "2001:db8::3"
      host-4  = "2001:db8::4"
      host-5  = "2001:db8::5"
      host-6  = "2001:db8::6"
      host-7  = "2001:db8::7"
      host-8  = "2001:db8::8"
      host-9  = "2001:db8::9"
      host-10 = "2001:db8::10"
      host-11 = "2001:db8::11"
    }

    name    = each.key
    content = each.value
  }

  record "MX" "mx1" {
    name     = "lists"
    content  = "mx1.mail.example.net"
    priority = 10
  }

  record "MX" "mx2" {
    name     = "lists"
    content  = "mx2.mail.example.net"
    priority = 20
  }

  record "TXT" "spf" {
    for_each = toset([
      "amber.mail",
      "birch.mail",
      "cedar.mail",
      "daisy.mail",
      "elder.mail",
      "fern.mail",
      "gorse.mail",
      "heath.mail",
      "iris.mail",
      "juniper.mail",
    ])

    name    = each.key
    content = "v=spf1 -all"
  }

  record "CNAME" "dkim" {
    for_each = {
      "k1._domainkey" = "dkim0.mail.example.net"
      "k2._domainkey" = "dkim1.mail.example.net"
      "s1._domainkey" = "dkim2.mail.example.net"
      "s2._domainkey" = "dkim3.mail.example.net"
    }

    name    = each.key
    content = each.value
  }
}
