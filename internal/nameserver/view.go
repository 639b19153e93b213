package nameserver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Known is a record that cfplan owns, with the facts about it that the state has even without a snapshot.
type Known struct {
	Address string
	Name    string
	Type    dns.Type
}

// View has the records of a zone as its name servers show them, in a form that can be compared with the
// declared zone. Attributes that DNS does not show are as declared.
type View struct {
	// Records have made-up IDs.
	Records []dns.Record
	// Owned maps the ID of each record that cfplan is assumed to own to the address of its block.
	Owned map[string]string
	// NotShown are sentences that say which facts are assumed to be as declared, and why.
	NotShown []string
	// Servers are the servers that answered, by name if they have one.
	Servers []string
}

// View asks for the name and type of every declared record and of every record in owned. It returns an error
// if a question gets no answer.
func (c *Client) View(ctx context.Context, desired dns.Zone, owned []Known) (*View, error) {
	z, err := c.Zone(ctx, desired.Name)
	if err != nil {
		return nil, err
	}
	return z.view(ctx, desired, owned)
}

// ViewEach returns one view for each of the zone's servers, because one server may have a change before
// another. It leaves out servers that are not authoritative for the zone.
func (c *Client) ViewEach(ctx context.Context, desired dns.Zone, owned []Known) ([]*View, error) {
	z, err := c.Zone(ctx, desired.Name)
	if err != nil {
		return nil, err
	}

	views, errs := make([]*View, len(z.servers)), make([]error, len(z.servers))
	inParallel(len(z.servers), func(i int) {
		one := *z
		one.servers = z.servers[i : i+1]
		views[i], errs[i] = one.view(ctx, desired, owned)
		if errs[i] == nil {
			views[i].Servers = slices.Clone(one.servers)
		}
	})

	return views, errors.Join(errs...)
}

func (z *Zone) view(ctx context.Context, desired dns.Zone, owned []Known) (*View, error) {
	v := newViewer(desired, owned)
	for _, round := range []func() []Question{v.declaredQuestions, v.followUps, v.wildcardQuestions} {
		answers, err := z.Ask(ctx, v.unanswered(round()))
		if err != nil {
			return nil, fmt.Errorf("the name servers of %s did not answer: %w", z.Name, err)
		}
		maps.Copy(v.answers, answers)
	}

	v.targets = z.targets(ctx, v.flattened())
	v.look()
	return v.result(z), nil
}

// viewer builds a View.
type viewer struct {
	zone    dns.Zone
	byName  map[string][]dns.Record // declared
	owned   map[Question][]Known    // names and types that are no longer declared
	answers map[Question]Answer
	targets map[string][]dns.Record // addresses of the targets of flattened aliases
	out     View
	counts  notShown
}

// notShown counts what DNS does not show.
type notShown struct {
	proxied, flattened, unlikeTarget, wildcard, delegated int
}

func newViewer(desired dns.Zone, owned []Known) *viewer {
	v := &viewer{
		zone:    desired,
		byName:  map[string][]dns.Record{},
		owned:   map[Question][]Known{},
		answers: map[Question]Answer{},
		out:     View{Owned: map[string]string{}},
	}

	declared := map[Question]bool{}
	for _, r := range desired.Records {
		v.byName[r.Name] = append(v.byName[r.Name], r)
		declared[Question{r.Name, r.Type}] = true
	}

	for _, k := range owned {
		if q := (Question{k.Name, k.Type}); !declared[q] {
			v.owned[q] = append(v.owned[q], k)
		}
	}

	return v
}

// declaredQuestions returns the questions of the first round: those about declared and owned records.
func (v *viewer) declaredQuestions() []Question {
	out := slices.Collect(maps.Keys(v.owned))
	for _, r := range v.zone.Records {
		out = append(out, Question{r.Name, r.Type})
	}
	return out
}

// followUps returns questions about addresses for each declared alias that is not visible, because it may be
// proxied or flattened.
func (v *viewer) followUps() []Question {
	var out []Question
	for _, r := range v.zone.Records {
		if r.Type == dns.CNAME && len(v.answers[Question{r.Name, dns.CNAME}].Records) == 0 {
			out = append(out, Question{r.Name, dns.A}, Question{r.Name, dns.AAAA})
		}
	}
	return out
}

