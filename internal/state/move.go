package state

import (
	"context"
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// Move is [State.Move] on the stored state. The caller holds the lock; check is called right before the
// write. If there is an error, nothing is stored.
func Move(
	ctx context.Context, s *Store, from string, to Address, declared []dns.Record, check func(context.Context) error,
) (moved []OwnedRecord, err error) {
	_, err = s.Update(ctx, func(st *State) (changed bool, err error) {
		if moved, err = st.Move(from, to, declared); err != nil {
			return false, err
		}
		return true, check(ctx)
	})
	return moved, err
}

// Move gives another address to the records of an address, or to the record with an ID. declared are the
// records that the configuration declares under the new address; there may be none yet. Move returns the
// records as they were. If the move is not possible, the error is an *EditError and the state is not
// changed.
func (s *State) Move(from string, to Address, declared []dns.Record) ([]OwnedRecord, error) {
	records, err := s.OwnedAt(from)
	if err != nil {
		return nil, err
	}

	if from == to.String() {
		return nil, refuse(SameAddress, "See cfplan help.", "%s is the record's address already", from)
	}

	for _, r := range records {
		if err := s.checkMove(r, to, declared); err != nil {
			return nil, err
		}
	}

	if err := s.checkRoom(len(records), to, declared); err != nil {
		return nil, err
	}

	for _, r := range records {
		o := s.Zones[r.Zone].Owned[r.ID]
		o.Address = to.String()
		s.Zones[r.Zone].Owned[r.ID] = o
	}

	return records, nil
}

const nothingChanged = "Nothing was changed."

// checkMove refuses an address whose zone, type or name differs from the record's: renaming a block does not
// change them.
func (s *State) checkMove(r OwnedRecord, to Address, declared []dns.Record) error {
	refused := func(format string, args ...any) error {
		return refuse(NotMovable, nothingChanged, "%s (ID %s): %s", r.Address, r.ID, fmt.Sprintf(format, args...))
	}

	journal := s.Zones[r.Zone].Journal
	sameName := func(d dns.Record) bool { return d.Name == r.Name }
	switch {
	case journal != nil:
		return requestOpen(r.Zone, journal, "")
	case r.Zone != to.Zone:
		return refused("it is a record of the zone %s, but %s is an address of %s", r.Zone, to, to.Zone)
	case r.Type != to.Type:
		return refused("it has the type %s, but %s is an address of the type %s", r.Type, to, to.Type)
	case len(declared) > 0 && !slices.ContainsFunc(declared, sameName):
		return refused("its name is %s, but %s declares the name %s (%s)", r.Masked().Name, to,
			declared[0].Mask(declared[0].Declared.Sensitive).Name, place(declared[0]))
	}

	return nil
}

// checkRoom refuses an address that would have more records than the configuration declares there. If the
// configuration declares none, it refuses an address that already has a record.
func (s *State) checkRoom(moving int, to Address, declared []dns.Record) error {
	taken := len(s.ownedAt(to.String()))
	switch {
	case taken > 0 && taken+moving > len(declared):
		return refuse(AddressTaken, "Move its records elsewhere first, or give them up with cfplan state rm. "+
			nothingChanged,
			"%s has %s already", to, english.Count(taken, "record"))
	case len(declared) > 0 && moving > len(declared):
		return refuse(NotMovable, "Move them one by one, by the IDs that cfplan state list shows. "+nothingChanged,
			"%s are to move to %s, which declares %d (%s)", english.Count(moving, "record"), to, len(declared),
			place(declared[0]))
	}
	return nil
}

func place(r dns.Record) string { return fmt.Sprintf("%s:%d", r.Declared.File, r.Declared.Line) }
