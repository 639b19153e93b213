// Package importer reads zones from the files of other tools: Terraform's state, octoDNS's YAML,
// DNSControl's JSON, answers of AWS and Cloudflare, spreadsheets and zone files. Each format has a
// file of its own, and all of them give the same: named records, which genconfig writes as HCL.
//
// Read goes through one source in three steps. A reader turns it into records as the source spells
// them. spelling.go makes them canonical, and fit.go brings them into the form that Cloudflare can
// hold. Records that cannot be imported are left out, and listed with the reason. Afterwards Match
// finds the live record of each one (match.go).
//
// The package opens no files by path and sends nothing: the caller passes the text of the source, and the
// directory in which a source of several files may read.
package importer
