package zonefile

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/files"
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
	// Skipped, if not nil, is called with each record that is passed over because Cloudflare
	// keeps it itself (the SOA, and the zone's own name servers), and with each that LeaveOut leaves
	// out, with its value as it is written. The type of one of another class has the class in front,
	// such as "CH TXT". Of each DNSSEC type, only the first record is reported.
	Skipped func(r dns.Record, file string, line int)
	// LeaveOut makes a warning of a record that Cloudflare cannot hold, such as a HINFO or one
	// outside of the zone, and leaves it out. Otherwise it is an error.
	LeaveOut bool
	// Budget is what this call may read and make. If several calls have the same one, they
	// share it. Nil gives the call one of its own.
	Budget *Budget
}

// Entry is a canonical record with the place where it stands.
type Entry struct {
	dns.Record
	File string
	Line int
	// HasTTL tells that the file gives the TTL: on the record, with $TTL, on a record before
	// or as the minimum of the SOA. Otherwise TTL is [dns.AutoTTL].
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
// only if no problem is a [dns.Error]. Every problem is reported, or counted in
// the last one if there are more than the budget keeps. Records are checked for
// what their type defines, not for what package lint checks. Nothing is checked of
// records that are passed over or left out. A repeated record is read once, and a
// file without a record of the zone is an error.
func Parse(r io.Reader, o Options) ([]Entry, []Problem) {
	if o.Budget == nil {
		o.Budget = NewBudget()
	}
	p := &parser{opts: o, budget: o.Budget, first: map[dns.Key]int{}, signed: map[dns.Type]bool{}}
	start := place{file: o.File}
	p.file(r, start, o.Zone)
	p.checkEmpty(start)
	p.summarise(start)
	return p.entries, p.problems
}

// parser is one run of Parse.
type parser struct {
	opts     Options
	budget   *Budget
	entries  []Entry
	problems []Problem
	// more counts the problems that were not kept, by their summaries.
	more map[string]int
	// errors counts the problems that are a [dns.Error]. While quiet is set, warnings
	// are dropped.
	errors int
	quiet  bool
	// full tells that a limit was reached: nothing more is read.
	full bool
	// open are the files that are being read: each includes the next one.
	open []string
	// given is the TTL of $TTL, stated that of the last record which had one
	// (RFC 2308, section 4; RFC 1035, section 5.1). An included file shares both,
	// as in BIND.
	given, stated *int
	// minimum is the TTL of the SOA, if there was none before it.
	minimum *minimum
	// first has the index in entries of each record.
	first map[dns.Key]int
	// signed has the types of DNSSEC that were warned of.
	signed map[dns.Type]bool
	// ours tells that there was a record of the zone, even if it was passed over. stranger is
	// the first name that is outside of the zone.
	ours     bool
	stranger string
}

// place is a line of a file.
type place struct {
	file string
	line int
}

func (p *parser) fault(at place, rule string, attr dns.Attribute, summary, format string, args ...any) {
	p.add(at, &dns.Problem{Severity: dns.Error, Rule: rule, Attr: attr, Summary: summary, Detail: fmt.Sprintf(format, args...)})
}

func (p *parser) caution(at place, rule string, attr dns.Attribute, summary, format string, args ...any) {
	p.add(at, &dns.Problem{Severity: dns.Warning, Rule: rule, Attr: attr, Summary: summary, Detail: fmt.Sprintf(format, args...)})
}

func (p *parser) add(at place, problem *dns.Problem) {
	switch {
	case p.full || p.quiet && problem.Severity == dns.Warning:
		return
	case problem.Severity == dns.Error:
		p.errors++
	}
	if p.budget.spend(&p.budget.problems, 1) {
		p.problems = append(p.problems, Problem{problem, at.file, at.line})
		return
	}

	if !p.budget.spend(&p.budget.counted, 1) {
		p.stop(at, "Too many problems", "With %s, the zone files have more than %d problems. Is this a zone file?",
			dns.Show(at.file), maxCounted)
		return
	}
	if p.more == nil {
		p.more = map[string]int{}
	}
	p.more[problem.Summary]++
}

// summarise reports the problems that were not kept.
func (p *parser) summarise(at place) {
	if len(p.more) == 0 {
		return
	}

	total := 0
	var kinds []string
	for _, summary := range slices.Sorted(maps.Keys(p.more)) {
		total += p.more[summary]
		kinds = append(kinds, fmt.Sprintf("%s (%d)", summary, p.more[summary]))
	}
	p.problems = append(p.problems, Problem{&dns.Problem{
		Severity: dns.Error,
		Rule:     "zonefile-limit",
		Summary:  "More problems than are listed",
		Detail: fmt.Sprintf("%s has %s: %s. Fix the ones that are listed, and run the command again. Is this a zone file?",
			dns.Show(at.file), english.Count(total, "more problem"), strings.Join(kinds, ", ")),
	}, at.file, 1})
}

// stop ends the reading at a limit.
func (p *parser) stop(at place, summary, format string, args ...any) {
	if p.full {
		return
	}
	p.errors++
	p.full, p.budget.spent = true, true
	p.problems = append(p.problems, Problem{&dns.Problem{
		Severity: dns.Error,
		Rule:     "zonefile-limit",
		Summary:  summary,
		Detail:   fmt.Sprintf(format, args...) + " The rest was not read.",
	}, at.file, at.line})
}

// file reads one file; at names it, with the line 0.
func (p *parser) file(r io.Reader, at place, origin string) {
	at.line = 1
	var src strings.Builder
	_, err := io.Copy(&src, io.LimitReader(r, int64(p.budget.bytes)+1)) // one byte too many shows that there are more
	if err == nil {
		err = files.CheckText(src.String())
	}
	if err != nil {
		p.fault(at, "zonefile-read", "", "Cannot read file", "%s: %v.", dns.Show(at.file), err)
		return
	}
	if !p.spendBytes(at, src.Len()) {
		return
	}

	p.open = append(p.open, at.file)
	f := &file{parser: p, at: at, origin: origin}
	s := newScanner(src.String())
	for l, ok := s.next(); ok && !p.full; l, ok = s.next() {
		f.at.line = l.number
		f.line(l)
	}
	p.open = p.open[:len(p.open)-1]
}

// spendBytes counts bytes that are read or made.
func (p *parser) spendBytes(at place, n int) bool {
	if !p.budget.spend(&p.budget.bytes, n) {
		p.stop(at, "Zone file too large", "With %s, the zone files, with what they include and generate, "+
			"have more than %d MiB. Split them, or leave out what is not needed.", dns.Show(at.file), MaxBytes>>20)
	}
	return !p.full
}

// spendRecord counts a record that is kept or skipped.
func (p *parser) spendRecord(at place) bool {
	if !p.budget.spend(&p.budget.records, 1) {
		p.stop(at, "Too many records", "With %s, the zone files have more than %d records. "+
			"Split them, or leave out what is not needed.", dns.Show(at.file), maxRecords)
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
	// owner is the canonical name of the last record, empty before the first one. If it
	// cannot be a record's, unfit says why until that is told, and lost is set: records that
	// would inherit it are passed over.
	owner string
	unfit *dns.Problem
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