// wildcardQuestions returns questions about the wildcards above the names that have answers. The answers show
// what the servers would answer for a name without its own records (RFC 4592).
func (v *viewer) wildcardQuestions() []Question {
	var out []Question
	for q, a := range v.answers {
		if a.empty() || strings.HasPrefix(q.Name, "*.") {
			continue
		}

		for _, w := range v.wildcards(q.Name) {
			out = append(out, Question{w, q.Type})
			if q.Type.Proxiable() {
				out = append(out, Question{w, dns.CNAME})
			}
		}
	}
	return out
}

// wildcards returns the wildcards that could match a name, the nearest first.
func (v *viewer) wildcards(name string) []string {
	var out []string
	for name != v.zone.Name {
		_, parent, ok := strings.Cut(name, ".")
		if !ok {
			break
		}

		name = parent
		out = append(out, "*."+name)
	}
	return out
}

// unanswered returns the questions that have not been asked yet, each once.
func (v *viewer) unanswered(questions []Question) []Question {
	seen := map[Question]bool{}
	var out []Question
	for _, q := range questions {
		if _, known := v.answers[q]; !known && !seen[q] {
			seen[q] = true
			out = append(out, q)
		}
	}
	return out
}

// look derives the records of all names from the answers.
func (v *viewer) look() {
	for _, name := range slices.Sorted(maps.Keys(v.byName)) {
		v.name(name, v.byName[name])
	}
	for _, q := range slices.SortedFunc(maps.Keys(v.owned), compareQuestions) {
		v.undeclared(q, v.owned[q])
	}
}

func compareQuestions(a, b Question) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(string(a.Type), string(b.Type))
}

// name derives which records a name has. It handles addresses and aliases together, because one may have
// replaced the other.
func (v *viewer) name(name string, declared []dns.Record) {
	var places []dns.Record
	others := map[dns.Type][]dns.Record{}
	for _, r := range declared {
		if r.Type.Proxiable() {
			places = append(places, r)
		} else {
			others[r.Type] = append(others[r.Type], r)
		}
	}

	if len(places) > 0 {
		v.places(name, places)
	}

	for _, t := range slices.Sorted(maps.Keys(others)) {
		a := v.answers[Question{name, t}]
		v.pair(others[t], v.own(name, t, a, others[t]), a)
	}
}

// places derives the addresses or the alias of a name.
func (v *viewer) places(name string, declared []dns.Record) {
	var seen []dns.Record
	var alias *dns.Record
	var all Answer
	for _, t := range []dns.Type{dns.A, dns.AAAA, dns.CNAME} {
		a := v.answers[Question{name, t}]
		all.Delegated, all.NoName = all.Delegated || a.Delegated, all.NoName || a.NoName
		if t == dns.CNAME && len(a.Records) > 0 {
			alias = &a.Records[0]
		} else {
			seen = append(seen, v.own(name, t, a, declared)...)
		}

		if a.Alias != nil {
			alias = a.Alias
		}
	}

	switch {
	case all.Delegated:
		v.asDeclared(declared, &v.counts.delegated)
	case alias != nil:
		v.pair(declared, v.own(name, dns.CNAME, Answer{Records: []dns.Record{*alias}}, declared), all)
	case cloudflares(seen) && !all.NoName && aliasMayFlatten(v.zone.Name, declared):
		// If the target is at Cloudflare, its addresses look like addresses of the proxy.
		v.asDeclared(declared, &v.counts.unlikeTarget)
	case cloudflares(seen) && !literally(declared, seen):
		v.proxied(declared)
	case !all.NoName && v.mayBeFlattened(declared, seen):
		v.asDeclared(declared, &v.counts.flattened)
	default:
		v.pair(declared, seen, all)
	}
}

