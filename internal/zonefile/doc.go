// Package zonefile reads and writes zones as master files (RFC 1035, section 5), also known as
// BIND zone files, which Cloudflare imports and exports.
//
// It works on readers and writers. To open an included file, it calls a function of the caller,
// which decides what may be read. Package dns brings values into canonical form, so a record in a zone
// file equals the same record in a record block, and its mistakes have the same error messages.
//
// It does not use the ZoneParser of miekg/dns, though the tests compare with it: that parser stops
// at the first error, does not return the positions of records, rounds the seconds of a LOC and
// escapes internationalized names.
//
// The comment, tags and settings of a record are in a comment after its value, in the notation of
// Cloudflare's import and export
// (developers.cloudflare.com/dns/manage-dns-records/how-to/import-and-export):
//
//	www 300 IN A 192.0.2.1 ; a comment cf_tags=team:web,cf-proxied:true
package zonefile
