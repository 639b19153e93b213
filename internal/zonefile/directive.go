package zonefile

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// directive executes a line that begins with a dollar sign.
func (f *file) directive(l line) {
	args := l.words[1:]
	switch name := strings.ToUpper(l.words[0]); name {
	case "$ORIGIN":
		if f.takes(name, args, 1, 1, "a name, as in $ORIGIN example.com.") {
			f.setOrigin(args[0])
		}
	case "$TTL":
		if f.takes(name, args, 1, 1, "a time to live, as in $TTL 3600") {
			f.setTTL(args[0])
		}
	case "$INCLUDE":
		if f.takes(name, args, 1, 2, "a file and optionally an origin, as in $INCLUDE hosts.zone") {
			f.include(args)
		}
	case "$GENERATE":
		const usage = "a range, a name, a type and a value, as in $GENERATE 1-9 host$ A 192.0.2.$"
		if f.takes(name, args, 4, len(args), usage) {
			f.generate(l)
		}
	default:
		f.fault(f.at, "zonefile-directive", "", "Unknown directive",
			"%s is not a directive of zone files. The directives are $ORIGIN, $TTL, $INCLUDE and $GENERATE.",
			dns.Show(l.words[0]))
	}
}

// takes checks that a directive has the right number of arguments, and reports a problem if not. what
// describes the arguments in the message.
func (f *file) takes(name string, args []string, least, most int, what string) bool {
	if len(args) >= least && len(args) <= most {
		return true
	}
	f.fault(f.at, "zonefile-directive", "", "Invalid directive", "%s takes %s.", name, what)
	return false
}

func (f *file) setOrigin(text string) {
	if origin, ok := f.originOf(text); ok {
		f.origin = origin
	}
}

// originOf parses the name of an origin, to which other names are relative. It returns "" for the root.
func (f *file) originOf(text string) (string, bool) {
	if text == "." {
		return "", true
	}
	name, problem := dns.CanonicalName(f.absolute(text))
	if problem != nil {
		f.add(f.at, problem)
		return "", false
	}
	return name, true
}

func (f *file) setTTL(text string) {
	ttl, known := readTTL(text)
	if !known || ttl > maxTTL {
		f.badTTL(text)
		return
	}
	f.given = &ttl
}

// include reads another file in place of the $INCLUDE line. Afterwards, the including file has the same
// origin and owner as before (RFC 1035, section 5.1).
func (f *file) include(args []string) {
	origin := f.origin
	if len(args) == 2 {
		var ok bool
		if origin, ok = f.originOf(args[1]); !ok {
			return
		}
	}

	name := strings.Trim(args[0], `"`)
	if !path.IsAbs(name) {
		name = path.Join(path.Dir(f.at.file), name)
	}
	if why := f.whyNotIncluded(name); why != "" {
		f.fault(f.at, "zonefile-include", "", "File not included", "%s", why)
		return
	}
	if !f.budget.spend(&f.budget.includes, 1) {
		f.stop(f.at, "Too many files", "The zone files include more than %d files. Put several into one.", maxIncludes)
		return
	}

	r, err := f.opts.Include(name)
	if err != nil {
		f.fault(f.at, "zonefile-include", "", "File not included", "%v.", err)
		return
	}
	defer closeRead(r)
	f.file(r, place{file: name}, origin)
}

// longestPath is the greatest length of a path that include opens, in bytes. No operating system opens longer paths.
const longestPath = 4096

// whyNotIncluded says in a sentence why a file must not be included, or returns "" if it may be.
func (f *file) whyNotIncluded(name string) string {
	switch {
	case f.opts.Include == nil:
		return fmt.Sprintf("$INCLUDE cannot be used here, because cfplan knows no directory from which to read %s.", dns.Show(name))
	case len(name) > longestPath:
		return fmt.Sprintf("%s is too long for a path.", dns.Show(name))
	case slices.Contains(f.open, name):
		return fmt.Sprintf("%s includes itself: %s. Remove one of these $INCLUDE lines.", dns.Show(name), f.circle(name))
	case len(f.open) >= maxDepth:
		return fmt.Sprintf("The $INCLUDE lines are nested more than %d deep here. Include %s from a file higher up.",
			maxDepth, dns.Show(name))
	default:
		return ""
	}
}

// circle lists the files that include each other, beginning and ending with the given name.
func (f *file) circle(name string) string {
	var shown []string
	for _, file := range f.open[slices.Index(f.open, name):] {
		shown = append(shown, dns.Show(file))
	}
	return strings.Join(append(shown, dns.Show(name)), " includes ")
}

// closeRead closes a file that was only read, so an error does not matter.
func closeRead(c io.Closer) { _ = c.Close() }
