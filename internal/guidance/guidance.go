// Package guidance is the catalogue of failures between cfplan and Cloudflare. For each one it says what it
// means, what causes it and what to do.
//
// The catalogue is a table. The package sends nothing and never sees a credential: a caller that has inspected a
// credential describes in words what it saw.
package guidance

import (
	"net/netip"
	"slices"
	"strings"
)

// Kind says how cfplan treats a failure.
type Kind string

const (
	// Refused means that the credentials are missing or wrong, or may not do this.
	Refused Kind = "refused"
	// Unreachable means that no usable answer came: network, TLS, timeouts, 5xx, or a rate limit that lasts
	// longer than cfplan waits.
	Unreachable Kind = "unreachable"
	// Rejected means that Cloudflare understood the request and did not carry it out, for example because of an
	// error in a record.
	Rejected Kind = "rejected"
	// Missing means that the record that the request names does not exist.
	Missing Kind = "missing"
)

// ReadOnly reports whether a failure of the kind makes the plan read-only: cfplan still makes a plan, but not from
// the live records, so the plan cannot be applied.
func (k Kind) ReadOnly() bool { return k == Refused || k == Unreachable }

// Retry says whether the same request may succeed later.
type Retry string

const (
	// Never means that the cause must be fixed first.
	Never Retry = "never"
	// Later means that waiting helps.
	Later Retry = "later"
	// Itself means that cfplan tries again by itself before it gives up.
	Itself Retry = "itself"
)

// Evidence says how certain an entry is.
type Evidence string

const (
	// Measured means that the failure was seen in a live answer, or in a recording of one.
	Measured Evidence = "measured"
	// Documented means that Cloudflare's documentation or API description describes the failure.
	Documented Evidence = "documented"
	// Reported means that several users or tools report the failure.
	Reported Evidence = "reported"
	// Hearsay means that the entry comes from one source, or from memory. It may be wrong.
	Hearsay Evidence = "hearsay"
	// Own means that cfplan itself detects the failure.
	Own Evidence = "own"
)

// Trouble names a failure that no error code or status of the API describes.
type Trouble string

// Failures before anything is sent.
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

// Failures in which no answer came, or no usable answer from the API.
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
	// NoReason is an answer that reports a failure and names no error.
	NoReason Trouble = "no-reason"
)

// Failures in which Cloudflare's edge, or something else on the way, answered in place of the API.
const (
	EdgeChallenge  Trouble = "edge-challenge"
	EdgeBlock      Trouble = "edge-block"
	EdgeError      Trouble = "edge-error"
	ForeignRefusal Trouble = "foreign-refusal"
)

// Need is the permission that a request needs.
type Need string

const (
	ZoneRead Need = "zone read"
	DNSRead  Need = "dns read"
	DNSWrite Need = "dns write"
)

// words returns the permission as the dashboard and the API call it.
func (n Need) words() string {
	switch n {
	case ZoneRead:
		return `Zone → Zone → Read (in the API: "Zone Read")`
	case DNSRead:
		return `Zone → DNS → Read (in the API: "DNS Read"; Edit includes it)`
	case DNSWrite:
		return `Zone → DNS → Edit (in the API: "DNS Write")`
	default:
		return `that the call needs: Zone → Zone → Read to find zones, Zone → DNS → Read to read records, ` +
			`Zone → DNS → Edit to change them (in the API: "Zone Read", "DNS Read", "DNS Write")`
	}
}

// short returns the permission as the dashboard calls it.
func (n Need) short() string {
	name, _, _ := strings.Cut(n.words(), " (in the API")
	return name
}

// Entry is an entry of the catalogue: when it applies, what it means and what to do. It applies to a failure if
// its Trouble equals that of the failure and all other conditions (From to Needs) fit; an empty condition always
// fits.
type Entry struct {
	Trouble Trouble
	// From and To are the first and the last HTTP status.
	From, To int
	// Codes are Cloudflare's codes. The error must have one of them.
	Codes []int
	// Chain is a code that the error's chain must contain.
	Chain int
	// Says is how the message must begin, and Mentions what it must contain. Case does not matter.
	Says, Mentions string
	// Needs is the permission that the request needed.
	Needs Need

	Kind Kind
	// Title says in a short line what happened, and Meaning explains it in a sentence or two.
	Title, Meaning string
	// Causes are the likely causes, the likeliest first.
	Causes []string
	// Steps say what to do, in order.
	Steps []string
	Retry Retry
	// Concern says what in a request the error can be about.
	Concern Concern
	// Sure says how certain the entry is, and Source says where it comes from.
	Sure   Evidence
	Source string
	// concernOf has a Concern for those codes of the entry for which the field Concern is too general.
	concernOf map[int]Concern
	// credential reports whether the credential itself is in doubt. If it is, the causes begin with Failure.Seen.
	credential bool
}

