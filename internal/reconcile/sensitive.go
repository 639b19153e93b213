package reconcile

import (
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// sensitiveIn returns the attributes of owned records that the state marks as sensitive, by record ID and by
// address. Addresses are needed because name servers give no IDs.
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

// hiddenIn returns the sensitive texts of declared records and of what the state knows about their
// zone.
func hiddenIn(zone string, declared []dns.Record, known *state.Zone) dns.Hidden {
	var out dns.Hidden
	out.AddDeclared(dns.Zone{Name: zone, Records: declared})
	if known != nil {
		out.Join((&state.State{Zones: map[string]*state.Zone{zone: known}}).Hidden())
	}
	return out
}

// redact removes sensitive texts from the sentences of a plan. The plan keeps them only in its
// records.
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

// letGoIn returns the IDs of the owned records that the state marks as given up instead of
// destroyed.
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

// mark stores in the state which attributes of records are sensitive now, and which records are
// given up instead of destroyed.
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
