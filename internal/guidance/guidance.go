// Package guidance is the catalogue of refusals: of everything that can go wrong
// between cfplan and Cloudflare, what it means, what causes it, and what to do.
//
// It is a table, not code. It sends nothing and knows no credential: whoever has
// looked at one tells it what was seen, in words.
package guidance

import (
	"net/netip"
	"slices"
	"strings"
)

// Kind says what a failure means for what happens next.
type Kind string

const (
	// Refused: the credentials are missing, wrong, or may not do this.
	Refused Kind = "refused"
	// Unreachable: no usable answer (network, TLS, timeouts, 5xx, rate limit
	// beyond patience).
	Unreachable Kind = "unreachable"
	// Rejected: Cloudflare understood and will not do it (record errors).
	Rejected Kind = "rejected"
	// Missing: what was named does not exist.
	Missing Kind = "missing"
)

// ReadOnly reports whether a plan is made all the same, from something that stands
// in, and is then for reading only.
func (k Kind) ReadOnly() bool { return k == Refused || k == Unreachable }

// Retry says whether the same request may have another outcome.
type Retry string

const (
	// Never: something has to be changed first.
	Never Retry = "never"
	// Later: waiting helps.
	Later Retry = "later"
	// Itself: cfplan tries again by itself before it gives up.
	Itself Retry = "itself"
)

// Evidence says how sure an entry is.
type Evidence string

const (
	// Measured: seen in a live answer, or in a recording of one.
	Measured Evidence = "measured"
	// Documented: Cloudflare's documentation or API description says so.
	Documented Evidence = "documented"
	// Reported: several users or tools tell of it.
	Reported Evidence = "reported"
	// Hearsay: one source, or memory. It may be wrong.
	Hearsay Evidence = "hearsay"
	// Own: it happens on this side, in cfplan.
	Own Evidence = "own"
)

// Trouble names a failure that no answer of the API tells of.
type Trouble string

// Nothing was sent.
const (
	NoCredentials   Trouble = "no-credentials"
	BothCredentials Trouble = "both-credentials"
	NoEmail         Trouble = "no-email"
	BadPlace        Trouble = "bad-credentials-file"
	BadToken        Trouble = "bad-token"
	BadKey          Trouble = "bad-key"
	BadBaseURL      Trouble = "bad-base-url"
	BadID           Trouble = "bad-id"
	BadPatch        Trouble = "bad-patch"
	Limited         Trouble = "limited"
)

// No answer came, or none of the API.
const (
	UnknownHost    Trouble = "unknown-host"
	NoConnection   Trouble = "no-connection"
	BadProxy       Trouble = "bad-proxy"
	BadCertificate Trouble = "bad-certificate"
	TooSlow        Trouble = "too-slow"
	Cancelled      Trouble = "cancelled"
	Network        Trouble = "network"
	NotTheAPI      Trouble = "not-the-api"
	Unreadable     Trouble = "unreadable"
	TooLarge       Trouble = "too-large"
	Changing       Trouble = "changing"
	// NoReason: the API calls its answer a failure and says no more.
	NoReason Trouble = "no-reason"
)

// Cloudflare's edge, or something else on the way, answered in place of the API.
const (
	EdgeChallenge  Trouble = "edge-challenge"
	EdgeBlock      Trouble = "edge-block"
	EdgeError      Trouble = "edge-error"
	ForeignRefusal Trouble = "foreign-refusal"
)

// Need is what a request needs the token to be allowed to do.
type Need string

const (
	ZoneRead Need = "zone read"
	DNSRead  Need = "dns read"
	DNSWrite Need = "dns write"
)

// words name the permission as the dashboard does, and as the API does.
func (n Need) words() string {
	switch n {
	case ZoneRead:
		return `Zone → Zone → Read (in the API: "Zone Read")`
	case DNSRead:
		return `Zone → DNS → Read (in the API: "DNS Read"; Edit includes it)`
	case DNSWrite:
		return `Zone → DNS → Edit (in the API: "DNS Write")`
	default:
		return `for the call in question: Zone → Zone → Read to find zones, Zone → DNS → Read to read records, Zone → DNS → Edit to change them (in the API: "Zone Read", "DNS Read", "DNS Write")`
	}
}

// short names the permission as the dashboard does.
func (n Need) short() string {
	name, _, _ := strings.Cut(n.words(), " (in the API")
	return name
}

// Entry is one line of the catalogue: when it applies, what it means, what to do.
// What it asks for must all fit; empty parts ask for nothing.
type Entry struct {
	Trouble Trouble
	// From and To bound the HTTP status.
	From, To int
	// Codes are Cloudflare's; one of them must be the error's.
	Codes []int
	// Chain is a code that stands in the error's chain.
	Chain int
	// Says is how the message begins, and Mentions what it contains, in any case of letters.
	Says, Mentions string
	// Needs is what the request needed.
	Needs Need

	Kind Kind
	// Title is what happened, a short line; Meaning what that is, in a sentence or
	// two.
	Title, Meaning string
	// Causes are the likely ones, the likeliest first.
	Causes []string
	// Steps say what to do, in order.
	Steps []string
	Retry Retry
	// Concern says which records of a request it can be about.
	Concern Concern
	// Sure says how well all this is known, and Source where from.
	Sure   Evidence
	Source string
	// concernOf has the codes of the entry that say more than Concern does.
	concernOf map[int]Concern
	// credential: the credential itself is in doubt, so that what was seen of it
	// goes first among the causes.
	credential bool
}

