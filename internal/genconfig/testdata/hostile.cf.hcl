zone "example.com" {
  defaults {
    ttl = 300
  }

  record "TXT" "@" {
    content = [
      "$$\u0024{x}",
      "$${file(\"/etc/passwd\")} %%{ if true }",
      "\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028\u0028",
      "\"bytes \\000\\255 and a line\\010break\"",
      "quoted \"inside\" and \\ back",
    ]
  }

  record "A" "hosts" {
    for_each = toset(["0", "for", "null", "true"])

    name    = each.key
    content = "192.0.2.1"
  }

  record "URI" "a" {
    priority = 1
    weight   = 2
    target   = "https://example.com/?q=$${x}&\"y\""
  }

  record "NAPTR" "b" {
    order       = 1
    preference  = 2
    flags       = "u"
    service     = "E2U+sip"
    regex       = "!^.*$!sip:\\1@example.com!"
    replacement = "."
  }

  record "HTTPS" "c" {
    priority = 1
    target   = "."
    value    = "alpn=\"h2\" dohpath=\"/q{?dns}\""
  }

  record "A" "example.com.example.com" {
    content = "192.0.2.2"
  }

  record "A" "commented" {
    content = "192.0.2.3"
    comment = "\"$${x}\" \u202egnihtyreve\u202c é"
    tags    = ["a:$${b}"]

    # Cloudflare has these in a spelling that HCL cannot carry.
    lifecycle {
      ignore_changes = [comment]
    }
  }

  record "TXT" "e" {
    content = "\"cafe\\204\\129\""
  }

  record "CNAME" "www" {
    content = "xn--mnchen-3ya.de"
  }

  # Not declared here:
  #   NS @ ns.example.net (Cloudflare answers for the zone's own NS)
  #   WALLET x "a\n}\nzone \"example.org\" {}" (Cloudflare's API cannot write this type)
  #   A "x\n}.example.com" 192.0.2.4 (invalid name)
  #   TXT y "" (invalid text)
  #   A z 192.0.2.5 ("kept by Cloudflare\nTunnel")
}
