package guidance

import (
	"fmt"
	"strings"
)

// Name returns the name by which users look up the entry: its codes, its HTTP status, or its Trouble.
func (e Entry) Name() string {
	var codes []string
	for _, c := range e.Codes {
		codes = append(codes, fmt.Sprint(c))
	}

	name := strings.Join(codes, ", ")
	switch {
	case e.Trouble != "" && name == "":
		return string(e.Trouble)
	case e.Chain != 0:
		return fmt.Sprintf("%s with %d", name, e.Chain)
	case name != "":
		return name
	case e.From != 0 && e.From == e.To:
		return fmt.Sprintf("HTTP %d", e.From)
	case e.From != 0:
		return fmt.Sprintf("HTTP %d to %d", e.From, e.To)
	default:
		return "any other"
	}
}

// When returns the condition that distinguishes this entry from others with the same code. It completes a
// sentence that ends in "if". It is "" if the entry has no such condition.
func (e Entry) When() string {
	switch {
	case e.Says != "":
		return fmt.Sprintf("the message begins with %q", e.Says)
	case e.Mentions != "":
		return fmt.Sprintf("the message contains %q", e.Mentions)
	case e.Chain != 0:
		return fmt.Sprintf("the error_chain in the answer contains %d", e.Chain)
	case e.Needs != "":
		return fmt.Sprintf("the request needed the permission %s", e.Needs.words())
	default:
		return ""
	}
}

// Sign returns the condition of When in a few words, for a table of the entries with one code.
func (e Entry) Sign() string {
	switch {
	case e.Says != "":
		return e.Says + " …"
	case e.Mentions != "":
		return "… " + e.Mentions + " …"
	case e.Chain != 0:
		return fmt.Sprintf("with %d in the chain", e.Chain)
	case e.Needs != "":
		return "a request that needs " + e.Needs.short()
	case e.Trouble != "":
		return e.Name()
	default:
		return "anything else"
	}
}

// Effect says what cfplan does after the failure.
func (e Entry) Effect() string {
	if e.Needs == DNSWrite {
		return "The request fails and changes nothing. Only requests that change records need the permission, so a " +
			"plan is made from the live records as before."
	}
	if e.Kind.ReadOnly() {
		return "cfplan cannot use the live records of the affected zones, so their plan is read-only, and apply " +
			"writes nothing."
	}
	if e.Kind == Missing {
		return "If the request was to delete the record, nothing is left to do. " +
			"Otherwise the request fails and changes nothing."
	}
	return "The request fails and changes nothing. It does not make a plan read-only."
}

// Words says in words whether trying again helps.
func (r Retry) Words() string {
	switch r {
	case Itself:
		return "cfplan tries again by itself before it gives up. A later run may work."
	case Later:
		return "A later run may work."
	default:
		return "Not until the cause is fixed."
	}
}

// Words says in words how certain an entry is.
func (e Evidence) Words() string {
	switch e {
	case Measured:
		return "measured"
	case Documented:
		return "documented by Cloudflare"
	case Reported:
		return "reported by users and other tools"
	case Own:
		return "certain, because cfplan itself sees it"
	default:
		return "hearsay; it may be wrong"
	}
}
