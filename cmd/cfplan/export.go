package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/zonefile"
)

type exportOptions struct {
	format  string
	out     string
	cached  bool
	account accountFlag
}

func exportCommand(s *services) *cobra.Command {
	o := &exportOptions{}
	c := &cobra.Command{
		Use:   "export [flags] ZONE",
		Short: "Print a live zone as a zone file or as JSON",
		Long: `Reads a zone live and prints all its records, as a zone file for BIND and similar
servers or as JSON. The zone need not be declared, and the directory needs no
configuration. If Cloudflare refuses, export prints the zone's last snapshot.

A zone file has comments, tags and proxying as in Cloudflare's own exports. To read
the same records back, put zonefile { path = "FILE" } into a zone block. Records that
BIND would refuse are written as comments that only cfplan reads.`,
		Example: `  cfplan export example.com
  cfplan export example.com -out=example.com.zone
  cfplan export example.com -format=json | jq '.zone.records | length'`,
		Args: oneZone,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args[0]) },
	}
	c.Flags().StringVar(&o.format, "format", "bind", "print as `FORMAT`: bind or json")
	c.Flags().StringVar(&o.out, "out", "", "write to `FILE`, which must not exist yet, instead of stdout")
	c.Flags().BoolVar(&o.cached, "cached", false, "print the cached snapshot and send no request")
	o.account.register(c)
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"bind", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func oneZone(c *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return usage("%s needs the name of one zone, such as example.com", c.CommandPath())
	case 1:
		return nil
	}
	return usage("%s takes the name of one zone, but was given %q", c.CommandPath(), args)
}

func (o *exportOptions) run(ctx context.Context, s *services, zone string) error {
	write, err := o.writer(s.print)
	if err != nil {
		return err
	}
	name, problem := dns.CanonicalName(zone)
	if problem != nil {
		return usage("%s is not the name of a zone: %s", zone, strings.TrimSuffix(problem.Detail, "."))
	}
	if o.out != "" {
		if _, err := os.Lstat(s.dir.path(o.out)); err == nil {
			return errExportExists(o.out) // before any request
		}
	}

	v, err := readZone(ctx, s, name, o.account, o.cached)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := write(&text, v); err != nil {
		return err
	}
	return deliver(s, text.Bytes(), o.out)
}

// writer returns the function that writes the format.
func (o *exportOptions) writer(p *printer) (func(io.Writer, reconcile.Observed) error, error) {
	switch {
	case o.format == "json" || p.asJSON:
		return exportJSON, nil
	case o.format == "bind":
		return func(w io.Writer, v reconcile.Observed) error { return exportBIND(p, w, v) }, nil
	}
	return nil, usage("unknown -format=%s; use bind or json", o.format)
}

// readZone reads a zone and warns if it is not live. The zone need not be declared.
func readZone(ctx context.Context, s *services, name string, account accountFlag, cached bool) (reconcile.Observed, error) {
	cfg, files, err := s.config.loadIfAny()
	if err != nil {
		return reconcile.Observed{}, err
	}
	conn, err := connectForReading(s, cfg, files)
	if err != nil {
		return reconcile.Observed{}, err
	}

	zone := declaredZone(cfg, name)
	if !cached && declaredAt(cfg, name) == "" {
		in, err := account.choose(ctx, conn, []string{name})
		if err != nil {
			return reconcile.Observed{}, err
		}
		zone.Policy.Account = in[name]
	}
	observed, err := conn.observe(ctx, []dns.Zone{zone}, reconcile.PlanOptions{Cached: cached})
	if err != nil {
		return reconcile.Observed{}, err
	}

	v := observed[0]
	leaveOutSensitive(s.print, &v, zone)
	v.Zone.Records = slices.SortedFunc(slices.Values(v.Zone.Records), dns.Compare)
	if d := v.Degraded; d != nil {
		s.print.warn("Zone is not live", "%s: %s. What follows is the snapshot of %s.\n\n%s",
			name, render.Refusal(*d), english.Minute(v.Source.FetchedAt), steps(d.Cause, d.Guidance))
	}
	return v, nil
}

// declaredZone returns a zone of the configuration, or an empty one of that name.
func declaredZone(cfg *config.Config, name string) dns.Zone {
	for _, z := range cfg.Zones {
		if z.Name == name {
			return z
		}
	}
	return dns.Zone{Name: name}
}

// leaveOutSensitive removes the values that are sensitive according to the configuration or the
// state: comments and tags, and whole records with a sensitive name. It does not use placeholders,
// because other programs read an export as data.
func leaveOutSensitive(p *printer, v *reconcile.Observed, declared dns.Zone) {
	byKey := map[dns.Key][]dns.Attribute{}
	for _, r := range declared.Records {
		byKey[r.Key()] = dns.JoinSensitive(byKey[r.Key()], r.Declared.Sensitive)
	}

	kept, names, bare := v.Zone.Records[:0:0], 0, 0
	for _, r := range v.Zone.Records {
		sensitive := dns.JoinSensitive(byKey[r.Key()], v.Sensitive[r.ID])
		if slices.Contains(sensitive, dns.AttrName) && r.Name != v.Zone.Name {
			names++
			continue
		}
		comment := slices.Contains(sensitive, dns.AttrComment) && r.Comment != ""
		tags := slices.Contains(sensitive, dns.AttrTags) && len(r.Tags) > 0
		if comment {
			r.Comment = ""
		}
		if tags {
			r.Tags = nil
		}
		if comment || tags {
			bare++
		}
		kept = append(kept, r)
	}
	v.Zone.Records = kept
	if names+bare > 0 {
		p.warn("Sensitive values were left out",
			"%s: the output lacks %s with a sensitive name, and the sensitive comment or tags of %s.",
			v.Zone.Name, english.Count(names, "record"), english.Count(bare, "record"))
	}
}

func exportBIND(p *printer, w io.Writer, v reconcile.Observed) error {
	var withheld []string
	err := zonefile.Write(w, v.Zone, zonefile.WriteOptions{Withheld: func(r dns.Record, why string) {
		withheld = append(withheld, fmt.Sprintf("\n  - %s %s: %s", r.Type, r.Name, why))
	}})
	if n := len(withheld); n > 0 {
		if n > mostListed {
			withheld = append(withheld[:mostListed], fmt.Sprintf("\n  - and %d more", n-mostListed))
		}
		p.warn("Records that other programs will not see", "These records are comments in the zone file, which only cfplan reads:%s",
			strings.Join(withheld, ""))
	}
	return err
}

// exported is the JSON document.
type exported struct {
	FormatVersion string   `json:"format_version"`
	Zone          dns.Zone `json:"zone"`
	// Source is nil if the zone is live.
	Source *plan.Source `json:"source,omitempty"`
}

func exportJSON(w io.Writer, v reconcile.Observed) error {
	doc := exported{FormatVersion: "1.0", Zone: v.Zone}
	if doc.Zone.Records == nil {
		doc.Zone.Records = []dns.Record{}
	}
	if v.Source.Kind != plan.SourceLive {
		doc.Source = &v.Source
	}
	return plan.WriteJSON(w, doc)
}

// deliver writes to stdout, or to a new file.
func deliver(s *services, text []byte, out string) error {
	if out == "" {
		_, err := s.print.out.Write(text)
		return err
	}

	err := files.Create(s.dir.path(out), text, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return errExportExists(out)
	case err != nil:
		return failure("File could not be written", "%v.", err)
	}
	s.print.printf("Written: %s\n", out)
	return nil
}

func errExportExists(out string) error {
	return failure("File exists already",
		"%s exists, and export does not overwrite it. Name another file with -out, or move this one away.", out)
}
