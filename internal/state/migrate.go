package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Migrated tells what Migrate did.
type Migrated struct {
	// State is the one that is in the new place now.
	State *State
	// Already: the new place had it.
	Already bool
	// Snapshots counts the zones whose snapshots went along, Entries the archive's entries.
	Snapshots, Entries int
	// Left says what did not go along: handy things alone, never the state.
	Left []error
}

// ErrNoState: there is nothing to move.
var ErrNoState = errors.New("there is no state")

// Migrate copies a state with its snapshots and its archive from one store to another,
// and reads back what it wrote. The old place stays as it is. The state goes last:
// where an attempt is cut off before, the next one begins anew, and until then the
// new place has no state.
//
// It refuses with a *PushError where the new place has a state of another lineage
// that is not blank, or one of the same lineage that is not older. The caller holds
// both locks; check is asked right before the state is written.
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

// displacing returns the text with which st takes the place of the state that is in
// the new place.
func displacing(to *Store, there, st *State, text []byte) ([]byte, error) {
	switch {
	case !there.Blank():
		if why := obstacle(there, st); why != "" {
			return nil, &PushError{Place: to.String(), Why: why}
		}
	case there.Serial >= st.Serial:
		// A store that wants each serial once has had those up to there.
		st.Serial = there.Serial + 1
		return Encode(st)
	}
	return text, nil
}

// migrateRest copies all but the state.
func migrateRest(ctx context.Context, from *Reader, to *Store, out *Migrated) error {
	for v := 1; v < FormatVersion; v++ {
		doc := FormerDocument(v)
		text, version, err := from.backend.Read(ctx, doc)
		if err != nil || version == "" {
			continue // a copy of what was upgraded long ago
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
	names = slices.DeleteFunc(names, isPart) // the state has what they say
	if err != nil {
		out.Left = append(out.Left, err)
	}

	if len(names) > 0 && to.archive() == nil {
		out.Left = append(out.Left, errors.New("the new place keeps no history of applies: there is no way back "+
			"over the move"))
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
				err = errors.New("what was read back is not what was written")
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
		err = errors.New("what was read back is not what was written")
	}

	if err != nil {
		return fmt.Errorf("%s: the new place does not keep what it is given; the old one is as it was: %w",
			to.backend.Place(doc), err)
	}

	return nil
}
