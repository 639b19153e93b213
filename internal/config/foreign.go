package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// findForeign finds the attributes that the record type of the block does not have. Such an attribute is not a
// mistake if its value is null, as in a loop over records of several types. A reference to something
// undeclared is always a mistake. findForeign reports it, because the attribute may never be evaluated.
func (b *recordBlock) findForeign(to *report, schema *recordSchema, refs references) {
	for _, a := range sortedAttributes(b.attrs) {
		if schema.own[a.Name] {
			continue
		}
		b.foreign = append(b.foreign, dns.Attribute(a.Name))
		if refs.check(a.Expr).HasErrors() {
			to.errorAt(a.NameRange, unsupportedArgument, "%s", b.foreignAdvice(to, dns.Attribute(a.Name)))
		}
	}
}

// refuseForeign reports the attributes that the record type of the block does not have and that are not null in
// this instance. It returns whether one of them probably holds the value of the record.
func (b *recordBlock) refuseForeign(r *reader) (value bool) {
	for _, name := range b.foreign {
		before := len(r.unread)
		if _, ok := r.value(name); ok {
			r.failAt(b.attrs[string(name)].NameRange, name, unsupportedArgument, b.foreignAdvice(r.report, name))
		}
		value = value || holdsValue(name) && len(r.unread) > before
	}
	return value
}

// unsupportedArgument is the summary of hcl's error about an attribute that the schema does not have.
const unsupportedArgument = "Unsupported argument"

// foreignAdvice says what to write instead of an attribute that the record type of the block does not have.
func (b *recordBlock) foreignAdvice(r *report, name dns.Attribute) string {
	content := r.assignment(string(dns.AttrContent), b.attrs[string(name)].Expr)
	switch {
	case name == dns.AttrType:
		return fmt.Sprintf("The type of a record is the first label of its block, here %q: leave type out.", b.typ)
	case holdsValue(name) && len(b.fields) == 0:
		return fmt.Sprintf("A record of type %s has its value in content: write %s.", b.typ, content)
	case name == "value":
		return fmt.Sprintf(
			"A record of type %s has its value in fields (%s), or in content in "+
				"the form of a zone file: write %s.", b.typ, strings.Join(b.needed(), ", "), content)
	}
	return fmt.Sprintf("A record of type %s has no %s, which belongs to %s. "+
		"Leave it out, or set it to null in records of this type.", b.typ, name, english.List(typesWith(name), "and"))
}

// holdsValue reports whether a field of this name holds the value, or its most important part, in other record
// types or other tools.
func holdsValue(name dns.Attribute) bool { return name == "value" || name == "target" }

// typesWith lists the types that have an attribute.
func typesWith(name dns.Attribute) []string {
	var out []string
	for _, t := range dns.Types() {
		if ownAttributes(t)[string(name)] {
			out = append(out, string(t))
		}
	}
	slices.Sort(out)
	return out
}
