zone "example.com" {
  record "A" "@" {
    content = "192.0.2.10"
    proxied = true
    comment = "web 1"
  }

  record "A" "apex-2" {
    name    = "@"
    content = "192.0.2.11"
    proxied = true
    comment = "web 2"
  }

  record "MX" "mx1" {
    name     = "@"
    content  = "mx1.mail.example.net"
    priority = 10
    ttl      = 3600
  }

  record "MX" "mx2" {
    name     = "@"
    content  = "mx2.mail.example.net"
    priority = 20
    ttl      = 3600
  }

  record "TXT" "@" {
    content = "google-site-verification=dGhpcyBpcyBub3QgYSByZWFsIGNoZWNr"
  }

  record "TXT" "apex-2" {
    name    = "@"
    content = "v=spf1 include:_spf.mail.example.net -all"
    ttl     = 3600
  }

  record "CAA" "@" {
    content = ["0 iodef \"mailto:security@example.com\"", "0 issue \"letsencrypt.org\""]
  }

  record "A" "api" {
    content = "198.51.100.20"
    ttl     = 300
  }

  record "AAAA" "api" {
    content = "2001:db8:20::1"
    ttl     = 300
  }

  record "CNAME" "old-shop" {
    content = "shops.gone.example.org"
  }

  record "A" "*.preview" {
    content = "198.51.100.30"
  }

  record "A" "sip" {
    content = "198.51.100.40"
    ttl     = 3600
  }

  record "CNAME" "status" {
    content = "example-com.status.example.net"
    ttl     = 3600
  }

  record "A" "vpn" {
    content = "203.0.113.77"
    ttl     = 7200
    comment = "ask before you touch it"
  }

  record "CNAME" "www" {
    content = "example.com"
    proxied = true
  }

  record "TXT" "_acme-challenge" {
    content = "gfj9Xq4Rg85nM_left_behind_in_2023"
    ttl     = 120
    comment = "left by a certificate run"
  }

  record "TXT" "_dmarc" {
    content = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
    ttl     = 3600
  }

  record "TXT" "mail._domainkey" {
    content = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjZXB0IGxlbmd0aAIDAQAB"
    ttl     = 3600
  }

  record "SRV" "_sip._tcp" {
    priority = 10
    weight   = 5
    port     = 5060
    target   = "sip.example.com"
    ttl      = 3600
  }
}
