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

// Options describe the input of [Parse].
type Options struct {
	// Zone is the canonical name of the zone. It is also the first $ORIGIN.
	Zone string
	// File is the name of the input in entries and problems.
	File string
	// Include opens the file of an $INCLUDE. Parse joins a relative name to the directory of the
	// including file, with slashes. Include must decide whether the file may be read. If Include
	// is nil, Parse refuses $INCLUDE.
	Include func(name string) (io.ReadCloser, error)
	// Skipped, which may be nil, receives each record that Parse skips because Cloudflare keeps it
	// itself (the SOA, and the zone's own name servers), and each record that Parse leaves out because
	// of LeaveOut. The value is spelled as in the file. The type of a record with another class than
	// IN begins with the class, such as "CH TXT". Of each DNSSEC type, Skipped receives only the first
	// record.
	Skipped func(r dns.Record, file string, line int)
	// LeaveOut makes Parse leave out records that Cloudflare cannot hold, such as a HINFO or a
	// record outside the zone, with a warning. Without LeaveOut such a record is an error.
	LeaveOut bool
	// Budget bounds how much the call may read and generate. Several calls can share a budget. If
	// it is nil, the call has its own.
	Budget *Budget
}

// Entry is a canonical record with its position.
type Entry struct {
	dns.Record
	File string
	Line int
	// HasTTL reports whether the TTL comes from the file: from the record, from $TTL, from an
	// earlier record or from the minimum of the SOA. Otherwise TTL is [dns.AutoTTL].
	HasTTL bool
	// HasProxied reports whether the file says whether the record is proxied.
	HasProxied bool
}

// Problem is something that is wrong with a zone file. If it is a [dns.Warning], Parse has left the
// record out, changed it, or understood it anyway.
type Problem struct {
	*dns.Problem
	File string
	Line int
}

func (p Problem) Error() string { return fmt.Sprintf("%s:%d: %v", p.File, p.Line, p.Problem) }

// Parse reads a zone file and returns its entries in the order of the file. The entries are complete
// only if no problem is a [dns.Error]. Parse reports every problem; if there are more than the budget
// allows, the last problem counts the others.
//
// Parse checks that values fit their types, but does not run the checks of package lint. It does not
// check records that it skips or leaves out. It returns a repeated record only once. A file without a
// record of the zone is an error.
func Parse(r io.Reader, o Options) ([]Entry, []Problem) {
	if o.Budget == nil {
		o.Budget = NewBudget()
	}

	p := &parser{opts: o, budget: o.Budget, first: map[dns.Key]int{}, signed: map[dns.Type]bool{}}
	start := place{file: o.File}
	p.file(r, start, o.Zone)
	p.checkEmpty(start)
	p.summarize(start)
	return p.entries, p.problems
}

// parser is the state of one call of Parse.
type parser struct {
	opts     Options
	budget   *Budget
	entries  []Entry
	problems []Problem
	// more counts the problems beyond the budget by their summaries.
	more map[string]int
	// errors counts the problems that are a [dns.Error]. While quiet is set, the parser drops
	// warnings.
	errors int
	quiet  bool
	// full reports whether a limit was reached, so that the parser must stop.
	full bool
	// open lists the files that are being read. Each one includes the next.
	open []string
	// given is the TTL of $TTL. stated is the TTL of the last record that had one (RFC 2308,
	// section 4; RFC 1035, section 5.1). Included files share both, as in BIND.
	given, stated *int
	// minimum is the minimum of the SOA, if the file had no TTL before it.
	minimum *minimum
	// first maps each record to the index of its first entry.
	first map[dns.Key]int
	// signed has the DNSSEC types that Parse has already warned about.
	signed map[dns.Type]bool
	// ours reports whether the file has a record of the zone, even one that Parse skips. stranger
	// is the first name outside the zone.
	ours     bool
	stranger string
}

// place is a line of a file.
type place struct {
	file string
	line int
}

func (p *parser) fault(at place, rule string, attr dns.Attribute, summary, format string, args ...any) {
	p.add(at, &dns.Problem{
		Severity: dns.Error,
		Rule:     rule,
		Attr:     attr,
		Summary:  summary,
		Detail:   fmt.Sprintf(format, args...),
	})
}

func (p *parser) caution(at place, rule string, attr dns.Attribute, summary, format string, args ...any) {
	p.add(at, &dns.Problem{
		Severity: dns.Warning,
		Rule:     rule,
		Attr:     attr,
		Summary:  summary,
		Detail:   fmt.Sprintf(format, args...),
	})
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

// summarize reports how many problems are not listed.
func (p *parser) summarize(at place) {
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
		Detail: fmt.Sprintf("%s has %s: %s. Fix the listed problems, and run the command again. Is this a zone file?",
			dns.Show(at.file), english.Count(total, "more problem"), strings.Join(kinds, ", ")),
	}, at.file, 1})
}

// stop reports that a limit was reached, and makes the parser stop.
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

// file reads one file. at has the file's name.
func (p *parser) file(r io.Reader, at place, origin string) {
	at.line = 1

	// Reading one byte more than the limit shows whether the file is too large.
	var src strings.Builder
	_, err := io.Copy(&src, io.LimitReader(r, int64(p.budget.bytes)+1))
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

// spendBytes charges the budget for bytes that are read or generated. It returns false if the limit is
// reached.
func (p *parser) spendBytes(at place, n int) bool {
	if !p.budget.spend(&p.budget.bytes, n) {
		p.stop(at, "Zone file too large", "With %s, the zone files and the text that they include and generate "+
			"have more than %d MiB. Split them, or leave out records that you do not need.", dns.Show(at.file), MaxBytes>>20)
	}
	return !p.full
}

// spendRecord charges the budget for a record, which may be one that Parse skips. It returns false if
// the limit is reached.
func (p *parser) spendRecord(at place) bool {
	if !p.budget.spend(&p.budget.records, 1) {
		p.stop(at, "Too many records", "With %s, the zone files have more than %d records. "+
			"Split them, or leave out records that you do not need.", dns.Show(at.file), maxRecords)
	}
	return !p.full
}

// file is a file that is being read.
type file struct {
	*parser
	at place
	// origin is the name, without a final dot, to which names without a final dot are relative.
	// It is empty for the root.
	origin string
	// owner is the canonical name of the last record. It is empty before the first one. If the name
	// is not valid for a record of the zone, lost is set, so that records that inherit the name are
	// skipped. unfit is then the problem, until it has been reported.
	owner string
	unfit *dns.Problem
	lost  bool
}

// line reads one line: a record or a directive.
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
