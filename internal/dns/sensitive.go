package dns

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// SensitiveValue replaces a value that must not be shown, as in Terraform.
const SensitiveValue = "(sensitive value)"

// Maskable returns the attributes whose values can be hidden. All others are public: anyone can find
// them out with DNS queries.
func Maskable() []Attribute { return []Attribute{AttrName, AttrComment, AttrTags} }

// Mask returns the record with its sensitive attributes replaced by [SensitiveValue]. It leaves empty
// attributes empty.
func (r Record) Mask(sensitive []Attribute) Record {
	for _, a := range sensitive {
		switch a {
		case AttrName:
			r.Name = SensitiveValue
		case AttrComment:
			if r.Comment != "" {
				r.Comment = SensitiveValue
			}
		case AttrTags:
			if len(r.Tags) > 0 {
				r.Tags = []string{SensitiveValue}
			}
		}
	}
	return r
}

// JoinSensitive returns the attributes that are in any of the lists, in a fixed order, or nil if
// there are none.
func JoinSensitive(lists ...[]Attribute) []Attribute {
	var out []Attribute
	for _, a := range Maskable() {
		if slices.ContainsFunc(lists, func(list []Attribute) bool { return slices.Contains(list, a) }) {
			out = append(out, a)
		}
	}
	return out
}

// Hidden is a set of sensitive texts that other messages may quote, such as those of an API. The
// zero value is empty.
type Hidden struct {
	texts map[string]bool
	// replacer is created by the first Redact, and is set to nil again when a text is added.
	replacer *strings.Replacer
}

// AddDeclared adds the values of those attributes that the declarations of the zone's records mark as
// sensitive.
func (h *Hidden) AddDeclared(z Zone) {
	for _, r := range z.Records {
		if r.Declared != nil {
			h.Add(r, z.Name, r.Declared.Sensitive)
		}
	}
}

// Add adds the values of a record's sensitive attributes. It never hides the zone's own name.
func (h *Hidden) Add(r Record, zone string, sensitive []Attribute) {
	for _, a := range sensitive {
		switch {
		case a == AttrName && r.Name != zone:
			h.AddText(r.Name)
		case a == AttrComment:
			h.AddText(r.Comment)
		case a == AttrTags:
			for _, tag := range r.Tags {
				h.AddText(tag)
			}
		}
	}
}

// AddText adds one text.
func (h *Hidden) AddText(text string) {
	if text == "" || text == SensitiveValue {
		return
	}
	if h.texts == nil {
		h.texts = map[string]bool{}
	}
	h.texts[text], h.replacer = true, nil
}

// Join adds the texts of o.
func (h *Hidden) Join(o Hidden) {
	for text := range o.texts {
		h.AddText(text)
	}
}

// Redact replaces the hidden texts inside a text. It replaces a very short text only in quotation
// marks, because it may be part of an ordinary word.
func (h *Hidden) Redact(text string) string {
	if len(h.texts) == 0 {
		return text
	}
	if h.replacer == nil {
		h.replacer = h.newReplacer()
	}
	return h.replacer.Replace(text)
}

func (h *Hidden) newReplacer() *strings.Replacer {
	const short = 4
	longestFirst := func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) }

	var pairs []string
	for _, text := range slices.SortedFunc(maps.Keys(h.texts), longestFirst) {
		if len(text) < short {
			text = strconv.Quote(text)
		}
		pairs = append(pairs, text, SensitiveValue)
	}
	return strings.NewReplacer(pairs...)
}
