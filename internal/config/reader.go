package config

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
)

// reader evaluates the attributes of one instance of a block. A null attribute counts as not set. After a mistake,
// the reader reports it and continues.
type reader struct {
	report *report
	ctx    *hcl.EvalContext
	attrs  hcl.Attributes
	// broken is set if something could not be read. The result must not be used then.
	broken bool
	// unread lists the attributes that could not be read. If it is not empty, broken is set, too.
	unread []dns.Attribute
	// secret lists the attributes with sensitive values. The reader removes the marks of the values,
	// because they become part of a record.
	secret []dns.Attribute
}

// lose notes that an attribute could not be read.
func (r *reader) lose(name dns.Attribute) {
	r.broken = true
	r.unread = append(r.unread, name)
}

// value returns the value of an attribute without marks. ok is false if the attribute is not set,
// is null, or could not be evaluated.
func (r *reader) value(name dns.Attribute) (v cty.Value, ok bool) {
	a := r.attrs[string(name)]
	if a == nil {
		return cty.NilVal, false
	}
	v, diags := a.Expr.Value(r.ctx)
	r.report.add(diags...)
	if diags.HasErrors() {
		r.lose(name)
		return cty.NilVal, false
	}

	if v.ContainsMarked() {
		v, _ = v.UnmarkDeep()
		if !v.IsKnown() || !v.IsNull() { // a null needs no hiding, because the attribute counts as not set
			r.secret = append(r.secret, name)
		}
	}
	if !v.IsWhollyKnown() {
		r.report.doubt(a.Expr.Range())
		r.lose(name)
		return cty.NilVal, false
	}
	return v, !v.IsNull()
}

// converted is like value, but converts the value to a type.
func (r *reader) converted(name dns.Attribute, want cty.Type) (cty.Value, bool) {
	v, ok := r.value(name)
	if !ok || v.Type() == want {
		return v, ok
	}

	out, err := convert.Convert(v, want)
	if err != nil {
		r.fail(name, "Unsuitable value", "Inappropriate value for attribute %q: %v.", name, withPath(err))
		return cty.NilVal, false
	}
	return out, true
}

// text reads a text.
func (r *reader) text(name dns.Attribute) (string, bool) {
	v, ok := r.converted(name, cty.String)
	if !ok {
		return "", false
	}
	return v.AsString(), true
}

// flag reads a bool. It returns nil if the attribute is not set.
func (r *reader) flag(name dns.Attribute) *bool {
	v, ok := r.converted(name, cty.Bool)
	if !ok {
		return nil
	}
	b := v.True()
	return &b
}

const (
	outOfRange       = "Number out of range"
	outOfRangeDetail = "The attribute %q must be a whole number from %d to %d."
)

// whole reads a whole number from least to most.
func (r *reader) whole(name dns.Attribute, least, most int) (int, bool) {
	v, ok := r.converted(name, cty.Number)
	if !ok {
		return 0, false
	}

	n, ok := lang.WholeNumber(v)
	if !ok || n < least || n > most {
		r.fail(name, outOfRange, outOfRangeDetail, name, least, most)
		return 0, false
	}
	return n, true
}

// ttl reads a TTL: a number of seconds, or "auto".
func (r *reader) ttl() *int {
	v, ok := r.value(dns.AttrTTL)
	if !ok {
		return nil
	}
	ttl := dns.AutoTTL
	if v.Type() == cty.String && v.AsString() == "auto" {
		return &ttl
	}

	number, err := convert.Convert(v, cty.Number)
	if err == nil {
		ttl, ok = lang.WholeNumber(number)
	}
	if err != nil || !ok {
		hint := ""
		if v.Type() == cty.String && !slices.Contains(r.secret, dns.AttrTTL) {
			hint = ttlHint(v.AsString())
		}
		r.fail(dns.AttrTTL, "Invalid TTL", "A TTL is a whole number of seconds, such as 300, or \"auto\".%s", hint)
		return nil
	}
	return &ttl
}

// texts reads a list of texts. It returns nil if the attribute is not set, and an empty list if the list is empty.
func (r *reader) texts(name dns.Attribute) ([]string, bool) {
	v, ok := r.converted(name, cty.List(cty.String))
	if !ok {
		return nil, false
	}

	out := make([]string, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		if e.IsNull() {
			r.fail(name, "Unsuitable value",
				"The list %q has a null in it. compact() removes nulls from a list.", name)
			return nil, false
		}
		out = append(out, e.AsString())
	}
	return out, true
}

// fail reports an error at the value of an attribute.
func (r *reader) fail(name dns.Attribute, summary, format string, args ...any) {
	r.failAt(r.attrs[string(name)].Expr.Range(), name, summary, fmt.Sprintf(format, args...))
}

// failAt reports an error about an attribute at a position.
func (r *reader) failAt(rng hcl.Range, name dns.Attribute, summary, detail string) {
	r.lose(name)
	d := errorAt(rng, summary, "%s", detail)
	if a := r.attrs[string(name)]; a != nil {
		d.Expression, d.EvalContext = a.Expr, r.ctx
	}
	r.report.add(d)
}

// problem reports a problem of package dns or lint with the value of an attribute.
func (r *reader) problem(p *dns.Problem, rng hcl.Range, name dns.Attribute) {
	secret := slices.Contains(r.secret, name)
	d := fromProblem(p, rng, secret)
	if a := r.attrs[string(name)]; a != nil {
		d.Expression, d.EvalContext = a.Expr, r.ctx
	}
	if d.Severity == hcl.DiagError {
		r.lose(name)
	}
	r.report.add(d)
}
