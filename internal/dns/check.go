package dns

// CheckRecord returns what is wrong with one canonical record of the named zone.
func CheckRecord(r Record, zone string) []*Problem { panic("stub") }

// ZoneProblem is a problem between records of a zone. Records holds their
// indices in the zone; the first is the one to point at.
type ZoneProblem struct {
	*Problem
	Records []int
}

// CheckZone returns what is wrong between the records of a declared zone:
// a CNAME beside others, repeats, and so on. It calls CheckRecord for none.
func CheckZone(z Zone) []ZoneProblem { panic("stub") }
