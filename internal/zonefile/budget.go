package zonefile

// What is read of zone files in one run. A zone file may come from anybody, and a few
// bytes of $GENERATE or $INCLUDE can stand for any number of records.
const (
	MaxBytes     = 64 << 20 // of all files together, and of what $GENERATE makes
	maxRecords   = 500_000
	maxGenerated = 100_000
	maxIncludes  = 10_000
	maxProblems  = 10_000 // that are kept; the others are counted
	maxCounted   = 500_000
)

// maxDepth is the number of files that may include each other.
const maxDepth = 8

// Budget is what may still be read and made: bytes, records, numbers of $GENERATE, files of
// $INCLUDE, and problems that are kept. A budget that several calls of [Parse] share bounds
// all of them together, such as the zone files of one configuration.
type Budget struct {
	bytes, records, generated, includes, problems, counted int
	spent                                                  bool
}

// NewBudget returns a full budget.
func NewBudget() *Budget {
	return &Budget{
		bytes:     MaxBytes,
		records:   maxRecords,
		generated: maxGenerated,
		includes:  maxIncludes,
		problems:  maxProblems,
		counted:   maxCounted,
	}
}

// Spent reports whether a call of [Parse] stopped because a part of the budget was used up, and
// reported that.
func (b *Budget) Spent() bool { return b.spent }

// spend takes n from a part of the budget, and reports whether that much was left.
func (b *Budget) spend(part *int, n int) bool {
	if n > *part {
		*part = 0
		return false
	}
	*part -= n
	return true
}
