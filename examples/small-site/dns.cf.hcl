# A small web site: two web servers behind Cloudflare's proxy, www as an alias,
# an API that is reached directly, and no mail.

cfplan {
  required_version = ">= 0.1.0"
}

variable "web" {
  description = "Addresses of the web servers."
  type        = list(string)
  default     = ["192.0.2.10", "192.0.2.11"]
}

zone "example.com" {
  defaults {
    ttl = 300
  }

  record "A" "@" {
    content = var.web
    proxied = true
  }

  record "CNAME" "www" {
    content = "example.com"
    proxied = true
  }

  record "A" "api" {
    content = "198.51.100.20"
    comment = "reached directly: gRPC does not pass the proxy here"
  }

  record "AAAA" "api" {
    content = "2001:db8:20::1"
  }

  # This domain sends no mail, and says so.
  record "TXT" "@" {
    content = "v=spf1 -all"
  }

  record "TXT" "_dmarc" {
    content = "v=DMARC1; p=reject; adkim=s; aspf=s"
  }

  record "CAA" "@" {
    content = [
      "0 issue \"letsencrypt.org\"",
      "0 issuewild \";\"",
    ]
  }
}
