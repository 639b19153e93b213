package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/importer"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

// sourceZone is a zone of a source, with the live zone that it is compared with.
type sourceZone struct {
	destination
	described importer.Zone
	// observed is the live zone. It has no ID if Cloudflare was not asked.
	observed reconcile.Observed
	matched  importer.Matched
	// outside counts the records that are outside of the configuration's scope.
	outside int
}

// compared reports whether the zone was compared with the live one.
func (z *sourceZone) compared() bool { return z.observed.Zone.ID != "" }

// fromSource imports the wanted zones as another tool describes them, or all zones if wanted is nil.
func (i *importRun) fromSource(ctx context.Context, wanted []destination) error {
	if err := mayWrite(i.dir, wanted); err != nil {
		return err
	}
	printed := len(wanted) == 1 && wanted[0].file == "-"
	if err := i.connectUnlessPrinted(printed); err != nil {
		return err
	}
	src, err := i.readSource(ctx, wanted)
	if err != nil {
		return err
	}

	zones, err := i.chosen(src, wanted)
	if err != nil {
		return err
	}
	if err := i.compare(ctx, zones, printed); err != nil {
		return err
	}
	if err := i.writeSource(zones); err != nil {
		return err
	}
	if err := i.takeOverSource(ctx, zones); err != nil {
		return err
	}
	i.sayRemarks(src, zones)
	i.sayRelease(src, zones)
	return nil
}

// connectUnlessPrinted connects the run. If the HCL is only printed, Cloudflare is needed only for attributes that the
// source cannot express, so the run goes on without a connection if there are no credentials.
func (i *importRun) connectUnlessPrinted(printed bool) error {
	if printed {
		conn, err := i.provider.connect(i.config, i.files)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(conn.accounts, func(a account) bool { return !a.found.Missing() }) {
			return nil
		}
	}
	return i.connect()
}

// readSource reads the source and prints everything that is wrong with it.
func (i *importRun) readSource(ctx context.Context, wanted []destination) (*importer.Source, error) {
	in, text, err := openSource(i.services, i.options)
	if err != nil {
		return nil, err
	}
	defer text.Close()

	if len(wanted) == 1 {
		in.Zone = wanted[0].zone
	}
	names := &zoneNames{conn: i.conn, account: i.options.account, known: map[string]string{}}
	in.ZoneName = names.of(ctx)

	src, diags := importer.Read(importer.Kind(i.options.from), in)
	found := planDiagnostics(diags)
	i.print.diagnose(found, text.excerpts(importer.Kind(i.options.from), in))
	if found.HasErrors() {
		if names.err != nil {
			i.print.errorf("\nCloudflare was asked for the names of zones: %s\n", render.EscapeText(names.err.Error()))
		}
		i.print.errorf("\nNothing was written, and nothing is owned.\n")
		return nil, errShown
	}
	return src, nil
}

// chosen pairs the zones of the source with their files.
func (i *importRun) chosen(src *importer.Source, wanted []destination) ([]sourceZone, error) {
	byName := make(map[string]importer.Zone, len(src.Zones))
	var names []string
	for _, z := range src.Zones {
		byName[z.Name] = z
		if len(z.Records) > 0 {
			names = append(names, z.Name)
		}
	}
	if wanted == nil {
		var err error
		if wanted, err = i.wanted(names); err != nil {
			return nil, err
		}
		if err := mayWrite(i.dir, wanted); err != nil {
			return nil, err
		}
	}

	out := make([]sourceZone, len(wanted))
	for n, d := range wanted {
		out[n] = sourceZone{destination: d, described: byName[d.zone]}
	}
	return out, nil
}

// compare reads the live zones and finds the live record of each described record.
func (i *importRun) compare(ctx context.Context, zones []sourceZone, printed bool) error {
	if err := i.observe(ctx, zones, printed); err != nil {
		return err
	}
	for n := range zones {
		z := &zones[n]
		z.leaveOutside(i.config.Scope)
		fitted, diags := importer.FitTier(z.described, z.observed.Zone.Tier)
		z.described = fitted
		i.print.diagnose(planDiagnostics(diags), nil)
		z.matched = importer.Match(z.described.Records, z.observed.Zone.Records)
		if z.compared() {
			i.sayDifferences(z)
		}
	}
	return nil
}

