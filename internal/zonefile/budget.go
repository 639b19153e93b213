package zonefile

// Limits for the zone files of one run. A zone file may be hostile, and a few bytes of $GENERATE or
// $INCLUDE can stand for any number of records.
const (
	MaxBytes     = 64 << 20 // of all files together, and of the words that $GENERATE makes
	maxRecords   = 500_000
	maxGenerated = 100_000
	maxIncludes  = 10_000
	maxProblems  = 10_000 // that are kept; the others are only counted
	maxCounted   = 500_000
)

// maxDepth is the number of files that may include each other.
const maxDepth = 8

// Budget has what is left of the limits: bytes, records, numbers of $GENERATE, files of $INCLUDE,
// and problems to keep. If several calls of [Parse] share a budget, it bounds all of them together,
// such as the zone files of one configuration.
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

// Spent reports whether a call of [Parse] stopped because it reached a limit. Parse has then
// reported that as a problem.
func (b *Budget) Spent() bool { return b.spent }

// spend takes n from a part of the budget. It returns false if less than n was left.
func (b *Budget) spend(part *int, n int) bool {
	if n > *part {
		*part = 0
		return false
	}
	*part -= n
	return true
}
