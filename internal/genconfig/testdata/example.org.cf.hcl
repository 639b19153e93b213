zone "example.org" {
  defaults {
    ttl = 3600
  }

  record "A" "@" {
    content = "203.0.113.80"
    proxied = true
    tags    = ["team:web"]
  }

  record "AAAA" "@" {
    content = "2001:db8:80::80"
    proxied = true
    tags    = ["team:web"]
  }

  record "CNAME" "cdn" {
    content = "example.org.cdn.example.net"
    ttl     = 300

    settings {
      flatten_cname = true
    }
  }

  record "A" "imap" {
    content = "203.0.113.93"
  }

  record "A" "lists" {
    content = "203.0.113.25"
  }

  record "AAAA" "lists" {
    content = "2001:db8:25::25"
  }

  record "MX" "lists" {
    content  = "lists.example.org"
    priority = 10
  }

  record "TXT" "lists" {
    content = "v=spf1 a mx -all"
  }

  record "CNAME" "mta-sts" {
    content = "mta-sts.mail.example.net"
    proxied = true
  }

  record "A" "shop" {
    content = "203.0.113.81"
    ttl     = 300
    tags    = ["team:shop"]
  }

  record "HTTPS" "shop" {
    priority = 1
    target   = "."
    value    = "alpn=\"h3,h2\" ipv4hint=\"203.0.113.81\""
    ttl      = 300
  }

  record "A" "www" {
    content = "203.0.113.80"
    proxied = true
    tags    = ["team:web"]
  }

  record "MX" "www" {
    content  = "."
    priority = 0
    ttl      = "auto"
  }

  record "TXT" "_dmarc" {
    content = "v=DMARC1; p=reject; rua=mailto:dmarc@example.org; adkim=s"
  }

  record "TXT" "_mta-sts" {
    content = "v=STSv1; id=20250304T093000"
  }

  record "SRV" "_imaps._tcp" {
    priority = 0
    weight   = 1
    port     = 993
    target   = "imap.example.org"
  }

  record "SRV" "_pop3._tcp" {
    priority = 0
    weight   = 0
    port     = 0
    target   = "."
  }

  record "TXT" "_smtp._tls" {
    content = "v=TLSRPTv1; rua=mailto:tls@example.org"
  }

  record "TXT" "s1._domainkey.lists" {
    content = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhjZXB0IGxlbmd0aAIDAQAB"
  }

  record "TLSA" "_25._tcp.lists" {
    usage         = 3
    selector      = 1
    matching_type = 1
    certificate   = "8cb0fc6c527506a053f4f14c8464bebbd6dede2738d11468dd953d7d6a3021f1"
  }

  # Not declared here:
  #   MX @ route3.mx.cloudflare.net (kept by Email Routing)
  #   MX @ route1.mx.cloudflare.net (kept by Email Routing)
  #   MX @ route2.mx.cloudflare.net (kept by Email Routing)
  #   TXT @ "v=spf1 include:_spf.mx.cloudflare.net ~all" (kept by Email Routing)
  #   TXT cf2024-1._domainkey "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAc2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZ… (kept by Email Routing)
}
