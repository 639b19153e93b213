// Package lint checks declared records and zones for mistakes before anything is sent.
// An error is something that Cloudflare or DNS refuses; a warning is something that they accept
// but that does not work. [Checks] lists all checks, and docs/checks.md is generated from it.
//
// Only this package parses the texts of SPF, DMARC and DKIM. [dns.ParseContent] decides
// whether a value can be parsed at all, and package risk finds what a change could break.
package lint
