package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/zonefile"
)

// importFile writes a BIND zone file as HCL.
func importFile(s *services, cfg *config.Config, name string, d destination) error {
	if err := mayWrite(s.dir, []destination{d}); err != nil {
		return err
	}
	z, proxied, err := readZoneFile(s, name, d.zone)
	if err != nil {
		return err
	}
	if err := writeZone(s, cfg, d, z); err != nil || d.file == "-" {
		return err
	}
	if !proxied {
		s.print.printf("\nThe zone file does not say which records are proxied; they are declared as not proxied.\n")
	}
	s.print.printf("\nNothing is owned yet. To see which of these records exist already and would be adopted, and which\n"+
		"would be created, run:\n    %s\n", s.dir.command("plan"))
	return nil
}

// readZoneFile returns the zone of a file. proxied reports whether the file says of any
// record whether it is proxied. Every problem is printed with its line.
func readZoneFile(s *services, name, zone string) (z dns.Zone, proxied bool, err error) {
	source, err := readInput(s, name, zonefile.MaxBytes)
	if err != nil {
		return z, false, failure("Zone file could not be read", "%v.", err)
	}
	name = inputName(name)
	include, done := includes(s.dir, name)
	defer done()

	z.Name = zone
	entries, problems := zonefile.Parse(bytes.NewReader(source), zonefile.Options{
		Zone:     zone,
		File:     name,
		Include:  include,
		LeaveOut: true,
		Skipped:  func(r dns.Record, _ string, _ int) { z.Records = append(z.Records, r) },
	})
	fitted := fit(entries, zone)
	diags := planDiagnostics(append(placed(problems), fitted.problems...))
	s.print.diagnose(diags, config.Files{name: {Bytes: source}})
	if diags.HasErrors() {
		return z, false, errShown
	}

	z.Records = slices.Concat(z.Records, fitted.left, fitted.records)
	proxied = slices.ContainsFunc(entries, func(e zonefile.Entry) bool { return e.HasProxied })
	return z, proxied, nil
}

// includes opens the files of $INCLUDE. The zone file may come from someone else, so only
// regular files below its own directory are opened, and none that must stay secret.
func includes(dir *directory, name string) (open func(string) (io.ReadCloser, error), done func()) {
	base := filepath.Dir(name)
	tree := lang.OpenTree(dir.path(base), "")
	open = func(file string) (io.ReadCloser, error) {
		below, err := filepath.Rel(base, filepath.FromSlash(file))
		if err != nil || !filepath.IsLocal(below) {
			return nil, fmt.Errorf("%s is not below the zone file's directory", file)
		}
		text, err := tree.Read(below)
		if err != nil {
			return nil, err
		}
		return io.NopCloser(bytes.NewReader(text)), nil
	}
	return open, tree.Close
}

// placed gives problems their places.
func placed(problems []zonefile.Problem) []plan.Diagnostic {
	out := make([]plan.Diagnostic, len(problems))
	for i, p := range problems {
		out[i] = problemAt(p.Problem, p.File, p.Line)
	}
	return out
}

func problemAt(p *dns.Problem, file string, line int) plan.Diagnostic {
	return plan.Diagnostic{Severity: p.Severity, Summary: p.Summary, Detail: p.Detail, Position: &plan.Position{File: file, Line: line}}
}

// fittedEntries are the records of a zone file as Cloudflare can hold them.
type fittedEntries struct {
	records []dns.Record
	// left are records that Cloudflare cannot hold. The HCL lists them.
	left     []dns.Record
	problems []plan.Diagnostic
}

// fit brings records into the form that Cloudflare can hold. What is left out, or changed, is a
// warning. What needs a decision is an error. Other warnings are left to cfplan validate.
func fit(entries []zonefile.Entry, zone string) (out fittedEntries) {
	kept := make([]zonefile.Entry, 0, len(entries))
	z := dns.Zone{Name: zone}
	for _, e := range entries {
		fitted, warnings, fits := lint.Fit(e.Record, zone)
		for _, p := range warnings {
			out.problems = append(out.problems, problemAt(p, e.File, e.Line))
		}
		if !fits {
			out.left = append(out.left, e.Record)
			continue
		}
		kept = append(kept, e)
		z.Records = append(z.Records, fitted)
	}

	idle := map[int]bool{}
	left, refused := lint.FitZone(z)
	for _, p := range slices.Concat(left, refused) {
		e := kept[p.Records[0]]
		out.problems = append(out.problems, problemAt(p.Problem, e.File, e.Line))
	}
	for _, p := range left {
		for _, i := range p.Records {
			idle[i] = true
		}
	}
	for i, r := range z.Records {
		if !idle[i] {
			out.records = append(out.records, r)
		}
	}
	return out
}