// observe reads the live zones. If the HCL is only printed, it goes on without them.
func (i *importRun) observe(ctx context.Context, zones []sourceZone, printed bool) error {
	if i.conn == nil {
		i.print.warn("Not compared with the live zone", "There are no credentials. Attributes that %s does not have, such as "+
			"proxied, are not set in the HCL.", inputName(i.options.in))
		return nil
	}

	wanted := make([]destination, len(zones))
	for n, z := range zones {
		wanted[n] = z.destination
	}
	observed, err := observeLive(ctx, i.conn.connection, i.options.account, wanted)
	if err != nil && printed && ctx.Err() == nil {
		reason := describe(err)
		i.print.warn("Not compared with the live zone", "Attributes that %s does not have, such as proxied, are not set in the "+
			"HCL. %s: %s", inputName(i.options.in), reason.summary, reason.detail)
		return nil
	}
	for n := range observed {
		zones[n].observed = observed[n]
	}
	return err
}

// leaveOutside leaves out the records that the configuration must not declare.
func (z *sourceZone) leaveOutside(all dns.Scope) {
	scope := all.In(z.zone)
	var inside []importer.Record
	for _, r := range z.described.Records {
		if scope.Has(r.Record) {
			inside = append(inside, r)
		} else {
			z.described.Outside = append(z.described.Outside, r)
		}
	}

	z.described.Records = inside
	z.outside = len(z.described.Outside)
}

// writeSource writes the files of the zones.
func (i *importRun) writeSource(zones []sourceZone) error {
	var files []hclFile
	for _, z := range zones {
		named := genconfig.Zone{
			Name:    z.zone,
			Account: z.observed.Zone.Policy.Account,
			Ignore:  z.described.Ignore,
		}
		for _, p := range z.matched.Pairs {
			named.Records = append(named.Records, p.Record.Named)
		}
		for _, l := range slices.Concat(z.described.Left, z.matched.Left) {
			named.Left = append(named.Left, l.Omission)
		}
		f, err := i.generate(z.destination, named)
		if err != nil {
			return err
		}
		f.outside += z.outside
		files = append(files, f)
	}
	return i.write(files)
}

// takeOverSource takes over the live records that the written files declare.
func (i *importRun) takeOverSource(ctx context.Context, zones []sourceZone) error {
	ours := slices.DeleteFunc(slices.Clone(zones), func(z sourceZone) bool {
		return !i.belongs(z.zone, []destination{z.destination})
	})
	if len(ours) == 0 {
		return nil
	}
	return takeOverAsLive(ctx, i.services, i.conn, ours)
}

// zoneNames looks up the names of zones by their IDs.
type zoneNames struct {
	conn    *writingConnection
	account accountFlag
	known   map[string]string
	// err is the first failure.
	err error
}

// mostLookups is how many zones are looked up by their IDs.
const mostLookups = 200

// of returns a function that looks up the name of a zone by its ID. The function returns "" if it does not find the
// name. of returns nil if the run is not connected.
func (n *zoneNames) of(ctx context.Context) func(id string) string {
	if n.conn == nil {
		return nil
	}
	return func(id string) string {
		name, known := n.known[id]
		if !known && len(n.known) < mostLookups {
			name = n.lookUp(ctx, id)
			n.known[id] = name
		}
		return name
	}
}

func (n *zoneNames) lookUp(ctx context.Context, id string) string {
	for _, a := range n.conn.accounts {
		if n.account.name != "" && a.name != n.account.name || a.found.Missing() {
			continue
		}
		zone, err := a.api.GetZone(ctx, id)
		if err == nil {
			return zone.Name
		}
		if n.err == nil {
			n.err = fmt.Errorf("zone %s: %w", dns.Show(id), err)
		}
	}
	return ""
}

// excerpts returns the text of the source for messages that show the line at fault. A Terraform state may
// hold secrets, so its lines are not shown, whatever -from says that it is.
func (o *openedSource) excerpts(kind importer.Kind, in importer.Input) config.Files {
	if kind == importer.Terraform || in.IsDir || bytes.Contains(in.Text, []byte(`"terraform_version"`)) {
		return config.Files{}
	}
	return config.Files{in.Name: {Bytes: in.Text}}
}
