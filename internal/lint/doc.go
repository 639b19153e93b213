// Package lint checks declared records and zones for mistakes, before anything is
// sent: what Cloudflare or DNS refuses (errors), and what is accepted and does not
// work (warnings). [Checks] lists all checks; docs/checks.md is made from it.
//
// It is the only place that takes the texts of SPF, DMARC and DKIM apart. Whether a
// value can be read at all is for [dns.ParseContent] to say, and what a change could
// break is for package risk.
package lint
