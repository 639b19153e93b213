package main

import (
	"context"
	"slices"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

// importLive imports zones as they are live. If one cannot be read, nothing is written.
func importLive(
	ctx context.Context, s *services, cfg *config.Config, sources config.Files, account accountFlag, wanted []destination,
) error {
	i := &importRun{services: s, options: &importOptions{from: live, account: account}, config: cfg, files: sources}
	return i.liveZones(ctx, wanted)
}

// liveZones reads all zones, then writes their files, then takes over the records in the files.
func (i *importRun) liveZones(ctx context.Context, wanted []destination) error {
	if err := mayWrite(i.dir, wanted); err != nil || len(wanted) == 0 {
		return err
	}
	if err := i.connect(); err != nil {
		return err
	}
	observed, err := observeLive(ctx, i.conn.connection, i.options.account, wanted)
	if err != nil {
		return err
	}

	var files []hclFile
	for n, d := range wanted {
		if !belongs(i.dir, d.file) { // in a configuration file, a missing record would be destroyed by the next plan
			leaveOutSensitive(i.print, &observed[n], declaredZone(i.config, d.zone))
		}
		f, err := i.generate(d, genconfig.ZoneOf(observed[n].Zone))
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	if err := i.write(files); err != nil {
		return err
	}

	ours := slices.DeleteFunc(observed, func(v reconcile.Observed) bool { return !i.belongs(v.Zone.Name, wanted) })
	if len(ours) == 0 {
		return nil
	}
	return takeOver(ctx, i.services, i.conn, ours)
}

// belongs reports whether the file of a zone is part of the configuration, and prints a message if it is not.
func (i *importRun) belongs(zone string, wanted []destination) bool {
	n := slices.IndexFunc(wanted, func(d destination) bool { return d.zone == zone })
	d := wanted[n]
	if !belongs(i.dir, d.file) && d.file != "-" {
		i.print.printf("Nothing was taken over: %s is not one of this directory's configuration files.\n", render.Escape(d.file))
	}
	return belongs(i.dir, d.file)
}

// observeLive reads zones, which need not be declared, in the order of wanted. A snapshot is not
// enough, because its records may be gone.
func observeLive(
	ctx context.Context, conn *connection, account accountFlag, wanted []destination,
) ([]reconcile.Observed, error) {
	names := make([]string, len(wanted))
	for i, d := range wanted {
		names[i] = d.zone
	}
	in, err := account.choose(ctx, conn, names)
	if err != nil {
		return nil, err
	}

	zones := make([]dns.Zone, len(wanted))
	for i, name := range names {
		zones[i].Name, zones[i].Policy.Account = name, in[name]
	}
	observed, err := conn.observe(ctx, zones, reconcile.PlanOptions{})
	if err != nil {
		return nil, err
	}

	refused := &reconcile.RefusedError{Wanted: "an import reads the live zone; nothing was written"}
	for _, v := range observed {
		if v.Degraded != nil {
			refused.Degraded = append(refused.Degraded, *v.Degraded)
		}
	}
	if len(refused.Degraded) > 0 {
		return nil, refused
	}

	byName := make(map[string]reconcile.Observed, len(observed))
	for _, v := range observed {
		byName[v.Zone.Name] = v
	}
	out := make([]reconcile.Observed, len(wanted))
	for i, d := range wanted {
		out[i] = byName[d.zone]
	}
	return out, nil
}

// visibleZones returns the names of the zones that the credentials see, sorted.
func visibleZones(ctx context.Context, conn *connection, account accountFlag) ([]string, error) {
	var names []string
	for _, a := range conn.accounts {
		if account.name != "" && a.name != account.name || account.name == "" && a.name != "" && a.found.Missing() {
			continue
		}
		zones, err := a.api.ListZones(ctx)
		if err != nil {
			return nil, err
		}
		for _, z := range zones {
			names = append(names, z.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
