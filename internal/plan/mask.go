package plan

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// IsSensitive reports whether the plan has a value that must not be shown.
func (p *Plan) IsSensitive() bool {
	for _, v := range p.Variables {
		if v.Hidden {
			return true
		}
	}

	for _, z := range p.Zones {
		if slices.ContainsFunc(z.everyChange(), func(c Change) bool { return len(c.Sensitive) > 0 }) {
			return true
		}
	}
	return false
}

// Masked returns the plan as it may be shown, with [dns.SensitiveValue] in place of every sensitive value. It
// returns p itself if the plan has no sensitive values. Everything that shows a plan must show the masked plan;
// only the file that plan -out writes has the sensitive values.
func (p *Plan) Masked() *Plan {
	if p.Masks || !p.IsSensitive() {
		return p
	}

	hidden, out := p.Hidden(), *p
	out.Masks, out.Salt = true, ""

	out.Zones = slices.Clone(p.Zones)
	for i := range out.Zones {
		out.Zones[i] = out.Zones[i].masked(&hidden)
	}

	out.Diagnostics = slices.Clone(p.Diagnostics)
	for i := range out.Diagnostics {
		d := &out.Diagnostics[i]
		d.Summary, d.Detail = hidden.Redact(d.Summary), hidden.Redact(d.Detail)
	}

	out.Degraded = slices.Clone(p.Degraded)
	for i := range out.Degraded {
		out.Degraded[i].Message = hidden.Redact(out.Degraded[i].Message)
	}

	out.Variables = make(map[string]Variable, len(p.Variables))
	for name, v := range p.Variables {
		out.Variables[name] = v.masked()
	}
	return &out
}

// masked returns the zone as it may be shown. It sorts the changes again if names are masked, because the position
// of a change among sorted names would reveal something about its name.
func (z Zone) masked(hidden *dns.Hidden) Zone {
	z.Risks = maskedRisks(z.Risks, hidden)
	z.Changes, z.Drift = maskedChanges(z.Changes, hidden), maskedChanges(z.Drift, hidden)
	return z
}

func maskedChanges(list []Change, hidden *dns.Hidden) []Change {
	out, named := slices.Clone(list), false
	for i, c := range out {
		named = named || slices.Contains(c.Sensitive, dns.AttrName)
		out[i] = c.Masked()
		out[i].Reason, out[i].Risks = hidden.Redact(c.Reason), maskedRisks(c.Risks, hidden)
	}
	if named {
		slices.SortStableFunc(out, compareChanges)
	}
	return out
}

func maskedRisks(list []Risk, hidden *dns.Hidden) []Risk {
	out := slices.Clone(list)
	for i := range out {
		out[i].Text, out[i].Check = hidden.Redact(out[i].Text), hidden.Redact(out[i].Check)
	}
	return out
}

// Masked returns the change as it may be shown. It sets MaskedChanges to the masked attributes that the change
// modifies.
func (c Change) Masked() Change {
	if len(c.Sensitive) == 0 {
		return c
	}

	changed := c.Changed()
	c.MaskedChanges = slices.DeleteFunc(slices.Clone(c.Sensitive), func(a dns.Attribute) bool {
		return !slices.Contains(changed, a)
	})
	c.Before, c.After = c.Before.masked(c.Sensitive), c.After.masked(c.Sensitive)
	if slices.Contains(c.Sensitive, dns.AttrName) {
		c.Address = maskedAddress(c)
		c.Name = dns.SensitiveValue
		if c.Renames() {
			c.PreviousName = dns.SensitiveValue
		}
	}
	return c
}

// maskedAddress hides the label in the address of a change if the label is the sensitive name itself. This is so
// if no block declares the record.
func maskedAddress(c Change) string {
	parts := strings.SplitN(c.Address, "/", 3)
	if c.DeclaredAt != nil || len(parts) < 3 || dns.RelativeName(c.Name, parts[0]) != parts[2] || c.Name == parts[0] {
		return c.Address
	}
	return parts[0] + "/" + parts[1] + "/" + dns.SensitiveValue
}

func (v *Values) masked(sensitive []dns.Attribute) *Values {
	if v == nil {
		return nil
	}
	record, out := dns.Record{Comment: v.Comment, Tags: v.Tags}.Mask(sensitive), *v
	out.Comment, out.Tags = record.Comment, record.Tags
	return &out
}

// masked returns the variable without its value if a sensitive attribute has that value.
func (v Variable) masked() Variable {
	if v.Hidden {
		v.Type, v.Value, v.Sensitive = nil, nil, true
	}
	return v
}

// Hidden returns the sensitive texts of the plan, so that messages can mask them.
func (p *Plan) Hidden() dns.Hidden {
	var out dns.Hidden
	if p.Masks {
		return out
	}

	for _, z := range p.Zones {
		for _, c := range z.everyChange() {
			if c.Before != nil {
				out.Add(c.BeforeRecord(), z.Name, c.Sensitive)
			}
			if c.After != nil {
				out.Add(c.AfterRecord(), z.Name, c.Sensitive)
			}
		}
	}
	return out
}

func (z Zone) everyChange() []Change { return slices.Concat(z.Changes, z.Drift) }
