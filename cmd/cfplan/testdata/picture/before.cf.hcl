# What the picture in the README changes.

zone "example.com" {
  defaults {
    ttl = 300
  }

  record "A" "shop" {
    content = "192.0.2.40"
  }

  record "TXT" "_dmarc.shop" {
    content = "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
  }

  record "MX" "shop" {
    priority = 10
    content  = "mx1.example.net"
  }

  record "MX" "shop" {
    priority = 20
    content  = "mx2.example.net"
  }
}
