package genconfig

import "github.com/cfplan/cfplan/internal/dns"

// Named is a record with the suggestions of its source for the declaration.
type Named struct {
	// Record is canonical. Its ID is not written.
	Record dns.Record
	// Label is the label that the source suggests for the block, such as the name of a Terraform resource. It
	// may contain anything; Write replaces characters that a label cannot have. If it is empty, Write makes a
	// label from the record's name. A repeated label of one type gets a number, unless the records can share
	// a block because they have the same name and differ only in content.
	Label string
	// Key is the record's key in the for_each of its block, if Keyed is set. Keyed records of one type and
	// label become one block with for_each if a map can hold their differences. Otherwise each gets a block
	// with a label of its own. A single record whose key is the zone's name gets no for_each, because the
	// source had one such record for each zone.
	Key   string
	Keyed bool
	// Notes are comments of the source or old addresses, which Write writes as comments, one on each line.
	// Notes that all records of a block have are above the block, the others above the record's element in
	// the list or for_each. If the old addresses in a for_each end in its keys, Write writes the part before
	// the keys once, above the block. Notes may contain anything. Write cuts long notes.
	Notes []string
}

// Zone is a zone to declare.
type Zone struct {
	// Name is canonical.
	Name string
	// Account is the name that the configuration gives to the zone's account, or "" for the default account.
	Account string
	// Records may be in any order. Write sorts them by name.
	Records []Named
	// Left are records that the caller left out. Write lists them in a comment, after the records that it
	// leaves out itself.
	Left []Omission
	// Ignore has the arguments of ignore blocks. Write lists patterns that no block can express with Left.
	Ignore []dns.Pattern
}

// ZoneOf returns a live zone as a Zone. Its records have no suggestions.
func ZoneOf(z dns.Zone) Zone {
	out := Zone{Name: z.Name, Account: z.Policy.Account, Records: make([]Named, len(z.Records))}
	for i, r := range z.Records {
		out.Records[i] = Named{Record: r}
	}
	return out
}
