// Package nameserver asks a zone's authoritative servers (RFC 9499, section 6)
// what they answer, and works out what that says about the declared records.
//
// It is no resolver, validates no DNSSEC and remembers nothing. DNS shows less
// than the API: what it cannot tell is taken to be as declared, and said. What is
// learnt here serves for reading, never as the base of a change.
package nameserver
