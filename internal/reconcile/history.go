package reconcile

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// Applied is an apply that was started.
type Applied struct {
	// Serial is the serial of the state when the apply started. It identifies the apply.
	Serial uint64    `json:"serial"`
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	// Summary counts the changes that it made in Zones.
	Summary plan.Summary `json:"summary"`
	Zones   []string     `json:"zones"`
	// Announced is true if the stored entry has what was planned, and the state says how much of that was
	// done.
	Announced bool `json:"announced,omitempty"`
	// InDoubt is how many more changes it may have made: it was cut off during a request, and the
	// next apply finds out.
	InDoubt int `json:"-"`
	// Plan is what it did. It is the last member of an entry, so that the
	// head can be read alone; [History] leaves it out.
	Plan *plan.Plan `json:"plan,omitempty"`
	// Damage says why only the serial of the apply is known; nil if the entry is whole.
	Damage error `json:"-"`
}

// History lists the stored applies, newest first, without their plans. They say what was done, not what was
// planned. An apply that did nothing is left out. An apply whose entry is damaged has only its serial and
// Damage.
func History(ctx context.Context, store *state.Reader) ([]Applied, error) {
	st, err := store.Read(ctx)
	if err != nil {
		return nil, err
	}
	names, err := entries(ctx, store, st.Lineage)
	if err != nil {
		return nil, err
	}

	var out []Applied
	for _, name := range slices.Backward(names) {
		data, err := store.Kept(ctx, name)
		var a Applied
		switch {
		case errors.Is(err, state.ErrNoEntry):
			continue // dropped meanwhile
		case ctx.Err() != nil:
			return nil, err
		case err != nil:
			out = append(out, Applied{Serial: serialOf(name), Damage: damaged(name, err)})
			continue
		}

		a, err = listed(name, data, st)
		if err != nil {
			a = Applied{Serial: serialOf(name), Damage: err}
		}
		if err != nil || len(a.Zones) > 0 {
			out = append(out, a)
		}
	}
	return out, nil
}

// listed reads an entry without its plan, unless the plan is needed to count what was done.
func listed(name string, data []byte, st *state.State) (Applied, error) {
	a, err := headOf(data)
	if err != nil || a.Serial != serialOf(name) {
		return a, damaged(name, err)
	}
	if extentOf(a, st) == nil {
		return a, nil
	}

	if a, err = parseEntry(name, data); err != nil {
		return a, err
	}
	a = a.asMade(st)
	a.Plan = nil
	return a, nil
}

// appliesSince lists the applies from the newest back to the one with that serial; serial 0 means
// only the newest. They have the changes that were made or may have been made.
func appliesSince(ctx context.Context, store *state.Reader, st *state.State, serial uint64) ([]Applied, error) {
	names, err := entries(ctx, store, st.Lineage)
	if err != nil {
		return nil, err
	}

	slices.Reverse(names)
	if len(names) > 0 {
		last, err := readEntry(ctx, store, names[0])
		if err == nil && !last.asPossible(st).Plan.HasChanges() {
			names = names[1:] // it did nothing
		}
	}
	i := 0
	if serial != 0 {
		i = slices.Index(names, entryName(st.Lineage, serial))
	}
	if i < 0 || len(names) == 0 {
		missing := &NoHistoryError{Serial: serial}
		for _, name := range names {
			missing.Known = append(missing.Known, serialOf(name))
		}
		return nil, missing
	}

	var out []Applied
	for _, name := range names[:i+1] {
		a, err := readEntry(ctx, store, name)
		if errors.Is(err, state.ErrNoEntry) {
			return nil, &NoHistoryError{Serial: serial}
		}
		if err == nil && a.Plan.Lineage != st.Lineage {
			err = damaged(name, errors.New("it was made with another state"))
		}
		if err != nil {
			return nil, fmt.Errorf("it would have to be undone too, so nothing is planned: %w", err)
		}
		out = append(out, a.asPossible(st))
	}
	return out, nil
}

// entries lists the names of the applies of one state, the oldest first.
func entries(ctx context.Context, store *state.Reader, lineage string) ([]string, error) {
	names, err := store.Entries(ctx)
	return entriesOf(names, lineage), err
}

// entriesOf picks the names of the applies of one state.
func entriesOf(names []string, lineage string) []string {
	form := regexp.MustCompile("^" + regexp.QuoteMeta(entryPrefix(lineage)) + "[0-9]{12}$")
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !form.MatchString(n) })
}

// entryName returns the name of an entry. Names sort like the serials of one state. After a state
// was lost, serials start again with another lineage.
func entryName(lineage string, serial uint64) string {
	return fmt.Sprintf("%s%012d", entryPrefix(lineage), serial)
}

func entryPrefix(lineage string) string { return "apply-" + state.EntryID(lineage) + "-" }

// serialOf reads the serial that a name ends in.
func serialOf(name string) uint64 {
	serial, _ := strconv.ParseUint(name[strings.LastIndexByte(name, '-')+1:], 10, 64) // entries lists only names of this form
	return serial
}

// headOf reads an entry up to its plan, which may be large.
func headOf(data []byte) (Applied, error) {
	var a Applied
	fields := map[string]any{
		"serial":    &a.Serial,
		"at":        &a.At,
		"who":       &a.Who,
		"summary":   &a.Summary,
		"zones":     &a.Zones,
		"announced": &a.Announced,
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return a, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return a, err
		}
		name, _ := key.(string)
		if name == "plan" {
			return a, nil
		}
		into := fields[name]
		if into == nil {
			into = &json.RawMessage{}
		}
		if err := d.Decode(into); err != nil {
			return a, err
		}
	}
	return a, errors.New("it has no plan")
}

// readEntry reads one apply with its plan.
func readEntry(ctx context.Context, store *state.Reader, name string) (Applied, error) {
	data, err := store.Kept(ctx, name)
	if err != nil {
		return Applied{}, err
	}
	return parseEntry(name, data)
}

func parseEntry(name string, data []byte) (Applied, error) {
	var a Applied
	err := json.Unmarshal(data, &a)
	if err == nil && (a.Plan == nil || name != entryName(a.Plan.Lineage, a.Serial)) {
		err = errors.New("it is not the entry of this apply")
	}
	if err == nil {
		err = a.Plan.WellFormed()
	}
	if err == nil {
		err = insideZones(a.Plan)
	}
	if err == nil && a.Summary != a.Plan.Summary {
		err = errors.New("its summary does not match its changes")
	}
	if err != nil {
		return a, damaged(name, err)
	}
	return a, nil
}

// insideZones returns an error if the plan has a change that cfplan cannot have made: of a name
// outside of its zone, or of a type that it does not write. The history is stored beside the state,
// and its entries are not signed.
func insideZones(p *plan.Plan) error {
	odd := func(r rune) bool { return r < ' ' || r == 0x7f }
	for _, z := range p.Zones {
		for _, c := range z.Changes {
			for _, name := range []string{c.Name, cmp.Or(c.PreviousName, c.Name)} {
				if !inside(name, z.Name) || strings.ContainsFunc(name, odd) || !c.Type.Writable() {
					return fmt.Errorf("it has a change of %q, type %q, which cfplan does not make in the zone %q",
						name, c.Type, z.Name)
				}
			}
		}
	}
	return nil
}

func damaged(name string, err error) error {
	if err == nil {
		err = errors.New("it is not the entry of this apply")
	}
	return fmt.Errorf("the entry %s of the history is damaged: %w", name, err)
}
