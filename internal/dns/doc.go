// Package dns defines zones and records, their canonical form, and when two records are equal. It
// refuses values that it cannot parse; package lint checks everything else that can be wrong with a
// record.
//
// It is on the lowest floor: it imports no other package of cfplan, opens no file, uses no network
// and reads no clock. It is neither a resolver nor a zone-file reader. It uses x/net/idna for
// names, and miekg/dns for registered mnemonics and the parameters of HTTPS and SVCB.
//
// Live, cached and declared records have one type, [Record]. Every package that makes a record
// (config from HCL, cloudflare from API answers) makes it in canonical form, so that records can
// be compared with ==.
package dns
