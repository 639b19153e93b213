package genconfig

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// each is a block's for_each. The zero value is none.
type each struct {
	// entries are of the records of the block, in their order.
	entries []entry
	// set: the for_each is over a set of the keys, and the entries have no values.
	set bool
	// refs are the attributes that take their value from the element.
	refs references
}

// entry is one element of a for_each, its value written as HCL.
type entry struct{ key, value string }

// references says what attributes refer to, such as each.value.ttl.
type references map[dns.Attribute]string

const (
	eachKey   = "each.key"
	eachValue = "each.value"
)

func (e each) expression(comments [][]string) string {
	if !e.set {
		return object(e.entries, comments)
	}
	keys := make([]string, len(e.entries))
	for i, entry := range e.entries {
		keys[i] = literal(entry.key)
	}
	return "toset(" + list(keys, comments) + ")"
}

const (
	// fewest records of one set that differ in one attribute share a block.
	fewest = 3
	// longestKey keeps keys readable, in bytes.
	longestKey = 64
)

// varied is an attribute that a for_each over contents can give its values to.
type varied struct {
	name  dns.Attribute
	value func(dns.Record) string
	clear func(*dns.Record)
}

var variedAttributes = []varied{
	{dns.AttrPriority, func(r dns.Record) string { return fmt.Sprint(r.Priority) }, func(r *dns.Record) { r.Priority = 0 }},
	{dns.AttrComment, func(r dns.Record) string { return literal(r.Comment) }, func(r *dns.Record) { r.Comment = "" }},
	{dns.AttrTTL, func(r dns.Record) string { return ttlText(ttlOf(r)) }, func(r *dns.Record) { r.TTL = dns.AutoTTL }},
}

// eachOf makes one for_each of a set whose records differ in one attribute
// besides their contents, such as the priorities of several MX.
func eachOf(s set) each {
	if len(s.records) < fewest || slices.ContainsFunc(s.records, awkward) {
		return each{}
	}
	for _, a := range variedAttributes {
		rest := alike(s.records, func(r dns.Record) string {
			a.clear(&r)
			return manner(r)
		})
		if len(rest) > 1 {
			continue
		}
		e := each{refs: references{dns.AttrContent: eachKey, a.name: eachValue}}
		for _, r := range s.records {
			text, _ := contentText(r.Record)
			e.entries = append(e.entries, entry{text, a.value(r.Record)})
		}
		return e
	}
	return each{}
}

// awkward records have something that is not to stand in a for_each.
func awkward(r Named) bool {
	text, _ := contentText(r.Record)
	return len(text) > longestKey || len(uncarried(r.Record)) > 0
}
