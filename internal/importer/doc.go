// Package importer reads zones from the files of other tools: Terraform's state, octoDNS's YAML, DNSControl's
// JSON, answers of AWS and Cloudflare, spreadsheets and zone files. Each format has its own file, and all
// formats give the same result: named records, which genconfig writes as HCL.
//
// Read works in three steps. The format's reader turns the source into records as the source spells them.
// spelling.go makes these records canonical, and fit.go brings them into the form that Cloudflare can hold.
// Read leaves out records that cannot be imported, and lists each with the reason. Afterwards, Match finds
// the live record of each imported record (match.go).
//
// The package opens no files by path and sends nothing. The caller passes the text of the source, and for a
// source of several files the directory that the reader may read.
package importer
