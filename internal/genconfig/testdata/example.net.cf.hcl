zone "example.net" {
  record "A" "@" {
    content = "198.51.100.1"
    proxied = true
    comment = "anycast front"
    tags    = ["owner:platform"]
  }

  record "AAAA" "@" {
    content = "2001:db8::1"
    proxied = true
    comment = "anycast front"
    tags    = ["owner:platform"]
  }

  record "A" "fast" {
    content = "198.51.100.2"
    ttl     = 30
  }

  record "LOC" "hq" {
    lat_degrees    = 52
    lat_minutes    = 22
    lat_seconds    = 23
    lat_direction  = "N"
    long_degrees   = 4
    long_minutes   = 53
    long_seconds   = 32
    long_direction = "E"
    altitude       = -2
    size           = 10
    precision_horz = 100
    precision_vert = 10
  }

  record "NS" "lab" {
    content = ["ns1.lab-dns.example.org", "ns2.lab-dns.example.org"]
    ttl     = 86400
  }

  record "DS" "lab" {
    key_tag     = 2371
    algorithm   = 13
    digest_type = 2
    digest      = "14d1cc3bbf3b6fb2e9b4fc3f7a5e5dc6a3f6f37f4d0f8e7d2b6f0c5a4e3d2c1b"
    ttl         = 86400
  }

  record "NAPTR" "sip" {
    order       = 30
    preference  = 100
    flags       = "S"
    service     = "SIP+D2T"
    regex       = ""
    replacement = "_sip._tcp.example.net"
    ttl         = 3600
  }
}
