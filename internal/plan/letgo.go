package plan

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
)

// whyForgotten is the reason of a record that is given up instead of destroyed.
const whyForgotten = "its block has lifecycle.destroy = false"

// letGo knows which owned records of a zone cfplan gives up instead of destroying them.
type letGo struct {
	// declared maps each declared address to whether its block has destroy = false.
	declared map[string]bool
	// covering finds the block with destroy = false of an instance that the block no longer has.
	covering *dns.Coverage
	// remembered is Input.LetGo.
	remembered map[string]bool
	removals   dns.Removals
}

// newLetGo combines the configuration and the state. In a rollback, Desired is an earlier zone, and Protected has the
// declared records. Therefore Protected takes precedence.
func newLetGo(in Input) letGo {
	l := letGo{
		declared:   map[string]bool{},
		covering:   dns.NewCoverage(dns.ProtectionsThat(true, in.Desired.Policy.Protected), in.Desired.Name),
		remembered: in.LetGo,
		removals:   in.Removed,
	}

	for _, records := range [][]dns.Record{in.Desired.Records, in.Protected} {
		says := make(map[string]bool, len(records))
		for _, r := range records {
			if r.Declared != nil {
				says[r.Declared.Address] = says[r.Declared.Address] || r.Declared.LetGo
			}
		}

		for address, value := range says {
			l.declared[address] = value
		}
	}
	return l
}

// of reports whether a record is given up instead of destroyed. owner is the address of the block that declared it
// last. If a removed block names the address, that block decides; else the record's own block if it still exists;
// else the state.
func (l letGo) of(id, owner string) bool {
	if b, removed := l.removals.Of(owner); removed {
		return !b.Destroy
	}
	if says, declared := l.declared[owner]; declared {
		return says
	}
	if _, covered := l.covering.First(owner); covered {
		return true
	}
	return l.remembered[id]
}

// why says why the record at an address is given up.
func (l letGo) why(owner string) string {
	if b, removed := l.removals.Of(owner); removed {
		return fmt.Sprintf("the removed block at %s:%d gives it up", b.File, b.Line)
	}
	return whyForgotten
}

// removed reports whether a removed block gives up the record at an address. Such a record must not be changed into
// another declared record.
func (l letGo) removed(owner string) bool {
	b, removed := l.removals.Of(owner)
	return removed && !b.Destroy
}

// after reports whether the state must remember destroy = false for the record after a change. about is the declared
// record, or the record in the zone if none is declared.
func (l letGo) after(c Change, about dns.Record) bool {
	if about.Declared != nil && c.Action != Forget && c.Action != Destroy {
		return about.Declared.LetGo
	}
	return l.remembered[c.RecordID]
}

// givesUp reports whether a record that is not declared is given up instead of destroyed. This includes records
// that an ignore block leaves alone, because otherwise cfplan would own them forever.
func (d *differ) givesUp(have dns.Record) bool {
	owner, owned := d.in.Owned[have.ID]
	return owned && d.standing(have) == ours && !d.in.Reclaim[have.ID] && d.letGo.of(have.ID, owner)
}

// checkForgotten reports records that this plan gives up and the next plan would destroy: in an exclusive zone,
// because they are no longer declared, or because a block with adopt = "replace" would replace them. It does not
// check a plan of cfplan destroy, because the configuration is usually deleted after it.
func (d *differ) checkForgotten() {
	if d.in.Destroy {
		return
	}

	for _, c := range d.zone.Changes {
		if c.Action != Forget {
			continue
		}

		r := c.BeforeRecord()
		if d.ignored(r) || d.in.Release[r.Key()] {
			continue
		}
		if why, at := d.destroyedLater(r); why != "" {
			d.diags = append(d.diags, Diagnostic{
				Severity: dns.Error,
				Summary:  "Record would be destroyed later",
				Detail:   fmt.Sprintf("The plan would give up %s: %s. But %s", d.sensitive.describe(r), c.Reason, why),
				Address:  c.Address,
				Position: at,
			})
		}
	}
}

// destroyedLater says why the next plan would destroy a record that this plan gives up, and what to do. at is the
// position in the configuration that causes it. why is "" if the next plan would not destroy the record.
func (d *differ) destroyedLater(r dns.Record) (why string, at *Position) {
	if d.zone.Ownership == dns.Exclusive {
		why = fmt.Sprintf("the zone %s is exclusive, so the next plan would destroy the undeclared record. "+
			"Write an ignore block that matches it, or let cfplan destroy it now.", d.zone.Name)
		return why, PositionOf(d.in.Desired.Policy)
	}

	if want, replaced := d.replacers.of(r); replaced {
		why = fmt.Sprintf("the lifecycle of %s has adopt = \"replace\", so the next plan would replace the record, "+
			"which is unmanaged then. Leave adopt out, or let cfplan destroy the record now.", addressOf(want))
		return why, position(want)
	}
	return "", nil
}

// forbidsForget says why a record may not be given up, or returns "" if it may.
func (i *inspector) forbidsForget(have dns.Record) string {
	switch {
	case !i.owns(have):
		return "cfplan does not own the record"
	case i.bounds.Rollback:
		return ""
	case !i.letGo.of(have.ID, i.bounds.Owned[have.ID]):
		return "neither the configuration nor the state says that the record is given up"
	case i.exclusive() && !i.ignored(have) && !i.bounds.Destroy:
		return "the zone is exclusive, so the next plan would destroy the record"
	case i.replacedLater(have):
		return "a block has adopt = \"replace\", so the next plan would replace the record"
	}
	return ""
}

// replacedLater reports whether a block with adopt = "replace" would replace a record after it is given up.
func (i *inspector) replacedLater(have dns.Record) bool {
	_, replaced := i.replacers.of(have)
	return replaced && !i.ignored(have)
}

// letGoFor reports whether the state must remember destroy = false for the record after a change.
func (i *inspector) letGoFor(c Change) bool {
	if back, leads := i.back[backIDOf(c)]; i.bounds.Rollback && leads {
		return back.LetGo
	}

	about := dns.Record{}
	if c.After != nil {
		about = i.declared[c.AfterRecord().Key()]
	}
	return i.letGo.after(c, about)
}
