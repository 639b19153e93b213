package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/plan"
)

// suspects narrows a refused batch down to the changes that may have caused the refusal. Cloudflare
// names none of them, and trying them one by one would apply parts of a zone that should change as
// a whole or not at all. So suspects uses what the code concerns, the message, and the zone as it
// is now.
func (z *zoneApply) suspects(ctx context.Context, changes []plan.Change, err error) []plan.Change {
	var refusal *cloudflare.Error
	if !errors.As(err, &refusal) || refusal.Kind.ReadOnly() {
		return nil // the refusal is about the whole request, not about a record
	}

	concern := refusal.Concern()
	out := narrow(changes, func(c plan.Change) bool { return canBeAbout(c, concern) })

	if now, err := z.read(ctx); err == nil {
		stale := z.stale(changes, now)
		out = narrow(out, func(c plan.Change) bool {
			return slices.ContainsFunc(stale, func(s plan.Stale) bool { return same(s.Change, c) })
		})
	}

	return narrow(out, func(c plan.Change) bool { return mentions(refusal.Message, c) })
}

// narrow keeps the changes that fit, or all of them if none fits: a hint that fits nothing does not
// help.
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

// canBeAbout reports whether a refusal with that concern can be about a change. About a record that
// is destroyed, Cloudflare can only say that it does not exist.
func canBeAbout(c plan.Change, concern guidance.Concern) bool {
	switch {
	case concern.Subject == guidance.MissingRecord:
		return c.RecordID != ""
	case c.After == nil:
		return false
	case len(concern.Types) > 0 && !slices.Contains(concern.Types, c.Type):
		return false
	}

	switch concern.Subject {
	case guidance.Quota, guidance.Duplicate:
		return c.Action == plan.Add || c.Renames() && concern.Subject == guidance.Duplicate
	case guidance.AttributeValue:
		return hasOwnValue(c, concern.Attribute)
	default:
		return true
	}
}

// hasOwnValue reports whether a change sets the attribute to a value that can be wrong.
func hasOwnValue(c plan.Change, a dns.Attribute) bool {
	switch a {
	case dns.AttrProxied:
		return c.After.Proxied
	case dns.AttrTTL:
		return c.After.TTL != dns.AutoTTL
	case dns.AttrTags:
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
