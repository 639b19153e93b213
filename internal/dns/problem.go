package dns

// Severity tells whether a problem stops a plan.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is one thing that is wrong with a record or a zone, in words for the
// person who declared it. Whoever knows where it was declared adds the place.
type Problem struct {
	Severity Severity
	// Rule is the check's short stable name, such as "cname-alone".
	Rule string
	// Attr is the HCL attribute at fault ("content", "ttl", a field such as
	// "port"), empty where the record as a whole is.
	Attr string
	// Summary is a title without a full stop; Detail says what is wrong with
	// which value and what would be right.
	Summary string
	Detail  string
}

func (p *Problem) Error() string { return p.Summary + ": " + p.Detail }