// Failure describes one failure, as the caller saw it.
type Failure struct {
	Trouble Trouble
	Status  int
	Code    int
	Chain   []int
	Message string
	Needs   Need
	// Until is the time at which Cloudflare will accept requests again; empty if Cloudflare gave none.
	Until string
	// RayID is the ray ID of the answer; empty if it has none.
	RayID string
	// Seen says what is odd about the credential. The sentences contain no part of the credential.
	Seen []string
	// Account reports whether the credential has the form of an account's token.
	Account bool
	// Named is the name of the account in the configuration; empty for the default account.
	Named string
}

// For returns the first entry that fits a failure, with the details of the failure in its texts. There always is
// one, because the last entry of the catalogue fits every failure.
func For(f Failure) Entry {
	for _, e := range table() {
		if e.fits(f) {
			e = e.filled(f)
			if e.Kind == Rejected && (f.Status == 401 || f.Status == 403) && !aboutRecords(f.Code) {
				// With these statuses, Cloudflare refuses the caller, whatever the code is.
				e.Kind = Refused
			}
			return e
		}
	}
	panic("guidance: the last entry must fit everything")
}

// aboutRecords reports whether a code finds fault with the records of a request. Such a code can come with
// status 403, for example for a feature that the zone's Cloudflare plan does not have.
func aboutRecords(code int) bool {
	return code >= 81000 && code <= 81999 || code >= 9000 && code <= 9099 ||
		slices.ContainsFunc(recordEntries, func(e Entry) bool { return slices.Contains(e.Codes, code) })
}

// Explain returns the entries for a code or an HTTP status, without the details of a failure. It returns several
// entries if a code has several meanings, and none if the number is not known.
func Explain(number int) []Entry {
	ranged := false
	return pick(func(e Entry) bool {
		status := !ranged && e.To != 0 && len(e.Codes) == 0 && e.Needs == "" && e.Says == "" &&
			e.From <= number && number <= e.To
		ranged = ranged || status
		return e.Chain != 0 && e.Chain == number || slices.Contains(e.Codes, number) || status
	})
}

// ExplainedByChain reports whether the codes in an error's chain say what the code means. 6003 is such a code. It
// stays the code of the error.
func ExplainedByChain(code int) bool {
	return slices.ContainsFunc(table(), func(e Entry) bool {
		return e.Chain != 0 && slices.Contains(e.Codes, code)
	})
}

// ExplainTrouble returns the entries with the given Trouble, without the details of a failure.
func ExplainTrouble(t Trouble) []Entry {
	return pick(func(e Entry) bool { return t != "" && e.Trouble == t })
}

// All returns the whole catalogue, in the order in which For searches it.
func All() []Entry { return pick(func(Entry) bool { return true }) }

// Unknown returns the entry for a code that is not in the catalogue.
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

// isSaid reports whether a message fits Says and Mentions. The message must be in lower case.
func (e Entry) isSaid(message string) bool {
	return strings.HasPrefix(message, strings.ToLower(e.Says)) &&
		strings.Contains(message, strings.ToLower(e.Mentions))
}

// filled returns a copy of the entry with the details of a failure in its texts.
func (e Entry) filled(f Failure) Entry {
	address, inBrackets := "that Cloudflare's message names", ""
	if ip := address9109(f.Message); ip != "" {
		address, inBrackets = ip, " ("+ip+")"
	}

	needs := f.Needs
	if needs == "" {
		needs = e.Needs
	}

	until, ray := "in about five minutes", "the ray ID from the log"
	if f.Until != "" {
		until = "after " + f.Until
	}
	if f.RayID != "" {
		ray = "the ray ID " + f.RayID
	}

	places, variables := tokenPlaces(f.Account), variablesOf(f.Named)
	fill := strings.NewReplacer("{address}", address, "{(address)}", inBrackets, "{when}", until,
		"{needs}", needs.words(), "{ray}", ray)
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

// Cause returns the likeliest cause, as one or more sentences.
func (e Entry) Cause() string { return e.Causes[0] }

// address9109 returns the client's address that a message of Cloudflare names, or "" if it names none.
func address9109(message string) string {
	_, after, _ := strings.Cut(message, "location:")
	for _, word := range strings.Fields(after) {
		if ip, err := netip.ParseAddr(strings.Trim(word, ".,;()[]\"'")); err == nil {
			return ip.String()
		}
	}
	return ""
}
