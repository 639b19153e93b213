// Package zonefile reads and writes zones as master files (RFC 1035, section 5),
// the form that BIND gave its name to and that Cloudflare imports and exports.
//
// It works on readers and writers: a file that another one includes is opened by
// a function of the caller's, who decides what may be read. Values are put into
// canonical form by package dns, so that a record in a zone file and the same
// record in a record block are one, with the same words for what is wrong.
//
// The miekg/dns ZoneParser is not what reads the lines, though the tests hold it
// against this one: it stops at the first error, does not say where a record
// stood, rounds the seconds of a LOC and escapes internationalised names.
//
// Comments, tags and switches of a record follow its value in a comment, in the
// notation of Cloudflare's import and export
// (developers.cloudflare.com/dns/manage-dns-records/how-to/import-and-export):
//
//	www 300 IN A 192.0.2.1 ; a comment cf_tags=team:web,cf-proxied:true
package zonefile
