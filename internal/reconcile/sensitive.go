package reconcile

import (
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// sensitiveIn returns which attributes of its owned records the state knows to be sensitive, by record
// ID and by address. Name servers give no IDs.
func sensitiveIn(z *state.Zone) (byID, byAddress map[string][]dns.Attribute) {
	byID, byAddress = map[string][]dns.Attribute{}, map[string][]dns.Attribute{}
	if z == nil {
		return byID, byAddress
	}
	for id, o := range z.Owned {
		if len(o.Sensitive) > 0 {
			byID[id] = o.Sensitive
			byAddress[o.Address] = dns.JoinSensitive(byAddress[o.Address], o.Sensitive)
		}
	}
	return byID, byAddress
}

// hiddenIn returns the sensitive texts of declared records and of what the state knows of their zone.
func hiddenIn(zone string, declared []dns.Record, known *state.Zone) dns.Hidden {
	var out dns.Hidden
	out.AddDeclared(dns.Zone{Name: zone, Records: declared})
	if known != nil {
		out.Join((&state.State{Zones: map[string]*state.Zone{zone: known}}).Hidden())
	}
	return out
}

// redact takes sensitive texts out of what a plan says in sentences. A plan holds them as parts of records
// alone.
func redact(zones []plan.Zone, diags []plan.Diagnostic, degraded []plan.Degradation, hidden *dns.Hidden) {
	risks := func(list []plan.Risk) {
		for i := range list {
			list[i].Text, list[i].Check = hidden.Redact(list[i].Text), hidden.Redact(list[i].Check)
		}
	}
	for _, z := range zones {
		risks(z.Risks)
		for _, c := range z.Changes {
			risks(c.Risks)
		}
	}
	for i := range diags {
		diags[i].Detail = hidden.Redact(diags[i].Detail)
	}
	for i := range degraded {
		degraded[i].Message = hidden.Redact(degraded[i].Message)
	}
}

// letGoIn returns the owned records of which the state knows that they are given up instead of destroyed, by ID.
func letGoIn(z *state.Zone) map[string]bool {
	out := map[string]bool{}
	if z == nil {
		return out
	}
	for id, o := range z.Owned {
		if o.LetGo {
			out[id] = true
		}
	}
	return out
}

// mark remembers which attributes of records are sensitive now, and which records are given up instead of destroyed.
func mark(st *state.State, zones []plan.Zone) (marked bool) {
	for _, z := range zones {
		known := st.Zones[z.Name]
		for _, m := range z.Marked {
			if !known.Owns(m.RecordID) {
				continue // another run has given it up since
			}
			o := known.Owned[m.RecordID]
			o.Sensitive, o.LetGo = dns.JoinSensitive(m.Sensitive), m.LetGo
			known.Owned[m.RecordID], marked = o, true
		}
	}
	return marked
}
