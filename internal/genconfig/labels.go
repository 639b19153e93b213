package genconfig

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

const (
	// longestLabel is the length of the longest label that is kept unchanged, in bytes. A name is not longer.
	longestLabel = 255
	// longestMade is the largest length of a label that asLabel makes from an invalid text, in bytes.
	longestMade = 64
)

// validLabel reports whether a text can be the label of a block unchanged: it can be a part of an address
// outside of a module, and HCL holds it without a change.
func validLabel(s string) bool {
	return s != "" && len(s) <= longestLabel && strings.TrimSpace(s) == s && carried(s) &&
		!strings.HasPrefix(s, dns.ModulePrefix) && !strings.ContainsFunc(s, unfitForLabel)
}

// unfitForLabel reports whether a character has a special meaning in addresses, in HCL or between a shell's
// double quotes, or is not printable.
func unfitForLabel(r rune) bool {
	return !unicode.IsPrint(r) || r == unicode.ReplacementChar || strings.ContainsRune("\"\\`$%#[](){}", r)
}

// unlikeName reports whether asLabel replaces a character.
func unlikeName(r rune) bool {
	return r == '-' || unfitForLabel(r) || !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("_.*@/", r)
}

// asLabel returns the text as a valid label, with "-" in place of characters that a label should not have, or
// "" if nothing is left.
func asLabel(s string) string {
	if validLabel(s) {
		return s
	}
	s = cty.StringVal(strings.ToValidUTF8(shorten(s, longestMade), "-")).AsString()
	s = strings.Join(strings.FieldsFunc(s, unlikeName), "-")
	if rest, found := strings.CutPrefix(s, dns.ModulePrefix); found {
		s = "module-" + rest
	}
	if !validLabel(s) {
		return ""
	}
	return s
}

// names hands out labels. It gives a pair of type and label, which are parts of the address, to only one
// block.
type names struct {
	taken map[label]bool
	// last has, for each label, the last number that was appended to it.
	last map[label]int
	// kept are the labels that sets keep unchanged from their source, by the index of the set.
	kept map[int]string
	// owned are the names of sets without a label that are reserved as their labels.
	owned map[label]bool
}

// label is the type and the label of a block.
type label struct {
	typ  dns.Type
	text string
}

// newNames reserves the labels that other blocks must not take: first the labels of the source, then the
// names of the sets without a label.
func newNames(sets []set) *names {
	n := &names{taken: map[label]bool{}, last: map[label]int{}, kept: map[int]string{}, owned: map[label]bool{}}
	for i, s := range sets {
		if l := (label{s.typ, s.label}); s.exact && !n.taken[l] {
			n.taken[l] = true
			n.kept[i] = s.label
		}
	}
	for _, s := range sets {
		if l := (label{s.typ, s.name}); s.label == "" && validLabel(s.name) && !n.taken[l] {
			n.taken[l] = true
			n.owned[l] = true
		}
	}
	return n
}

// labelOf returns the label of a set whose source suggests one.
func (n *names) labelOf(i int, s set) string {
	if kept, ok := n.kept[i]; ok {
		return kept
	}
	return n.free(s.typ, s.label)
}

// own returns the label of a set whose source suggests none: its name, if that is reserved for it, else one
// with a number.
func (n *names) own(s set) string {
	if n.owned[label{s.typ, s.name}] {
		return s.name
	}
	return n.free(s.typ, base(s.name))
}

// base returns the text to which labels of a name append numbers.
func base(name string) string {
	if name == "@" {
		return "apex"
	}
	if made := asLabel(name); made != "" {
		return made
	}
	return "record"
}

// parts returns a label for each part of a set. The first part has the set's name and the others have a
// number. MX records have the first label of the mail host instead, which says more.
func (n *names) parts(s set, parts [][]Named) []string {
	out := make([]string, len(parts))
	for i, part := range parts {
		host, _, _ := strings.Cut(part[0].Record.Content, ".")
		switch {
		case s.typ == dns.MX && len(parts) > 1 && host != "":
			out[i] = n.free(s.typ, host)
		case i == 0:
			out[i] = n.own(s)
		default:
			out[i] = n.free(s.typ, fmt.Sprintf("%s-%d", base(s.name), i+1))
		}
	}
	return out
}

// free returns the wanted label if it is free, else the label with the next free number, and reserves it.
func (n *names) free(t dns.Type, wanted string) string {
	out := label{t, wanted}
	for i := max(2, n.last[out]+1); n.taken[out]; i++ {
		n.last[label{t, wanted}] = i
		out.text = fmt.Sprintf("%s-%d", wanted, i)
	}
	n.taken[out] = true
	return out.text
}
