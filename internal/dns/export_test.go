package dns

// Contents returns a record for each row of contents.
func Contents() []Record {
	out := make([]Record, len(contents))
	for i, c := range contents {
		out[i] = Record{Type: c.t, Content: c.want}
	}
	return out
}

// Described returns the example records of docs/records.md.
func Described() []Record {
	out := make([]Record, len(described21))
	for i, d := range described21 {
		v, _ := ParseContent(d.t, d.content) // TestDocumentedSpellingsAreTheSameRecord checks that it can be parsed
		out[i] = Record{Type: d.t, Content: v.Content, Priority: v.Priority}
	}
	return out
}
