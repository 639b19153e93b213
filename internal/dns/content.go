package dns

// Value is what a record's type defines: its canonical content and, for an MX,
// its preference.
type Value struct {
	Content string
	// Priority is an MX's preference, where HasPriority says that the input
	// bore one (`10 mail.example.com`).
	Priority    uint16
	HasPriority bool
}

// ParseContent reads a value in the presentation form of its type and returns
// it in canonical form. A TXT may come quoted, in chunks, or bare; bare text is
// taken byte for byte. Host names count as full with or without a final dot.
func ParseContent(t Type, content string) (Value, *Problem) { panic("stub") }

// Field describes one member of a type's structured data, by Cloudflare's name.
type Field struct {
	Name string
	// Number tells a number from a string.
	Number bool
	// Fraction tells that the number need not be whole (LOC).
	Fraction bool
	// Max is the largest number allowed, Min the smallest.
	Min, Max float64
	// Optional fields may be left out and are then zero (LOC's minutes …).
	Optional bool
}

// Fields lists the structured data of t in the order of its presentation form,
// nil for types that have content alone (A, AAAA, CNAME, MX, NS, OPENPGPKEY,
// PTR, TXT).
func Fields(t Type) []Field { panic("stub") }

// ParseData reads a value given as structured data. Numbers may be any Go
// number or json.Number; strings are taken as text. All problems are returned.
func ParseData(t Type, data map[string]any) (Value, []*Problem) { panic("stub") }

// Data returns the structured data of a canonical record by Cloudflare's field
// names, numbers as int (LOC's as float64), nil for types without. A URI's
// priority and an SRV's are among them.
func (r Record) Data() map[string]any { panic("stub") }

// SendContent returns the content as the API is to be given it: a TXT in quoted
// chunks of at most 255 bytes, anything else as it stands.
func (r Record) SendContent() string { panic("stub") }
