package cloudflare

import (
	"net/netip"
	"slices"
	"strings"
)

// Guidance says in words what an error most likely means and what to do.
type Guidance struct {
	Title string   // what happened, a short line
	Cause string   // the likely cause, one or two sentences
	Steps []string // what to do, in order
}

// row is one line of the table. It fits an error when everything fits that it
// asks for; empty parts ask for nothing, but a row without trouble is only for
// errors without.
type row struct {
	trouble  trouble
	from, to int    // HTTP statuses
	codes    []int  // the error's code
	chain    int    // a code that its chain has
	says     string // how its message begins, in lower case
	kind     Kind
	Guidance
}

// Guidance looks e up in the table of refusals; unknown codes get general advice.
func (e *Error) Guidance() Guidance { return e.filled(e.row()) }

// Explain returns the guidance for a code without an occurrence; several where
// the code has several messages; none where the table does not have the code.
func Explain(code int) []Guidance {
	var out []Guidance
	for _, r := range table() {
		if code != 0 && (r.chain == code || slices.Contains(r.codes, code)) {
			out = append(out, (&Error{}).filled(r))
		}
	}
	return out
}

// filled puts what is known of this occurrence into the words of a row.
func (e *Error) filled(r row) Guidance {
	address, inBrackets := "named in Cloudflare's message", ""
	if ip := e.address(); ip != "" {
		address, inBrackets = ip, " ("+ip+")"
	}
	fill := strings.NewReplacer("{address}", address, "{(address)}", inBrackets, "{when}", e.when())
	g := Guidance{Title: r.Title, Cause: fill.Replace(r.Cause), Steps: make([]string, len(r.Steps))}
	for i, s := range r.Steps {
		g.Steps[i] = fill.Replace(s)
	}
	return g
}

func (e *Error) classify() { e.Kind = e.row().kind }

// row returns the first line of the table that fits. The last fits everything.
func (e *Error) row() row {
	for _, r := range table() {
		if e.fits(r) {
			return r
		}
	}
	return row{kind: Rejected}
}

func (e *Error) fits(r row) bool {
	return r.trouble == e.anyTrouble() &&
		(r.to == 0 || r.from <= e.Status && e.Status <= r.to) &&
		(len(r.codes) == 0 || slices.Contains(r.codes, e.Code)) &&
		(r.chain == 0 || slices.ContainsFunc(e.All, func(a APIError) bool { return a.Code == r.chain })) &&
		strings.HasPrefix(strings.ToLower(e.Message), r.says)
}

// anyTrouble is the trouble of an error that was not made here, too.
func (e *Error) anyTrouble() trouble {
	if e.trouble == "" && e.Status == 0 && e.Code == 0 && e.Err != nil {
		return transportTrouble(e.Err)
	}
	return e.trouble
}

// address is the client's, as Cloudflare named it; "" where it did not.
func (e *Error) address() string {
	_, after, _ := strings.Cut(e.Message, "location:")
	for _, word := range strings.Fields(after) {
		if ip, err := netip.ParseAddr(strings.Trim(word, ".,;()[]\"'")); err == nil {
			return ip.String()
		}
	}
	return ""
}

func (e *Error) when() string {
	if e.until.IsZero() {
		return "in about five minutes"
	}
	return "after " + e.untilText()
}
