package reconcile

import (
	"bytes"
	"context"
	"crypto/sha256"
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

// historyKept is how many applies can be taken back.
const historyKept = 20

// Applied is an apply that was begun.
type Applied struct {
	// Serial is that of the state when it began; it names the apply.
	Serial uint64    `json:"serial"`
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	// Summary counts what it was about to do, in Zones.
	Summary plan.Summary `json:"summary"`
	Zones   []string     `json:"zones"`
	// Plan is what it was about to do. It stands last in an entry, for those who
	// need no more than the head; [Reconciler.History] leaves it out.
	Plan *plan.Plan `json:"plan,omitempty"`
	// Damage is why nothing else is known of it; nil for a whole entry.
	Damage error `json:"-"`
}

// keepHistory writes down what is about to be done, before anything is: what the
// records said before leads back.
func (r *Reconciler) keepHistory(ctx context.Context, p *plan.Plan, serial uint64) error {
	if err := r.keep(ctx, p, serial); err != nil {
		return fmt.Errorf("nothing was changed: what leads back could not be kept: %w", err)
	}
	names, err := r.entries(ctx, p.Lineage)
	for len(names) > historyKept && err == nil {
		err = r.Store.Drop(ctx, names[0])
		names = names[1:]
	}
	if err != nil {
		r.log().Warn("old entries of the history could not be dropped", "state", r.Store.String(), "error", err)
	}
	return nil
}

// keep writes the entry of an apply.
func (r *Reconciler) keep(ctx context.Context, p *plan.Plan, serial uint64) error {
	a := Applied{Serial: serial, At: r.Now().UTC(), Who: r.Who, Summary: p.Summary, Zones: []string{}, Plan: p}
	for _, z := range p.Zones {
		if len(z.Changes) > 0 {
			a.Zones = append(a.Zones, z.Name)
		}
	}
	data, err := json.Marshal(a)
	if err == nil && len(data) > state.MaxSize {
		err = fmt.Errorf("it has %d bytes, more than %d would not be read back", len(data), state.MaxSize)
	}
	if err != nil {
		return err
	}
	return r.Store.Keep(ctx, entryName(p.Lineage, serial), data)
}

// trimHistory leaves nothing in the entry of an apply that is known not to have been
// made, for it must not be taken back.
func (r *Reconciler) trimHistory(ctx context.Context, p *plan.Plan, serial uint64, left []plan.Change, doubtful map[string]bool) {
	unmade := map[string]bool{}
	for _, c := range left {
		unmade[c.Digest()] = true
	}
	if len(unmade) == 0 {
		return
	}
	made := *p
	made.Zones = slices.Clone(p.Zones)
	for i := range made.Zones {
		if z := &made.Zones[i]; !doubtful[z.Name] {
			z.Changes = slices.DeleteFunc(slices.Clone(z.Changes), func(c plan.Change) bool { return unmade[c.Digest()] })
		}
	}
	made.Recount()
	var err error
	if made.HasChanges() {
		err = r.keep(ctx, &made, serial)
	} else {
		err = r.Store.Drop(ctx, entryName(p.Lineage, serial))
	}
	if err != nil {
		r.log().Warn("the entry of the history has more than was done", "state", r.Store.String(), "error", err)
	}
}

// entryName sorts as the serials of one state do. After a loss of the state they
// begin anew, with another lineage.
func entryName(lineage string, serial uint64) string {
	return fmt.Sprintf("%s%012d", entryPrefix(lineage), serial)
}

// plainID is the first part of a UUID, which a lineage is unless somebody made it up.
var plainID = regexp.MustCompile(`^[a-z0-9]{1,16}$`)

func entryPrefix(lineage string) string {
	id, _, _ := strings.Cut(strings.ToLower(lineage), "-")
	if !plainID.MatchString(id) {
		id = fmt.Sprintf("%x", sha256.Sum256([]byte(lineage)))[:16]
	}
	return "apply-" + id + "-"
}

// serialOf reads the serial that a name ends in.
func serialOf(name string) uint64 {
	serial, _ := strconv.ParseUint(name[strings.LastIndexByte(name, '-')+1:], 10, 64) // the name was asked for by its form
	return serial
}

// entries lists the applies of one state, the oldest first.
func (r *Reconciler) entries(ctx context.Context, lineage string) ([]string, error) {
	form := regexp.MustCompile("^" + regexp.QuoteMeta(entryPrefix(lineage)) + "[0-9]{12}$")
	names, err := r.Store.Entries(ctx)
	return slices.DeleteFunc(names, func(n string) bool { return !form.MatchString(n) }), err
}

// History lists the applies that are remembered, the newest first, without their
// plans. One whose entry is damaged has nothing but its serial.
func (r *Reconciler) History(ctx context.Context) ([]Applied, error) {
	st, err := r.Store.Read(ctx)
	if err != nil {
		return nil, err
	}
	names, err := r.entries(ctx, st.Lineage)
	if err != nil {
		return nil, err
	}
	var out []Applied
	for _, name := range slices.Backward(names) {
		data, err := r.Store.Kept(ctx, name)
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
		if a, err = headOf(data); err != nil || a.Serial != serialOf(name) {
			a = Applied{Serial: serialOf(name), Damage: damaged(name, err)}
		}
		out = append(out, a)
	}
	return out, nil
}

// headOf reads an entry up to its plan, which may be large.
func headOf(data []byte) (Applied, error) {
	var a Applied
	fields := map[string]any{"serial": &a.Serial, "at": &a.At, "who": &a.Who, "summary": &a.Summary, "zones": &a.Zones}
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

// entry reads one apply with its plan.
func (r *Reconciler) entry(ctx context.Context, name string) (Applied, error) {
	var a Applied
	data, err := r.Store.Kept(ctx, name)
	if err != nil {
		return a, err
	}
	err = json.Unmarshal(data, &a)
	if err == nil && (a.Plan == nil || name != entryName(a.Plan.Lineage, a.Serial)) {
		err = errors.New("it is something else")
	}
	if err == nil {
		err = a.Plan.WellFormed()
	}
	if err == nil && a.Summary != a.Plan.Summary {
		err = errors.New("its head does not count its changes")
	}
	if err != nil {
		return a, damaged(name, err)
	}
	return a, nil
}

func damaged(name string, err error) error {
	if err == nil {
		err = errors.New("it is something else")
	}
	return fmt.Errorf("the entry %s of the history is damaged: %w", name, err)
}
