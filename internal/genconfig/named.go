package genconfig

import "github.com/cfplan/cfplan/internal/dns"

// Named is a record with what its source says about how to declare it.
type Named struct {
	// Record is canonical. Its ID is not written.
	Record dns.Record
	// Label is the label that the source suggests for the block, such as the name of a Terraform
	// resource. It may hold anything; what no label can have is replaced. If it is empty, the record's
	// name decides. Labels of one type that repeat get a number, unless their records can share a
	// block: those of one name that differ in their contents alone.
	Label string
	// Key is the record's key in the for_each of its block, if Keyed. Keyed records of one type
	// and label are one block with for_each if a map can hold their differences. Otherwise each
	// gets a block with a label of its own. A single record whose key is the zone's name needs no
	// for_each: each zone had one.
	Key   string
	Keyed bool
	// Notes are written as comments, a line each: a comment of the source, or the old address. What all
	// records of a block have stands above it, the rest above its element of the list or for_each. If
	// the old addresses of a for_each end in its keys, the part before them stands for all. They may
	// hold anything, and long ones are cut.
	Notes []string
}

// Zone is a zone to be declared.
type Zone struct {
	// Name is canonical.
	Name string
	// Account is the account of the configuration that the zone is in, or "" for the default one.
	Account string
	// Records are declared in the order of their names, whatever their order here.
	Records []Named
	// Left are records that the caller left out. They are listed in a comment, after those that
	// genconfig itself leaves out.
	Left []Omission
	// Ignore has the arguments of ignore blocks. Those that no block can have are listed with Left.
	Ignore []dns.Pattern
}

// ZoneOf returns the zone of a live zone, whose records have no labels of their own.
func ZoneOf(z dns.Zone) Zone {
	out := Zone{Name: z.Name, Account: z.Policy.Account, Records: make([]Named, len(z.Records))}
	for i, r := range z.Records {
		out.Records[i] = Named{Record: r}
	}
	return out
}
