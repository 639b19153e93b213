package dns

// Contents returns a record of each of the contents that the tests read.
func Contents() []Record {
	out := make([]Record, len(contents))
	for i, c := range contents {
		out[i] = Record{Type: c.t, Content: c.want}
	}
	return out
}

// Described returns the records that docs/records.md has as examples.
func Described() []Record {
	out := make([]Record, len(described21))
	for i, d := range described21 {
		v, _ := ParseContent(d.t, d.content) // that it can be read is a test of its own
		out[i] = Record{Type: d.t, Content: v.Content, Priority: v.Priority}
	}
	return out
}
