// Package importer reads what other tools know about zones: Terraform's state, octoDNS's YAML,
// DNSControl's JSON, answers of AWS and Cloudflare, spreadsheets and zone files. Each format has a
// file of its own, and each gives the same: named records, which genconfig writes as HCL.
//
// Read goes through one source in three steps. A reader turns it into records as the source spells
// them (spelling.go makes them canonical). fit.go brings them into the form that Cloudflare can hold.
// What cannot be taken along is left out by name, with the reason. Afterwards Match finds the live
// record of each one (match.go).
//
// The package opens no files and sends nothing: it gets the text of the source, and the directory
// that a source of several files may read.
package importer
