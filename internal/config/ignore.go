package config

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// ignoreBlock is one ignore block: a pattern for records that cfplan leaves alone.
type ignoreBlock struct {
	rng   hcl.Range
	attrs hcl.Attributes
	// faulty is set if the block contains something that does not belong there.
	faulty bool
}

func (d decoder) ignore(refs references, b *hcl.Block) ignoreBlock {
	content, ok := d.content(b.Body, ignoreSchema)
	refs.checkAll(d.report, content.Attributes)
	return ignoreBlock{b.DefRange, content.Attributes, !ok}
}

// typeForm matches names that look like record types. ignore also accepts types that cfplan cannot write,
// because a zone may have records of these types.
var typeForm = regexp.MustCompile(`^[A-Z][A-Z0-9-]{0,31}$`)

// pattern evaluates the block.
func (b ignoreBlock) pattern(to *report, ctx *hcl.EvalContext) (dns.Pattern, bool) {
	r := &reader{report: to, ctx: ctx, attrs: b.attrs}
	name, _ := r.text(dns.AttrName)
	typ, typed := r.text(dns.AttrType)
	content, _ := r.text(dns.AttrContent)

	p := dns.Pattern{Name: strings.TrimSuffix(name, "."), Type: dns.Type(strings.ToUpper(typ)), Content: content}
	switch {
	case !typed || p.Type.Registered():
	case !typeForm.MatchString(string(p.Type)):
		r.fail(dns.AttrType, "Unknown record type", "%s", typeAdvice(typ))
	default:
		to.add(warningAt(b.attrs[string(dns.AttrType)].Expr.Range(), "Unknown record type",
			"%s The pattern matches records of this type, if the zone has any.", typeAdvice(typ)))
	}
	if !r.broken && !b.faulty && p == (dns.Pattern{}) {
		to.errorAt(b.rng, "Empty ignore block",
			"A pattern without name, type and content matches every record. "+
				"Give at least one of the three; name = \"*\" means all records.")
		return p, false
	}
	return p, !r.broken
}
