package genconfig

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// each is the for_each of a block. The zero value stands for a block without one.
type each struct {
	// entries has one entry for each record of the block, in the order of the records.
	entries []entry
	// set reports whether the for_each is over a set of the keys, so that the entries have no values.
	set bool
	// refs has the attributes that take their value from the element.
	refs references
}

// entry is one element of a for_each, its value written as HCL.
type entry struct{ key, value string }

// references maps attributes to the expressions that they refer to, such as each.value.ttl.
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
	// fewest is the smallest number of records of one set that share a block with for_each if they differ in
	// one attribute.
	fewest = 3
	// longestKey is the length of the longest content that is used as a key, in bytes. Longer keys are hard
	// to read.
	longestKey = 64
)

// varied is an attribute that can take its value from a for_each over contents.
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

// eachOf returns the for_each of a set whose records differ in one attribute besides their contents, such as
// the priorities of several MX. It returns the zero value if the set has no such for_each.
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

// awkward reports whether a record should not be in a for_each: its content is too long for a key, or HCL
// cannot hold one of its attributes.
func awkward(r Named) bool {
	text, _ := contentText(r.Record)
	return len(text) > longestKey || len(uncarried(r.Record)) > 0
}