// aliasMayFlatten reports whether an alias is declared that is not proxied and for which Cloudflare may
// answer with addresses.
func aliasMayFlatten(zone string, declared []dns.Record) bool {
	return slices.ContainsFunc(declared, func(r dns.Record) bool {
		return r.Type == dns.CNAME && !r.Proxied && (r.Name == zone || r.Settings.FlattenCNAME)
	})
}

// literally reports whether one of the seen addresses is the content of a declared record, so that it is not
// an address of the proxy.
func literally(declared, seen []dns.Record) bool {
	return slices.ContainsFunc(declared, func(d dns.Record) bool {
		return !d.Proxied && slices.ContainsFunc(seen, func(s dns.Record) bool { return s.Key() == d.Key() })
	})
}

// proxied adds records for which Cloudflare answers with its own addresses, so that DNS shows nothing about
// them.
func (v *viewer) proxied(declared []dns.Record) {
	for _, d := range declared {
		v.counts.proxied++
		d.Proxied, d.TTL = true, dns.AutoTTL
		v.add(d, d.Declared)
	}
}

// mayBeFlattened reports whether the name may have a flattened CNAME. At the apex, or if the record's setting
// says so, Cloudflare answers with the addresses of the alias's target, or with no addresses if the target
// has none.
func (v *viewer) mayBeFlattened(declared, seen []dns.Record) bool {
	i := slices.IndexFunc(declared, func(r dns.Record) bool { return r.Type == dns.CNAME })
	if i < 0 {
		return false
	}

	d := declared[i]
	if sharesContent(seen, v.targets[d.Content]) {
		return true
	}

	if d.Name == v.zone.Name || d.Settings.FlattenCNAME {
		// Large networks give different answers to different clients, so other addresses prove nothing.
		v.counts.unlikeTarget++
		return true
	}

	return false
}

func sharesContent(a, b []dns.Record) bool {
	return slices.ContainsFunc(a, func(x dns.Record) bool {
		return slices.ContainsFunc(b, func(y dns.Record) bool { return x.Content == y.Content })
	})
}

// flattened returns the targets of declared aliases for which the servers answer with addresses.
func (v *viewer) flattened() []string {
	var out []string
	for _, r := range v.zone.Records {
		a, aaaa := v.answers[Question{r.Name, dns.A}], v.answers[Question{r.Name, dns.AAAA}]
		if r.Type == dns.CNAME && len(v.answers[Question{r.Name, dns.CNAME}].Records) == 0 &&
			len(a.Records)+len(aaaa.Records) > 0 && !cloudflares(append(slices.Clone(a.Records), aaaa.Records...)) {
			out = append(out, r.Content)
		}
	}

	slices.Sort(out)
	return slices.Compact(out)
}

// own returns the records of an answer that belong to the name itself. It leaves them out if they may come
// from a wildcard, unless they are exactly the declared records: then there is nothing to change in either
// case.
func (v *viewer) own(name string, t dns.Type, a Answer, declared []dns.Record) []dns.Record {
	if len(a.Records) == 0 || strings.HasPrefix(name, "*.") {
		return a.Records
	}

	for _, w := range v.wildcards(name) {
		wild := v.answers[Question{w, t}]
		if wild.empty() {
			continue
		}

		if !sameValues(wild.Records, a.Records) {
			return a.Records
		}
		if cloudflares(a.Records) || allSeen(declared, t, a.Records) {
			v.counts.wildcard++
			return a.Records
		}
		return nil
	}

	return a.Records
}

func sameValues(a, b []dns.Record) bool {
	return values(a) == values(b)
}

func values(records []dns.Record) string {
	out := make([]string, len(records))
	for i, r := range records {
		out[i] = fmt.Sprint(r.Priority, " ", r.Content)
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// allSeen reports whether records of the type are declared and all of them were seen.
func allSeen(declared []dns.Record, t dns.Type, seen []dns.Record) bool {
	any := false
	for _, d := range declared {
		if d.Type != t {
			continue
		}
		any = true
		if !slices.ContainsFunc(seen, func(s dns.Record) bool { return s.Content == d.Content }) {
			return false
		}
	}
	return any
}
