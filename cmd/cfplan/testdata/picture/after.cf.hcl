# The configuration of the picture in the README.

zone "example.com" {
  defaults {
    ttl = 300
  }

  record "A" "shop" {
    content = ["192.0.2.40", "192.0.2.41"]
  }

  record "TXT" "_dmarc.shop" {
    content = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
  }

  record "MX" "shop" {
    priority = 10
    content  = "mx1.example.net"
  }
}
