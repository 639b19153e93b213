package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// suspects narrows a refused batch down to the changes that the refusal can be
// about. Cloudflare names none, and trying them one by one would make changes of
// a zone that is to change as a whole or not at all; so the code, the message
// and another look at the zone have to do.
func (w *zoneRun) suspects(ctx context.Context, changes []plan.Change, err error) []plan.Change {
	var refusal *cloudflare.Error
	if !errors.As(err, &refusal) || refusal.Kind == cloudflare.Refused || refusal.Kind == cloudflare.Unreachable {
		return nil // about the whole request, not about a record
	}
	out := narrow(changes, func(c plan.Change) bool { return concerns(refusal.Code, c) })
	if records, err := w.API.Records(ctx, w.plan.ID); err == nil {
		stale := plan.Guard(plan.Zone{Name: w.plan.Name, Changes: changes}, dns.Zone{Name: w.plan.Name, Records: records})
		out = narrow(out, func(c plan.Change) bool {
			return slices.ContainsFunc(stale, func(s plan.Stale) bool { return same(s.Change, c) })
		})
	}
	return narrow(out, func(c plan.Change) bool { return mentions(refusal.Message, c) })
}

// narrow keeps the changes that fit, or all where none does: a hint that leads
// nowhere is not a hint.
func narrow(changes []plan.Change, fits func(plan.Change) bool) []plan.Change {
	var out []plan.Change
	for _, c := range changes {
		if fits(c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return changes
	}
	return out
}

func same(a, b plan.Change) bool {
	return a.Action == b.Action && a.Name == b.Name && a.Type == b.Type && a.RecordID == b.RecordID &&
		(a.After == nil) == (b.After == nil) && (a.After == nil || a.After.Content == b.After.Content)
}

// concerns reports whether a code can be about a change, as far as Cloudflare's
// record errors tell.
func concerns(code int, c plan.Change) bool {
	if c.After == nil {
		return code == 81044
	}
	switch code {
	case 81044:
		return c.RecordID != ""
	case 81053, 81054, 81056:
		return c.Type == dns.A || c.Type == dns.AAAA || c.Type == dns.CNAME
	case 81055:
		return c.Type == dns.NS
	case 81057, 81058, 81045:
		return c.Action == plan.Add
	case 9005:
		return c.Type == dns.A
	case 9006:
		return c.Type == dns.AAAA
	case 9007, 9039:
		return c.Type == dns.CNAME
	case 9009, 890190:
		return c.Type == dns.MX
	case 9003, 9004, 9041:
		return c.After.Proxied
	case 9021:
		return c.After.TTL != dns.AutoTTL
	case 9300:
		return len(c.After.Tags) > 0
	default:
		return true
	}
}

// mentions reports whether the message quotes the record's name or value.
func mentions(message string, c plan.Change) bool {
	if c.After == nil {
		return strings.Contains(message, c.Name)
	}
	return strings.Contains(message, c.Name) || strings.Contains(message, c.After.Content)
}
