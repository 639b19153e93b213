# A domain whose mail matters: MX, SPF, DKIM, DMARC, and the names that mail clients look up. In
# `cfplan sandbox`, the plan takes over MX, SPF and DMARC as they are, and adds the other records.

locals {
  exchanges = {
    mx1 = 10
    mx2 = 20
  }

  # The service that signs mail has two keys: the second one will soon replace the first.
  dkim = {
    s2026a = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtbIf9XmP0uKrTLNXEmTD/yGfGt7tijg3B4EqavJdhyUWvDgPOchRl0EHwjrud0TV9621MVJ20mpHwJu3qNzZQk6sv+agW0p66CdB1ZM5T2vdllMyU+SEXYXcvbhCJfhtavZC/3O2ifSMzFBEbj5TuNqav58RFqWBOGY3Bpl7RTMi+Kp9X/lDwLKoz7oagaXVCyL6KX5+MSB4Ss4+DJSaYFmSb3aEtSK1hrDYMTk2WRY60tznRBp47/aWfWHIQEu/GD0ak7vpjYkNd0a35NxAOyezNOKwKodvwv5icDknBko8RLI/aqtaz6DgXuZVXKuYCZnx3R4Ic9HGc+17fIgoXwIDAQAB"
    s2026b = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAp5n6QiYXUfZu6bXYnqYciPhJH9imHPsu30S254aQoMLYhKsN4UfkcmLi0O+IjzbjGA0QPBI+uA9+XGV7vIejkj+B/wbtGjXdsRpIN3EAkBMH97vYWKQDSJi0AU41hjxGblA09/8/ZVFHEnm5I/hQGZo1OsI1bcJkhXM/kwVhdek7KEB6+rYuqDXXrHdQA7z2ibMG1Une+CB8W+aTUBJ/fG8TdHxO506yMEPzpfZdlFan253aB8CGagzvzpcIIq/UmCV2Dz3EHWnzha3XF7rYWkGZV2YlfYyGqugg7Eg0prPIJ6QoGZH3XGlIU9EwYnRo5F82x00ed9710XWXs5D1/QIDAQAB"
  }
}

zone "example.com" {
  defaults {
    ttl = 3600
  }

  record "MX" "exchange" {
    for_each = local.exchanges

    name     = "@"
    content  = "${each.key}.mail.example.net"
    priority = each.value
  }

  record "TXT" "@" {
    content = "v=spf1 include:_spf.mail.example.net -all"

    lifecycle {
      prevent_destroy = true
    }
  }

  record "TXT" "dkim" {
    for_each = local.dkim

    name    = "${each.key}._domainkey"
    content = "v=DKIM1; k=rsa; p=${each.value}"
  }

  record "TXT" "_dmarc" {
    content = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
  }

  record "CNAME" "autoconfig" {
    content = "autoconfig.mail.example.net"
  }

  record "SRV" "_imaps._tcp" {
    priority = 0
    weight   = 1
    port     = 993
    target   = "imap.mail.example.net"
  }

  record "SRV" "_submissions._tcp" {
    priority = 0
    weight   = 1
    port     = 465
    target   = "smtp.mail.example.net"
  }
}