// Failure is one occurrence.
type Failure struct {
	Trouble Trouble
	Status  int
	Code    int
	Chain   []int
	Message string
	Needs   Need
	// Until is when Cloudflare will listen again; empty where it did not say.
	Until string
	// RayID of the answer; empty where there was none.
	RayID string
	// Seen is what a look at the credential shows, in sentences without any part of
	// it.
	Seen []string
	// Account: the credential is a token of an account, by its form.
	Account bool
	// Named is the name of the account in the configuration; empty for the default one.
	Named string
}

// For returns the entry that fits a failure, filled with what is known of it. The
// first that fits is the one; the last fits everything.
func For(f Failure) Entry {
	for _, e := range table() {
		if e.fits(f) {
			e = e.filled(f)
			if e.Kind == Rejected && (f.Status == 401 || f.Status == 403) && !aboutRecords(f.Code) {
				// Whatever the code: it is the one who asks that is refused.
				e.Kind = Refused
			}
			return e
		}
	}
	panic("guidance: the last entry must fit everything")
}

// aboutRecords: a code that finds fault with what a request holds, also if it
// comes with a 403, such as for a feature that the zone's plan does not have.
func aboutRecords(code int) bool {
	return code >= 81000 && code <= 81999 || code >= 9000 && code <= 9099 ||
		slices.ContainsFunc(recordEntries, func(e Entry) bool { return slices.Contains(e.Codes, code) })
}

// Explain returns the entries for a code or an HTTP status, without an occurrence:
// several if a code has several meanings, none if it is not known.
func Explain(number int) []Entry {
	ranged := false
	return pick(func(e Entry) bool {
		status := !ranged && e.To != 0 && len(e.Codes) == 0 && e.Needs == "" && e.Says == "" && e.From <= number && number <= e.To
		ranged = ranged || status
		return e.Chain != 0 && e.Chain == number || slices.Contains(e.Codes, number) || status
	})
}

// ExplainedByChain reports whether the table tells occurrences of a code apart by the
// codes in its chain, as with 6003. Such a code stays the code of the error.
func ExplainedByChain(code int) bool {
	return slices.ContainsFunc(table(), func(e Entry) bool { return e.Chain != 0 && slices.Contains(e.Codes, code) })
}

// ExplainTrouble returns the entry of a failure that has a name and no code.
func ExplainTrouble(t Trouble) []Entry {
	return pick(func(e Entry) bool { return t != "" && e.Trouble == t })
}

// All returns the whole catalogue, in the order in which it is looked through.
func All() []Entry { return pick(func(Entry) bool { return true }) }

// Unknown is what can be said of a code that is not in the catalogue.
func Unknown() Entry { return lastEntries[len(lastEntries)-1].filled(Failure{}) }

func pick(want func(Entry) bool) []Entry {
	var out []Entry
	for _, e := range table() {
		if want(e) {
			out = append(out, e.filled(Failure{}))
		}
	}
	return out
}

func (e Entry) fits(f Failure) bool {
	return e.Trouble == f.Trouble &&
		(e.To == 0 || e.From <= f.Status && f.Status <= e.To) &&
		(len(e.Codes) == 0 || slices.Contains(e.Codes, f.Code)) &&
		(e.Chain == 0 || slices.Contains(f.Chain, e.Chain)) &&
		(e.Needs == "" || e.Needs == f.Needs) &&
		e.isSaid(strings.ToLower(f.Message))
}

// isSaid reports whether a message, in lower case, is one of those that the entry is for.
func (e Entry) isSaid(message string) bool {
	return strings.HasPrefix(message, strings.ToLower(e.Says)) && strings.Contains(message, strings.ToLower(e.Mentions))
}

// filled puts what is known of an occurrence into the words. It copies all that
// it hands out.
func (e Entry) filled(f Failure) Entry {
	address, inBrackets := "that Cloudflare's message names", ""
	if ip := address9109(f.Message); ip != "" {
		address, inBrackets = ip, " ("+ip+")"
	}
	needs := f.Needs
	if needs == "" {
		needs = e.Needs
	}
	until, ray := "in about five minutes", "the ray ID of the log"
	if f.Until != "" {
		until = "after " + f.Until
	}
	if f.RayID != "" {
		ray = "the ray ID " + f.RayID
	}
	places, variables := tokenPlaces(f.Account), variablesOf(f.Named)
	fill := strings.NewReplacer("{address}", address, "{(address)}", inBrackets, "{when}", until, "{needs}", needs.words(), "{ray}", ray)
	each := func(texts []string) []string {
		out := make([]string, len(texts))
		for i, t := range texts {
			out[i] = fill.Replace(places.Replace(variables.Replace(t)))
		}
		return out
	}
	e.Concern, e.concernOf = e.concernFor(f.Code), nil
	e.Codes, e.Meaning, e.Steps = slices.Clone(e.Codes), fill.Replace(e.Meaning), each(e.Steps)
	e.Causes = each(e.Causes)
	if e.credential {
		e.Causes = append(slices.Clone(f.Seen), e.Causes...)
	}
	return e
}

// Cause is the likeliest one, in a sentence or a few.
func (e Entry) Cause() string { return e.Causes[0] }

// address9109 is the client's address as Cloudflare named it; "" where it did not.
func address9109(message string) string {
	_, after, _ := strings.Cut(message, "location:")
	for _, word := range strings.Fields(after) {
		if ip, err := netip.ParseAddr(strings.Trim(word, ".,;()[]\"'")); err == nil {
			return ip.String()
		}
	}
	return ""
}
