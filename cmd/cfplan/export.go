package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/zonefile"
)

type exportFlags struct {
	format string
	out    string
	cached bool
}

func (a *app) exportCommand() *cobra.Command {
	f := &exportFlags{}
	c := &cobra.Command{
		Use:   "export ZONE [flags]",
		Short: "Write a zone out",
		Long: `Reads a zone live and writes all its records, as a zone file for BIND and its
like or as JSON. The zone need not be declared, and the directory need not have a
configuration. Where Cloudflare refuses, the zone's last snapshot stands in.

A zone file has comments, tags and proxying as in Cloudflare's own exports, and
imports back to the same records: zonefile { path = "FILE" } in a zone block.
Records that BIND refuses stand in comments which cfplan alone reads.`,
		Example: `  cfplan export example.com
  cfplan export example.com -out=example.com.zone
  cfplan export example.com -format=json | jq '.zone.records | length'`,
		Args: oneZone,
		RunE: func(c *cobra.Command, args []string) error { return a.export(c.Context(), args[0], f) },
	}
	c.Flags().StringVar(&f.format, "format", "bind", "write as `FORMAT`: bind or json")
	c.Flags().StringVar(&f.out, "out", "", "write to `FILE`, which must not exist, instead of the output")
	c.Flags().BoolVar(&f.cached, "cached", false, "write the cached snapshot and make no request")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"bind", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func oneZone(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage("%s takes the name of one zone, but was given %q", c.CommandPath(), args)
	}
	return nil
}

func (a *app) export(ctx context.Context, zone string, f *exportFlags) error {
	write, err := a.exporter(f)
	if err != nil {
		return err
	}
	name, problem := dns.CanonicalName(zone)
	if problem != nil {
		return usage("%s is not the name of a zone: %s", zone, strings.TrimSuffix(problem.Detail, "."))
	}
	if f.out != "" {
		if _, err := os.Lstat(a.path(f.out)); err == nil {
			return existing(f.out) // told before Cloudflare is asked
		}
	}
	v, err := a.look(ctx, name, f.cached)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := write(&text, v); err != nil {
		return err
	}
	return a.deliver(text.Bytes(), f.out)
}

// exporter returns what writes the format.
func (a *app) exporter(f *exportFlags) (func(io.Writer, reconcile.View) error, error) {
	switch {
	case f.format == "json" || a.flags.json:
		return exportJSON, nil
	case f.format == "bind":
		return a.exportBIND, nil
	}
	return nil, usage("unknown -format=%s; there are bind and json", f.format)
}

// look reads the zone and warns where it is not live.
func (a *app) look(ctx context.Context, name string, cached bool) (reconcile.View, error) {
	cfg, files, err := a.loadIfAny()
	if err != nil {
		return reconcile.View{}, err
	}
	s, err := a.connect(cfg, files)
	if err != nil {
		return reconcile.View{}, err
	}
	zone := dns.Zone{Name: name}
	for _, z := range s.config.Zones {
		if z.Name == name {
			zone = z
		}
	}
	var views []reconcile.View
	s.progress.during(func() { views, err = s.Look(ctx, []dns.Zone{zone}, reconcile.PlanOptions{Cached: cached}) })
	if err != nil {
		return reconcile.View{}, err
	}
	v := views[0]
	v.Zone.Records = slices.SortedFunc(slices.Values(v.Zone.Records), dns.Compare)
	if d := v.Degraded; d != nil {
		a.warn("Zone is not live", "%s: %s. What follows is the snapshot of %s.\n\n%s",
			name, render.Refusal(*d), v.Source.FetchedAt.Format("2006-01-02 15:04 MST"), steps(d.Cause, d.Guidance))
	}
	return v, nil
}

func (a *app) warn(summary, format string, args ...any) {
	a.diagnose(messagef(summary, format, args...).diagnostics(hcl.DiagWarning), nil)
}

func (a *app) exportBIND(w io.Writer, v reconcile.View) error {
	var withheld []string
	err := zonefile.Write(w, v.Zone, zonefile.WriteOptions{Withheld: func(r dns.Record, why string) {
		withheld = append(withheld, fmt.Sprintf("\n  - %s %s: %s", r.Type, r.Name, why))
	}})
	if n := len(withheld); n > 0 {
		if n > mostListed {
			withheld = append(withheld[:mostListed], fmt.Sprintf("\n  - and %d more", n-mostListed))
		}
		a.warn("Records that other programs will not see", "These stand in comments of the zone file:%s", strings.Join(withheld, ""))
	}
	return err
}

// exported is the JSON document.
type exported struct {
	FormatVersion string   `json:"format_version"`
	Zone          dns.Zone `json:"zone"`
	// Source is there where the zone is not live.
	Source *plan.Source `json:"source,omitempty"`
}

func exportJSON(w io.Writer, v reconcile.View) error {
	doc := exported{FormatVersion: "1.0", Zone: v.Zone}
	if doc.Zone.Records == nil {
		doc.Zone.Records = []dns.Record{}
	}
	if v.Source.Kind != plan.SourceLive {
		doc.Source = &v.Source
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

// deliver writes to the output, or to a file that does not exist yet.
func (a *app) deliver(text []byte, out string) error {
	if out == "" {
		_, err := a.out.Write(text)
		return err
	}
	path := a.path(out)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return existing(out)
	case err != nil:
		return failure("File could not be written", "%v.", err)
	}
	_, err = f.Write(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(path) // half a zone is worse than none; the error is told
		return failure("File could not be written", "%v.", err)
	}
	a.printf("Written: %s\n", out)
	return nil
}

func existing(out string) error {
	return failure("File exists already", "%s exists, and export overwrites nothing. Name another file with -out, or move this one away.", out)
}
