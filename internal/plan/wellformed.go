package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// WellFormed returns nil, or says why cfplan cannot have made the plan. The hash is not a signature, so a forged
// document with a correct hash may contradict itself or have impossible changes. Decode refuses such documents, so
// that neither users nor other code see them.
func (p *Plan) WellFormed() error {
	var sum Summary
	names := map[string]bool{}
	for _, z := range p.Zones {
		if names[z.Name] {
			return fmt.Errorf("%s: the plan has the zone twice", z.Name)
		}
		names[z.Name] = true

		if err := z.wellFormed(); err != nil {
			return fmt.Errorf("%s: %w", z.Name, err)
		}
		if err := p.suits(z); err != nil {
			return fmt.Errorf("%s: %w", z.Name, err)
		}
		if p.Mode == Live && !z.mayBeLive() {
			return fmt.Errorf("%s: it calls itself live, but was compared with %q", z.Name, z.Source.Kind)
		}
		sum.add(z.Summary)
	}

	switch {
	case p.Masks:
		return errors.New("its sensitive values are masked")
	case p.Destroy && p.Rollback > 0:
		return errors.New("it calls itself both a destroy and a rollback")
	case p.Mode != Live && p.Mode != ReadOnly:
		return fmt.Errorf("unknown mode %q", p.Mode)
	case p.Mode == Live && len(p.Degraded) > 0:
		return errors.New("it calls itself live, but has zones that were refused")
	case sum != p.Summary:
		return errors.New("its summary does not match its changes")
	}

	for _, d := range p.Diagnostics {
		if d.Severity != dns.Error && d.Severity != dns.Warning {
			return fmt.Errorf("unknown severity %q", d.Severity)
		}
	}
	return nil
}

// suits returns nil, or says why a plan of this kind (destroy, rollback or refresh-only) cannot have the zone's
// changes.
func (p *Plan) suits(z Zone) error {
	others := slices.ContainsFunc(z.Changes, func(c Change) bool { return c.Action != Destroy && c.Action != Forget })
	switch {
	case p.Destroy && others:
		return errors.New("it calls itself a destroy, but does something else")
	case p.RefreshOnly && len(z.Changes)+len(z.Moved)+len(z.Marked) > 0:
		return errors.New("it says that it shows only drift, but changes something")
	case p.Rollback > 0 && len(z.Moved)+len(z.Marked) > 0:
		return errors.New("it calls itself a rollback, but moves a record to another block")
	case z.NotRefreshed() && (p.Destroy || p.RefreshOnly || p.Rollback > 0):
		return errors.New("it was not read, but a plan of this kind has to read it")
	}
	return nil
}

func (z Zone) wellFormed() error {
	counted := z.recounted()
	if counted.Summary != z.Summary {
		return errors.New("its summary does not match its changes")
	}

	kinds := []SourceKind{SourceLive, SourceCache, SourceDNS, SourceSample}
	if !slices.Contains(kinds, z.Source.Kind) {
		return fmt.Errorf("unknown source %q", z.Source.Kind)
	}
	if err := z.notRefreshedWellFormed(); err != nil {
		return err
	}

	for _, c := range z.Changes {
		if !c.wellFormed() {
			return fmt.Errorf("a change of %s %s does not have the values that %q needs", c.Type, c.Name, c.Action)
		}
		if err := knownLevels(c.Risks); err != nil {
			return err
		}
	}
	for _, c := range z.everyChange() {
		if len(c.MaskedChanges) > 0 || !slices.Equal(c.Sensitive, dns.JoinSensitive(c.Sensitive)) {
			return fmt.Errorf("a change of %s has an invalid list of sensitive attributes", c.Type)
		}
	}

	for _, c := range z.Drift {
		if !c.drifts() {
			return fmt.Errorf("the drift of %s %s does not have the values that %q needs", c.Type, c.Name, c.Action)
		}
	}

	if err := z.movesWellFormed(); err != nil {
		return err
	}
	for _, m := range z.Marked {
		if m.RecordID == "" || len(m.Sensitive) > 0 && !slices.Equal(m.Sensitive, dns.JoinSensitive(m.Sensitive)) {
			return fmt.Errorf("the record %q has an invalid list of sensitive attributes", m.RecordID)
		}
	}
	return knownLevels(z.Risks)
}

// movesWellFormed checks that each move is between two addresses of the zone, and that each record moves only once.
func (z Zone) movesWellFormed() error {
	moved := map[string]bool{}
	for _, m := range z.Moved {
		from, fromType, ok := z.addressParts(m.From)
		to, toType, known := z.addressParts(m.To)
		if !ok || !known || fromType != toType || from == to || m.RecordID == "" || moved[m.RecordID] {
			return fmt.Errorf("the move of the record %q from %q to %q is impossible", m.RecordID, m.From, m.To)
		}
		moved[m.RecordID] = true
	}
	return nil
}

// addressParts splits an address of the zone. ok is false if the address is not valid.
func (z Zone) addressParts(address string) (label, typ string, ok bool) {
	rest, ours := strings.CutPrefix(address, z.Name+"/")
	typ, label, ok = strings.Cut(rest, "/")
	return label, typ, ours && ok && label != "" && dns.Type(typ).Writable()
}

func knownLevels(risks []Risk) error {
	for _, r := range risks {
		if !slices.Contains(RiskLevels(), r.Level) {
			return fmt.Errorf("unknown risk level %q", r.Level)
		}
	}
	return nil
}

// recounted returns the zone with a summary that counts its changes.
func (z Zone) recounted() Zone {
	z.Summary = Summary{
		Unchanged:    z.Summary.Unchanged,
		Unmanaged:    z.Summary.Unmanaged,
		NotRefreshed: z.Summary.NotRefreshed,
	}
	for _, c := range z.Changes {
		z.Summary.Count(c)
	}
	return z
}

// Recount sets the summaries from the changes of the plan.
func (p *Plan) Recount() {
	p.Summary = Summary{}
	for i, z := range p.Zones {
		p.Zones[i] = z.recounted()
		p.Summary.add(p.Zones[i].Summary)
	}
}

func (c Change) wellFormed() bool {
	before, after, id := c.Before != nil, c.After != nil, c.RecordID != ""
	if c.Forget && c.Action != Add && c.Action != Update {
		return false
	}
	if c.Renames() && (c.Action != Update || c.PreviousName == c.Name) {
		return false
	}
	if c.Replaces && c.Action != Adopt && c.Action != Destroy {
		return false
	}

	switch c.Action {
	case Add:
		return !before && after && !id
	case Update, Adopt:
		return before && after && id
	case Forget:
		return before && after && id && len(c.Changed()) == 0
	case Destroy:
		return before && !after && id
	default:
		return false
	}
}

// drifts reports whether the change can be drift. An add in the drift may have an ID, because its record exists.
func (c Change) drifts() bool {
	switch c.Action {
	case Add:
		return c.Before == nil && c.After != nil
	case Update:
		return c.Before != nil && c.After != nil && c.PreviousName != c.Name
	case Destroy:
		return c.Before != nil && c.After == nil
	default:
		return false
	}
}
