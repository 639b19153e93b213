module github.com/cfplan/cfplan/internal/sandbox/clienttest

go 1.26.0

require (
	github.com/cfplan/cfplan v0.0.0
	github.com/cloudflare/cloudflare-go v0.119.0
	github.com/go-acme/lego/v5 v5.4.1
	github.com/miekg/dns v1.1.73
)

require (
	github.com/cenkalti/backoff/v5 v5.0.3 // indirect
	github.com/go-jose/go-jose/v4 v4.1.4 // indirect
	github.com/goccy/go-json v0.10.5 // indirect
	github.com/google/go-querystring v1.2.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/time v0.16.0 // indirect
)

replace github.com/cfplan/cfplan => ../../..
