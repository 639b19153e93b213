package main

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

// showState implements cfplan show without a plan file.
func showState(ctx context.Context, s *services) error {
	store, err := openStateForReading(s)
	if err != nil {
		return err
	}
	st, err := store.Read(ctx)
	if err != nil {
		return err
	}
	if s.print.asJSON {
		text, err := state.Encode(st.Masked())
		if err != nil {
			return err
		}
		return s.print.json(json.RawMessage(text))
	}

	snapshots, err := store.Snapshots(ctx)
	if err != nil {
		s.print.warn("Snapshots could not be read", "%v.", err)
	}
	names := slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(snapshots.Zones(), maps.Keys(st.Zones)))))
	if len(names) == 0 {
		s.print.printf("The state is empty: nothing has been planned or applied here yet.\n")
	}
	for _, name := range names {
		showZone(s.print, name, st.Zone(name), snapshots.Of(name))
	}
	return nil
}

// showZone shows what the state has of a zone. Either part may be nil.
func showZone(p *printer, name string, z *state.Zone, snapshot *state.Snapshot) {
	if z == nil {
		z = &state.Zone{ID: snapshot.Head().ID}
	}
	p.printf("%s (ID %s)\n  owned: %s\n",
		render.Escape(name), render.Escape(z.ID), english.Count(len(z.Owned), "record"))
	if snapshot == nil {
		return
	}
	zone, err := snapshot.Zone()
	if err != nil {
		p.printf("  snapshot: %s\n", render.Escape(err.Error()))
		return
	}
	p.printf("  snapshot: %s, read %s\n",
		english.Count(len(zone.Records), "record"), snapshot.FetchedAt.UTC().Format(time.RFC3339))
}
