// Package zonefile reads and writes zones as master files (RFC 1035, section 5), also known as
// BIND zone files, which Cloudflare imports and exports.
//
// It works on readers and writers. To open an included file, it calls a function of the caller,
// which decides which files may be read. Package dns brings values into canonical form, so a record in
// a zone file equals the same record in a record block, and mistakes have the same messages in both.
//
// It does not use the ZoneParser of miekg/dns, because that parser stops at the first error, does not
// return the positions of records, rounds the seconds of a LOC and escapes internationalized names.
// The tests compare the results of both parsers.
//
// A comment after the value holds the record's comment, tags and settings, in the notation of
// Cloudflare's import and export
// (developers.cloudflare.com/dns/manage-dns-records/how-to/import-and-export):
//
//	www 300 IN A 192.0.2.1 ; a comment cf_tags=team:web,cf-proxied:true
package zonefile
