package dns

import (
	"fmt"
	"strconv"
	"strings"
)

// Limit bounds the number of a zone's records that one plan may destroy.
type Limit struct {
	N int
	// Percent reports whether N is a percentage of the zone's records.
	Percent bool
}

// DefaultLimit is the limit of a zone with ten or more records that declares no limit.
var DefaultLimit = Limit{N: 30, Percent: true}

// ParseLimit parses a number such as "25" or a percentage such as "30%".
func ParseLimit(text string) (Limit, error) {
	digits, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 31)
	if err != nil || percent && n > 100 {
		return Limit{}, fmt.Errorf(
			`%q is neither a number of records, such as 25, nor a share of the zone, such as "30%%"`, text)
	}
	return Limit{int(n), percent}, nil
}

// Of returns how many records of a zone may be destroyed if it has the given number of records.
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
