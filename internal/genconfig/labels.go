package genconfig

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

const (
	// longestLabel is the longest label that is kept, in bytes: as long as a name may be.
	longestLabel = 255
	// longestMade is the longest that is made of what cannot be kept.
	longestMade = 64
)

// validLabel reports whether a text can be the label of a block as it is: part of an address, outside of a
// module, and read back from HCL as it went in.
func validLabel(s string) bool {
	return s != "" && len(s) <= longestLabel && strings.TrimSpace(s) == s && carried(s) &&
		!strings.HasPrefix(s, dns.ModulePrefix) && !strings.ContainsFunc(s, unfitForLabel)
}

// unfitForLabel is what means something else in addresses, HCL or a shell's double quotes.
func unfitForLabel(r rune) bool {
	return !unicode.IsPrint(r) || r == unicode.ReplacementChar || strings.ContainsRune("\"\\`$%#[](){}", r)
}

// unlikeName is what a label that is made has not.
func unlikeName(r rune) bool {
	return r == '-' || unfitForLabel(r) || !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("_.*@/", r)
}

// asLabel makes a valid label of any text, or returns "" if nothing of it can stay.
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

// names hands out labels. A type and a label, which are part of the address,
// are given to one block only.
type names struct {
	taken map[label]bool
	// last is the last number that a label was given.
	last map[label]int
	// kept are the labels of sets that have them as their source does, by the index of the set.
	kept map[int]string
	// owned are the names of sets without a label that can be their labels.
	owned map[label]bool
}

// label is the type and the label of a block.
type label struct {
	typ  dns.Type
	text string
}

// newNames reserves the labels that must not change for the sake of others: first those of the source,
// then the names of the sets that have none.
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

// labelOf returns the label of a set that has one.
func (n *names) labelOf(i int, s set) string {
	if kept, ok := n.kept[i]; ok {
		return kept
	}
	return n.free(s.typ, s.label)
}

// own returns the label of a set without one: its name, if that is free.
func (n *names) own(s set) string {
	if n.owned[label{s.typ, s.name}] {
		return s.name
	}
	return n.free(s.typ, base(s.name))
}

// base is what the labels of a name with numbers begin with.
func base(name string) string {
	if name == "@" {
		return "apex"
	}
	if made := asLabel(name); made != "" {
		return made
	}
	return "record"
}

// parts labels the parts of a set: the first one bears its name; mail exchanges
// are better told apart by their own.
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

// free returns the wanted label, or the next one with a number that is not taken.
func (n *names) free(t dns.Type, wanted string) string {
	out := label{t, wanted}
	for i := max(2, n.last[out]+1); n.taken[out]; i++ {
		n.last[label{t, wanted}] = i
		out.text = fmt.Sprintf("%s-%d", wanted, i)
	}
	n.taken[out] = true
	return out.text
}
