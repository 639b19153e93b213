package guidance

import (
	"fmt"
	"strings"
)

// Name returns the name by which users look up the entry: its codes, its status, or the name of its trouble.
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

// When returns what distinguishes this entry from others with the same code, as the rest of a sentence that
// begins with "if". It is "" if there is nothing to distinguish.
func (e Entry) When() string {
	switch {
	case e.Says != "":
		return fmt.Sprintf("the message begins with %q", e.Says)
	case e.Mentions != "":
		return fmt.Sprintf("the message contains %q", e.Mentions)
	case e.Chain != 0:
		return fmt.Sprintf("the error's chain has %d", e.Chain)
	case e.Needs != "":
		return fmt.Sprintf("the request needed the permission %s", e.Needs.words())
	default:
		return ""
	}
}

// Sign returns When in a few words, for a table of the entries of one code.
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
	if e.Kind.ReadOnly() {
		return "The plan of the affected zones is read-only and is not made from their live records; " +
			"apply writes nothing."
	}
	if e.Kind == Missing {
		return "If the request was to delete the record, its work is done. " +
			"Otherwise the request fails and changes nothing."
	}
	return "The request fails and changes nothing. It does not make a plan read-only."
}

// Words says whether trying again helps.
func (r Retry) Words() string {
	switch r {
	case Itself:
		return "cfplan tries again by itself before it gives up. It may work later."
	case Later:
		return "It may work later."
	default:
		return "No, something has to be changed first."
	}
}

// Words says how sure an entry is.
func (e Evidence) Words() string {
	switch e {
	case Measured:
		return "measured"
	case Documented:
		return "documented by Cloudflare"
	case Reported:
		return "reported by users and other tools"
	case Own:
		return "certain, because cfplan sees it itself"
	default:
		return "hearsay; it may be wrong"
	}
}
