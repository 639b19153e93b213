package zonefile

import (
	"fmt"
	"io"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/files"
)

// Limits of what is read. A zone file may come from anybody, and a few bytes of
// $GENERATE or $INCLUDE can stand for any number of records.
const (
	maxBytes     = 64 << 20 // of all files together, and of what $GENERATE makes
	maxEntries   = 1_000_000
	maxGenerated = 100_000
	maxDepth     = 8 // files that include each other
	maxProblems  = 1000
)

// Options say what is being read.
type Options struct {
	// Zone is the canonical name of the zone, which is also the first $ORIGIN.
	Zone string
	// File names the input in entries and problems.
	File string
	// Include opens the file of an $INCLUDE. A relative name comes joined to the
	// directory of the file that includes it, with slashes; whether the name is
	// one that may be read is for the function to decide. Nil refuses all.
	Include func(name string) (io.ReadCloser, error)
	// Skipped, if not nil, is told of each record that is left out because
	// Cloudflare keeps it itself: the SOA, and the zone's own name servers.
	Skipped func(r dns.Record, file string, line int)
}

// Entry is a canonical record with the place where it stands.
type Entry struct {
	dns.Record
	File string
	Line int
	// HasTTL tells that the file gives the TTL, on the record, with $TTL or on
	// a record before. Otherwise TTL is [dns.AutoTTL].
	HasTTL bool
	// HasProxied tells that the file says whether the record is proxied.
	HasProxied bool
}

// Problem is something that is wrong with a zone file. With a [dns.Warning],
// what it is about was left out or understood all the same.
type Problem struct {
	*dns.Problem
	File string
	Line int
}

func (p Problem) Error() string { return fmt.Sprintf("%s:%d: %v", p.File, p.Line, p.Problem) }

// Parse reads a zone file. Entries are in the order of the file and complete
// only where no problem is a [dns.Error]; problems are all there are, up to a
// thousand. Records are checked for what their type defines, not for what
// package lint checks.
func Parse(r io.Reader, o Options) ([]Entry, []Problem) {
	p := &parser{opts: o}
	p.file(r, place{file: o.File}, o.Zone)
	return p.entries, p.problems
}

// parser is one run of Parse.
type parser struct {
	opts     Options
	entries  []Entry
	problems []Problem
	// full tells that a limit was reached: nothing more is read.
	full      bool
	bytes     int
	generated int
	// given is the TTL of $TTL, stated that of the last record which had one
	// (RFC 2308, section 4; RFC 1035, section 5.1). An included file shares both,
	// as in BIND.
	given, stated *int
}

// place is a line of a file; depth counts the files that include it.
type place struct {
	file  string
	line  int
	depth int
}

func (p *parser) fault(at place, rule string, attr dns.Attribute, summary, format string, args ...any) {
	p.add(at, &dns.Problem{Severity: dns.Error, Rule: rule, Attr: attr, Summary: summary, Detail: fmt.Sprintf(format, args...)})
}

func (p *parser) caution(at place, rule string, attr dns.Attribute, summary, format string, args ...any) {
	p.add(at, &dns.Problem{Severity: dns.Warning, Rule: rule, Attr: attr, Summary: summary, Detail: fmt.Sprintf(format, args...)})
}

func (p *parser) add(at place, problem *dns.Problem) {
	if p.full {
		return
	}
	if len(p.problems) == maxProblems {
		p.full = true
		problem = &dns.Problem{Severity: dns.Error, Rule: "zonefile-limit", Summary: "Too many problems",
			Detail: fmt.Sprintf("More than %d problems were found; the rest was not read. Is this a zone file?", maxProblems)}
	}
	p.problems = append(p.problems, Problem{problem, at.file, at.line})
}

// stop ends the reading at a limit.
func (p *parser) stop(at place, summary, format string, args ...any) {
	p.fault(at, "zonefile-limit", "", summary, format, args...)
	p.full = true
}

// file reads one file; at names it, with the line 0.
func (p *parser) file(r io.Reader, at place, origin string) {
	src, err := files.ReadStart(r, int64(maxBytes-p.bytes+1)) // one byte too many shows that there are more
	at.line = 1
	if err != nil {
		p.fault(at, "zonefile-read", "", "Cannot read file", "%v.", err)
		return
	}
	if !p.spend(at, len(src)) {
		return
	}
	f := &file{parser: p, at: at, origin: origin}
	s := newScanner(string(src))
	for l, ok := s.next(); ok && !p.full; l, ok = s.next() {
		f.at.line = l.number
		f.line(l)
	}
}

// spend counts bytes that are read or made.
func (p *parser) spend(at place, n int) bool {
	p.bytes += n
	if p.bytes > maxBytes {
		p.stop(at, "Zone file too large", "The file, with what it includes and generates, has more than %d MiB.", maxBytes>>20)
	}
	return !p.full
}

// file is one file being read.
type file struct {
	*parser
	at place
	// origin is what names that do not end in a dot are relative to, without a
	// final dot; empty for the root.
	origin string
	// owner is the canonical name of the last record, empty before the first
	// one. Where it could not be read, lost is set, and records that would
	// inherit it are passed over: the reason has been told.
	owner string
	lost  bool
}

// line reads a record or a directive.
func (f *file) line(l line) {
	switch {
	case l.fault != "":
		f.fault(f.at, "zonefile-syntax", "", "Invalid zone file", "%s", l.fault)
	case len(l.words) == 0:
	case l.owner && strings.HasPrefix(l.words[0], "$"):
		f.directive(l)
	default:
		f.record(l)
	}
}
