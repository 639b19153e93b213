package dns

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// Severity says whether a problem stops a plan.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is one thing that is wrong with a record or a zone, in words for the author of the
// configuration. It has no position: package config adds the position of the declaration.
type Problem struct {
	Severity Severity
	// Rule is the check's short stable name, such as "cname-alone".
	Rule string
	// Attr is the HCL attribute at fault ("content", "ttl", a field such as "port"). It is empty
	// if the record as a whole is at fault.
	Attr Attribute
	// Summary is a title without a full stop. Detail says which value is wrong, why, and what
	// would be right.
	Summary string
	Detail  string
}

func (p *Problem) Error() string { return p.Summary + ": " + p.Detail }

// fault makes a problem that stops a plan.
func fault(rule string, attr Attribute, summary, format string, args ...any) *Problem {
	return &Problem{Error, rule, attr, summary, fmt.Sprintf(format, args...)}
}

// caution makes a problem that does not stop a plan.
func caution(rule string, attr Attribute, summary, format string, args ...any) *Problem {
	return &Problem{Warning, rule, attr, summary, fmt.Sprintf(format, args...)}
}

// maxShown bounds the part of a value that a message shows, in bytes.
const maxShown = 80

// Show quotes a value for a message. It escapes and shortens the value, because a hostile one may
// contain escape sequences for a terminal or be very long.
func Show(s string) string {
	if len(s) <= maxShown {
		return strconv.Quote(s)
	}
	cut := maxShown - 3
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return fmt.Sprintf("%s (%d bytes)", strconv.Quote(s[:cut]+"…"), len(s))
}

// DidYouMean returns ` Did you mean "x"?`, which callers append to a message. x is the known name that
// is nearest to the given one, or the only known name that begins with the given one. DidYouMean
// returns "" if no known name is near.
func DidYouMean(given string, known []string) string {
	best, distance := "", 3 // hcl's own threshold, so that all hints behave alike
	if len(given) > maxShown {
		return ""
	}

	for _, k := range slices.Sorted(slices.Values(known)) {
		if strings.EqualFold(given, k) {
			return fmt.Sprintf(" Did you mean %q?", k)
		}
		// Any two names of two letters are within two edits of each other.
		if d := levenshtein.Distance(given, k, nil); d < distance && d < len(k) {
			best, distance = k, d
		}
	}

	if best == "" {
		best = onlyOneWith(given, known)
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}

// onlyOneWith returns the only known name with the given beginning. It returns "" if no name or several names have it,
// or if it has fewer than four letters, because names share so few letters by chance.
func onlyOneWith(beginning string, known []string) string {
	const fewest = 4
	if len(beginning) < fewest {
		return ""
	}

	found := ""
	for _, k := range known {
		switch {
		case !strings.HasPrefix(k, beginning) || k == found:
		case found != "":
			return ""
		default:
			found = k
		}
	}
	return found
}
