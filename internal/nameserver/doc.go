// Package nameserver asks a zone's authoritative servers (RFC 9499, section 6) for its records, and works
// out what their answers say about the declared records.
//
// It is not a resolver, does not validate DNSSEC and remembers nothing. DNS shows less than the API: what
// DNS does not show is assumed to be as declared, and the view says so. Its results are for reading only,
// never the basis of a change.
package nameserver
