package dns

import "slices"

// SensitiveValue is shown instead of a value that must not be shown, as in Terraform.
const SensitiveValue = "(sensitive value)"

// Maskable are the attributes whose values can be kept from being shown. All others are
// public: DNS or its behaviour shows them to everybody.
func Maskable() []Attribute { return []Attribute{AttrName, AttrComment, AttrTags} }

// Mask returns the record with its sensitive attributes replaced by [SensitiveValue]. An
// attribute that the record does not have stays that way.
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

// JoinSensitive returns the attributes that any of the lists has, in a fixed order; nil if there
// are none.
func JoinSensitive(lists ...[]Attribute) []Attribute {
	var out []Attribute
	for _, a := range Maskable() {
		if slices.ContainsFunc(lists, func(list []Attribute) bool { return slices.Contains(list, a) }) {
			out = append(out, a)
		}
	}
	return out
}
