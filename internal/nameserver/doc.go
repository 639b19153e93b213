// Package nameserver asks a zone's authoritative servers (RFC 9499, section 6) for its records, and derives
// from their answers which of the declared records are live.
//
// It is not a resolver, does not validate DNSSEC and caches nothing. DNS shows less than the API. The package
// assumes that everything that DNS does not show is as declared, and the view says so. The results are only
// for reading, never the basis of a change.
package nameserver
