package sandbox

import (
	"slices"
	"strings"
	"time"

	mdns "github.com/miekg/dns"
)

// QueryFault is a failure of some DNS queries. The first group of fields selects the queries, and the
// others say what happens to them. If several faults match a query, the one that was set first acts.
type QueryFault struct {
	// Name is the queried name, in any case, with or without a final dot; empty for all.
	Name string
	// Type is the queried type, such as "TXT"; empty for all.
	Type string
	// Transport is "udp" or "tcp"; empty for both.
	Transport string
	// Skip is the number of matching queries that the fault lets through first.
	Skip int
	// Times is the number of queries on which the fault acts; 0 for all until ClearFaults.
	Times int

	// Drop sends no answer, so that the client times out.
	Drop bool
	// Rcode, if not 0, is the code of an answer without data, such as dns.RcodeServerFailure; at most 15.
	Rcode int
	// Truncate answers without data and sets the TC bit.
	Truncate bool
}

// ServerFailure answers SERVFAIL.
func ServerFailure() QueryFault { return QueryFault{Rcode: mdns.RcodeServerFailure} }

// DropQueries sends no answers.
func DropQueries() QueryFault { return QueryFault{Drop: true} }

// TruncateQueries makes clients ask again over TCP, by answers over UDP that have the TC bit.
func TruncateQueries() QueryFault { return QueryFault{Transport: "udp", Truncate: true} }

// For restricts the fault to a name.
func (f QueryFault) For(name string) QueryFault {
	f.Name = name
	return f
}

// Repeat makes the fault act on n queries.
func (f QueryFault) Repeat(n int) QueryFault {
	f.Times = n
	return f
}

func (f QueryFault) matches(q mdns.Question, transport string) bool {
	return (f.Name == "" || bare(f.Name) == bare(q.Name)) &&
		(f.Type == "" || strings.EqualFold(f.Type, mdns.Type(q.Qtype).String())) &&
		(f.Transport == "" || f.Transport == transport)
}

type activeQueryFault struct {
	QueryFault
	seen, done int
}

// due counts a matching query and reports whether the fault acts on it.
func (f *activeQueryFault) due() bool {
	f.seen++
	if f.seen <= f.Skip || f.Times > 0 && f.done >= f.Times {
		return false
	}
	f.done++
	return true
}

// Fail adds faults to those that are already set.
func (n *NameServer) Fail(faults ...QueryFault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range faults {
		n.faults = append(n.faults, &activeQueryFault{QueryFault: f})
	}
}

// ClearFaults removes all faults.
func (n *NameServer) ClearFaults() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = nil
}

// meet returns the fault that acts on a query, or the zero value if there is none.
func (n *NameServer) meet(q *mdns.Msg, transport string) QueryFault {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(q.Question) != 1 {
		return QueryFault{}
	}
	for _, f := range n.faults {
		if f.matches(q.Question[0], transport) && f.due() {
			return f.QueryFault
		}
	}
	return QueryFault{}
}

// Query is a question that the name server received.
type Query struct {
	Time time.Time
	// Name is the name in lower case, without a final dot; "" is the root.
	Name string
	// Type is the type, such as "TXT", or "TYPE65280" if it has no name.
	Type string
	// Transport is "udp" or "tcp".
	Transport string
	// Rcode is the code of the answer, such as "NXDOMAIN"; empty if there was no answer.
	Rcode string
	// Truncated reports whether the answer's TC bit was set.
	Truncated bool
}

// log adds a query to the log before the client can receive its answer. It ignores messages that do not
// have exactly one question.
func (n *NameServer) log(q, r *mdns.Msg, transport string, dropped bool) {
	if len(q.Question) != 1 {
		return
	}

	entry := Query{
		Time:      n.server.opts.Now(),
		Name:      bare(q.Question[0].Name),
		Type:      mdns.Type(q.Question[0].Qtype).String(),
		Transport: transport,
	}
	if !dropped {
		entry.Rcode, entry.Truncated = mdns.RcodeToString[r.Rcode], r.Truncated
	}

	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.queries) >= maxRequests {
		n.queries = slices.Clone(n.queries[maxRequests/2:])
	}
	n.queries = append(n.queries, entry)
}

// Queries returns the queries since the start or the last ResetQueries, in the order of their answers. It
// returns at least the last 10,000.
func (n *NameServer) Queries() []Query {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]Query{}, n.queries...)
}

// ResetQueries forgets all queries so far.
func (n *NameServer) ResetQueries() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.queries = nil
}
