package dns

import (
	"fmt"
	"strconv"
	"strings"
)

// Limit bounds how many of a zone's records one plan may destroy.
type Limit struct {
	N int
	// Percent: N is a share of the zone's records, in percent.
	Percent bool
}

// DefaultLimit is that of a zone for which nothing is declared.
var DefaultLimit = Limit{N: 30, Percent: true}

// leastForShare is the size of a zone below which a share means nothing: one of
// three records is a third of the zone.
const leastForShare = 10

// ParseLimit reads "25" or "30%".
func ParseLimit(text string) (Limit, error) {
	digits, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 31)
	if err != nil || percent && n > 100 {
		return Limit{}, fmt.Errorf(`%q is neither a number of records, such as 25, nor a share of the zone, such as "30%%"`, text)
	}
	return Limit{int(n), percent}, nil
}

// Of returns how many records of a zone with so many may be destroyed. A share
// bounds nothing in a zone of fewer than ten records.
func (l Limit) Of(records int) int {
	switch {
	case !l.Percent:
		return l.N
	case records < leastForShare:
		return records
	default:
		return records * l.N / 100
	}
}

func (l Limit) String() string {
	if l.Percent {
		return strconv.Itoa(l.N) + " %"
	}
	return strconv.Itoa(l.N)
}
