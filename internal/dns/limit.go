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

// DefaultLimit is the limit of a zone of ordinary size for which nothing is declared.
var DefaultLimit = Limit{N: 30, Percent: true}

// ParseLimit reads "25" or "30%".
func ParseLimit(text string) (Limit, error) {
	digits, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 31)
	if err != nil || percent && n > 100 {
		return Limit{}, fmt.Errorf(`%q is neither a number of records, such as 25, nor a share of the zone, such as "30%%"`, text)
	}
	return Limit{int(n), percent}, nil
}

// Of returns how many records of a zone with so many may be destroyed.
func (l Limit) Of(records int) int {
	if l.Percent {
		return records * l.N / 100
	}
	return l.N
}

func (l Limit) String() string {
	if l.Percent {
		return strconv.Itoa(l.N) + " %"
	}
	return strconv.Itoa(l.N)
}
