package zonefile

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// generate makes the records of a $GENERATE line, a directive of BIND. The line has a range and a
// record, in which each dollar sign stands for a number from the range.
func (f *file) generate(l line) {
	r, why := readRange(l.words[1])
	if why != "" {
		f.fault(f.at, "zonefile-generate", "", "Invalid $GENERATE",
			"%s is not a range: %s. Write a range such as 1-9, or 0-98/2 for every second number.",
			dns.Show(l.words[1]), why)
		return
	}

	// All records have the same problems, so report only the problems of the first one.
	errors, reported := f.errors, len(f.problems)
	defer func() { f.quiet = false }()
	for n := r.first; n <= r.last; n += r.step {
		if !f.generateOne(l, n) || f.errors > errors {
			return
		}
		f.quiet = len(f.problems) > reported
	}
}

// generateOne makes the record for one number. It returns false if generate must stop.
func (f *file) generateOne(l line, n int64) bool {
	if !f.budget.spend(&f.budget.generated, 1) {
		f.stop(f.at, "Too many records", "The $GENERATE lines make more than %d records. "+
			"Narrow the range, or make its step larger.", maxGenerated)
		return false
	}

	words, size, why := expand(l.words[2:], n)
	if why != "" {
		f.fault(f.at, "zonefile-generate", "", "Invalid $GENERATE", "%s", why)
		return false
	}
	if !f.spendBytes(f.at, size) {
		return false
	}
	f.record(line{number: l.number, owner: true, words: words, note: l.note})
	return true
}

// numbers is a range that includes first and last.
type numbers struct{ first, last, step int64 }

func readRange(text string) (r numbers, why string) {
	ends, step, stepped := strings.Cut(text, "/")
	first, last, two := strings.Cut(ends, "-")
	if !two {
		return r, "it has no hyphen"
	}

	var err [3]error
	r.first, err[0] = strconv.ParseInt(first, 10, 32)
	r.last, err[1] = strconv.ParseInt(last, 10, 32)
	r.step = 1
	if stepped {
		r.step, err[2] = strconv.ParseInt(step, 10, 32)
	}

	switch {
	case err[0] != nil || err[1] != nil || err[2] != nil:
		return r, "its parts are not numbers"
	case r.first < 0 || r.last < r.first:
		return r, "its first number is greater than its last"
	case r.step < 1:
		return r, "its step must be 1 or more"
	}
	return r, ""
}

// expand puts a number into the words. size is the total length of the resulting words, in bytes.
func expand(words []string, n int64) (out []string, size int, why string) {
	out = make([]string, len(words))
	for i, w := range words {
		if out[i], why = expandWord(w, n); why != "" {
			return nil, 0, why
		}
		size += len(out[i])
	}
	return out, size, ""
}

// expandWord replaces $ and ${offset,width,base} with a number. $$ and \$ stand for a dollar sign.
func expandWord(w string, n int64) (out, why string) {
	var b strings.Builder
	for i := 0; i < len(w); i++ {
		rest := w[i:]
		switch {
		case strings.HasPrefix(rest, "$$") || strings.HasPrefix(rest, `\$`):
			b.WriteByte('$')
			i++
		case rest[0] == '\\' && len(rest) > 1:
			b.WriteString(rest[:2])
			i++
		case strings.HasPrefix(rest, "${"):
			end := strings.IndexByte(rest, '}')
			if end < 0 {
				return "", dns.Show(w) + " has a ${ without a closing brace."
			}
			text, why := modified(rest[2:end], n)
			if why != "" {
				return "", why
			}
			b.WriteString(text)
			i += end
		case rest[0] == '$':
			b.WriteString(strconv.FormatInt(n, 10))
		default:
			b.WriteByte(rest[0])
		}
	}
	return b.String(), ""
}

// modified writes a number as a modifier OFFSET,WIDTH,BASE demands. Width and base are optional.
func modified(modifier string, n int64) (text, why string) {
	parts := strings.SplitN(modifier, ",", 4)
	invalid := dns.Show("${"+modifier+"}") + " is not valid. " +
		"Write an offset, a width up to 255 and a base (d, o, x or X), as in ${0,3,d}."

	offset, err := strconv.ParseInt(parts[0], 10, 32)
	if err != nil || len(parts) > 3 {
		return "", invalid
	}

	width, base := uint64(0), "d"
	if len(parts) > 1 {
		if width, err = strconv.ParseUint(parts[1], 10, 8); err != nil {
			return "", invalid
		}
	}
	if len(parts) > 2 {
		base = parts[2]
	}
	if len(base) != 1 || !strings.Contains("doxX", base) {
		return "", invalid
	}

	if n += offset; n < 0 || n > math.MaxInt32 {
		return "", fmt.Sprintf("With its offset, the number %d is below 0 or too large.", n)
	}
	return fmt.Sprintf("%0*"+base, int(width), n), ""
}
