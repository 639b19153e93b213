package zonefile

// Limits for the zone files of one run. A zone file may be hostile, and a few bytes of $GENERATE or
// $INCLUDE can stand for any number of records.
const (
	MaxBytes     = 64 << 20 // of all files and of the words that $GENERATE makes, in total
	maxRecords   = 500_000
	maxGenerated = 100_000
	maxIncludes  = 10_000
	maxProblems  = 10_000 // that are listed; further ones are only counted
	maxCounted   = 500_000
)

// maxDepth is the greatest depth of nested $INCLUDE lines, counted in files.
const maxDepth = 8

// Budget holds what is left of each limit: bytes, records, numbers of $GENERATE, files of $INCLUDE,
// and problems to list. Several calls of [Parse] can share a budget, which then bounds them together.
// All zone files of a configuration share one.
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

// Spent reports whether a call of [Parse] stopped because it reached a limit. That call has reported
// the limit as a problem.
func (b *Budget) Spent() bool { return b.spent }

// spend takes n from one part of the budget. It returns false if less than n was left.
func (b *Budget) spend(part *int, n int) bool {
	if n > *part {
		*part = 0
		return false
	}
	*part -= n
	return true
}
