package dns

import (
	"slices"
	"strings"
)

// Shape describes a text of which only some pieces are known, such as a label that differs between the instances of a
// block. Any text may stand between two pieces. A shape with a single piece describes exactly that text.
type Shape []string

// AnyShape returns the shape of an unknown text.
func AnyShape() Shape { return Shape{"", ""} }

// Join returns the shape of a text of shape s that is followed by a text of shape o.
func (s Shape) Join(o Shape) Shape {
	if len(s) == 0 || len(o) == 0 {
		return append(append(Shape{}, s...), o...)
	}
	out := append(Shape{}, s...)
	out[len(out)-1] += o[0]
	return append(out, o[1:]...)
}

// Match reports whether the text has the shape.
func (s Shape) Match(text string) bool {
	if len(s) == 0 {
		return text == ""
	}
	rest, ok := strings.CutPrefix(text, s[0])
	if len(s) == 1 || !ok {
		return ok && rest == ""
	}

	last := len(s) - 1
	for _, piece := range s[1:last] {
		if _, rest, ok = strings.Cut(rest, piece); !ok {
			return false
		}
	}
	return strings.HasSuffix(rest, s[last])
}

// String returns the shape with `*` for unknown text.
func (s Shape) String() string { return strings.Join(s, "*") }

// Protection is a block whose lifecycle has prevent_destroy or destroy = false. It protects the records of all its
// instances, including instances that the block no longer has.
type Protection struct {
	// LetGo reports whether the protection comes from destroy = false, so that records are given up instead of
	// destroyed. If LetGo is false, it comes from prevent_destroy. A block with both has two protections.
	LetGo bool
	// Zone, Type and Label describe the addresses of the block. Label begins with the path of the modules around the
	// block, without the keys of their instances.
	Zone, Type, Label Shape
	// File and Line are the position of the block.
	File string
	Line int
}

// ProtectionsThat returns the protections whose LetGo has the given value.
func ProtectionsThat(letGo bool, all []Protection) []Protection {
	other := func(p Protection) bool { return p.LetGo != letGo }
	if !slices.ContainsFunc(all, other) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), other)
}

// Coverage finds the block that protects an address without trying every block.
type Coverage struct {
	zone   string
	blocks []Protection
	labels Shapes[int]
}

// NewCoverage returns a Coverage of those blocks that can have records in the zone.
func NewCoverage(blocks []Protection, zone string) *Coverage {
	c := &Coverage{zone: zone, blocks: blocks}
	for i, b := range blocks {
		if b.Zone.Match(zone) {
			c.labels.Add(b.Label, i)
		}
	}
	return c
}

// First returns the index of the first of the blocks that could have an instance with the address.
func (c *Coverage) First(address string) (number int, ok bool) {
	rest, inside := strings.CutPrefix(address, c.zone+"/")
	typ, label, hasLabel := strings.Cut(rest, "/")
	if !inside || !hasLabel {
		return 0, false
	}

	number = len(c.blocks)
	path, own := SplitModule(label)
	path = PlainModulePath(path)
	for _, block := range blockLabels(own) {
		for i := range c.labels.Match(path + block) {
			if i < number && c.blocks[i].Type.Match(typ) {
				number = i
			}
		}
	}
	return number, number < len(c.blocks)
}

// blockLabels returns the labels that a block may have if its instance has the given label. A label may contain
// brackets, so the key may begin at any opening bracket.
func blockLabels(label string) []string {
	out := []string{label}
	if !strings.HasSuffix(label, "]") {
		return out
	}
	for i := range len(label) {
		if label[i] == '[' {
			out = append(out, label[:i])
		}
	}
	return out
}

// Address returns the address of the block, with `*` for the parts that differ between its instances.
func (p Protection) Address() string {
	return p.Zone.String() + "/" + p.Type.String() + "/" + p.Label.String()
}
