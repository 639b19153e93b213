package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Migrated reports what Migrate did.
type Migrated struct {
	// State is the state that is now in the new place.
	State *State
	// Already is true if the new place already had the state.
	Already bool
	// Snapshots counts the zones whose snapshots were copied, and Entries the copied entries of the archive.
	Snapshots, Entries int
	// Left has the reasons why some data was not copied. The state is always copied; cfplan can do without
	// the rest.
	Left []error
}

// ErrNoState means that there is no state to move.
var ErrNoState = errors.New("there is no state")

// Migrate copies a state with its snapshots and its archive from one store to another, and reads back what
// it wrote. The old place is not changed. The state is copied last: if an attempt is cut off before, the
// new place has no state, and the next attempt starts over.
//
// Migrate refuses with a *PushError if the new place has a state of another lineage that is not blank, or a
// state of the same lineage that is not older. The caller holds both locks; check is called right before
// the state is written.
func Migrate(ctx context.Context, from *Reader, to *Store, check func(context.Context) error) (Migrated, error) {
	var out Migrated
	text, err := from.Stored(ctx)
	if err == nil && text == nil {
		err = fmt.Errorf("%s: %w", from, ErrNoState)
	}

	if err != nil {
		return out, err
	}

	if out.State, err = Decode(text); err != nil {
		return out, &UnreadableError{Place: from.String(), Err: err, Next: from.remedy(err)}
	}

	stored, err := to.toReplace(ctx, false)
	if err != nil {
		return out, err
	}

	there := stored.state
	if there != nil {
		if there.Serial >= out.State.Serial && sameButSerial(there, out.State) {
			out.Already, out.State = true, there
			return out, nil
		}
		if text, err = displacing(to, there, out.State, text); err != nil {
			return out, err
		}
	}

	if err := migrateRest(ctx, from, to, &out); err != nil {
		return out, err
	}
	if err := check(ctx); err != nil {
		return out, err
	}
	if err := to.seal(ctx, stored.open); err != nil {
		return out, err
	}

	return out, copyDocument(ctx, to, DocState, text, stored.version)
}

// displacing returns the document that replaces the state in the new place, or a *PushError if st may not
// replace it.
func displacing(to *Store, there, st *State, text []byte) ([]byte, error) {
	switch {
	case !there.Blank():
		if why := obstacle(there, st); why != "" {
			return nil, &PushError{Place: to.String(), Why: why}
		}
	case there.Serial >= st.Serial:
		// The store may refuse the serials that it has had.
		st.Serial = there.Serial + 1
		return Encode(st)
	}
	return text, nil
}

// migrateRest copies everything but the state.
func migrateRest(ctx context.Context, from *Reader, to *Store, out *Migrated) error {
	for v := 1; v < FormatVersion; v++ {
		doc := FormerDocument(v)
		text, version, err := from.backend.Read(ctx, doc)
		if err != nil || version == "" {
			continue // the document is only a copy of a state that was upgraded long ago
		}
		if _, there, err := to.backend.Read(ctx, doc); err == nil && there == "" {
			if err := copyDocument(ctx, to, doc, text, ""); err != nil {
				return err
			}
		}
	}

	snapshots, err := from.Snapshots(ctx)
	if err != nil {
		out.Left = append(out.Left, err)
	}

	if out.Snapshots = len(snapshots.Zones()); out.Snapshots > 0 {
		err = to.UpdateSnapshots(ctx, nil, func(all *Snapshots) (changed bool) {
			for _, zone := range snapshots.Zones() {
				changed = all.Set(snapshots.Of(zone)) || changed
			}
			return changed
		})
		if err != nil {
			return fmt.Errorf("the snapshots can't be written to the new place: %w", err)
		}
	}

	return migrateArchive(ctx, from, to, out)
}

func migrateArchive(ctx context.Context, from *Reader, to *Store, out *Migrated) error {
	names, err := from.Entries(ctx)
	names = slices.DeleteFunc(names, isPart) // the state has their entries
	if err != nil {
		out.Left = append(out.Left, err)
	}

	if len(names) > 0 && to.archive() == nil {
		out.Left = append(out.Left, errors.New("the new place keeps no history of applies, so applies from before "+
			"the move cannot be undone with cfplan rollback"))
		return nil
	}

	for _, name := range names {
		data, err := from.Kept(ctx, name)
		if err != nil {
			out.Left = append(out.Left, err)
			continue
		}

		if err = to.Keep(ctx, name, data); err == nil {
			var back []byte
			if back, err = to.Kept(ctx, name); err == nil && !bytes.Equal(back, data) {
				err = errors.New("the text that was read back differs from the text that was written")
			}
		}

		if err != nil {
			return fmt.Errorf("the entry %s of the history can't be written to the new place: %w", name, err)
		}

		out.Entries++
	}

	return nil
}

// copyDocument writes a document and reads it back.
func copyDocument(ctx context.Context, to *Store, doc Document, text []byte, was Version) error {
	if err := to.mayWrite(); err != nil {
		return err
	}
	if _, err := to.backend.Write(ctx, doc, text, was); err != nil {
		return fmt.Errorf("the state can't be written to the new place: %w", err)
	}

	back, _, err := to.backend.Read(ctx, doc)
	if err == nil && !bytes.Equal(back, text) {
		err = errors.New("the text that was read back differs from the text that was written")
	}

	if err != nil {
		return fmt.Errorf("%s: the new place did not keep the document; the old place was not changed: %w",
			to.backend.Place(doc), err)
	}

	return nil
}
