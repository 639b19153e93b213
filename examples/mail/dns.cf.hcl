# A domain whose mail matters: MX, SPF, DKIM, DMARC, and what clients look up.

locals {
  exchanges = {
    mx1 = 10
    mx2 = 20
  }

  # One key for each service that signs mail. The second one is being rotated in.
  dkim = {
    s2026a = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwYgrf2p3Gb5nQ9xZ1mJkT0vHcS7uRd4eLaW6qXoP8iVtN3yKzBhF2sDgMjU5CwEr9lAfIxO7vQbHnY1kZ6pTqJmLsRw0dGcXe4uVyB8aNfPhS3iKtDoWz2EjCgUqM7rYlx5IvH9nTbQ1kAfZpRw6sJmXo0dLcGe4uVyB8aNfPhS3iKtDoWz2EjCgUqM7rYlx5IvH9nTbQ1kAfZpRw6sJmXo0dLcGe4uVyB8aNfPhS3iKtDoWz2EjCgUqM7rYlx5IvH9nTbQIDAQAB"
    s2026b = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnTbQ1kAfZpRw6sJmXo0dLcGe4uVyB8aNfPhS3iKtDoWz2EjCgUqM7rYlx5IvH9Ygrf2p3Gb5nQ9xZ1mJkT0vHcS7uRd4eLaW6qXoP8iVtN3yKzBhF2sDgMjU5CwEr9lAfIxO7vQbHnY1kZ6pTqJmLsRw0dGcXe4uVyB8aNfPhS3iKtDoWz2EjCgUqM7rYlx5IvH9nTbQ1kAfZpRw6sJmXo0dLcGe4uVyB8aNfPhS3iKtDoWz2EjCgUqM7rYlx5IvHQIDAQAB"
  }
}

zone "example.org" {
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
    content = "v=spf1 mx include:_spf.example.net -all"

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
    content = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.org"
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
