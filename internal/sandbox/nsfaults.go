package sandbox

import (
	"slices"
	"strings"
	"time"

	mdns "github.com/miekg/dns"
)

// QueryFault is something that goes wrong with some DNS queries. The first group
// of fields says with which, the rest what happens to them; the one set first
// acts, once a query.
type QueryFault struct {
	// Name is the queried name, in any case, with or without a final dot; empty
	// for all.
	Name string
	// Type is such as "TXT"; empty for all.
	Type string
	// Transport is "udp" or "tcp"; empty for both.
	Transport string
	// Skip lets so many matching queries pass first.
	Skip int
	// Times is how many queries it acts on; 0 for all until ClearFaults.
	Times int

	// Drop gives no answer at all: the client meets its time limit.
	Drop bool
	// Rcode is answered without data, if not 0: dns.RcodeServerFailure and such,
	// up to 15.
	Rcode int
	// Truncate answers without data and with the TC bit set.
	Truncate bool
}

// ServerFailure answers SERVFAIL.
func ServerFailure() QueryFault { return QueryFault{Rcode: mdns.RcodeServerFailure} }

// DropQueries never answers.
func DropQueries() QueryFault { return QueryFault{Drop: true} }

// TruncateQueries makes clients ask again over TCP, where it does nothing.
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

// due counts a matching query and reports whether it is this one's turn.
func (f *activeQueryFault) due() bool {
	f.seen++
	if f.seen <= f.Skip || f.Times > 0 && f.done >= f.Times {
		return false
	}
	f.done++
	return true
}

// Fail sets faults, in addition to those already set.
func (n *NameServer) Fail(faults ...QueryFault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range faults {
		n.faults = append(n.faults, &activeQueryFault{QueryFault: f})
	}
}

// ClearFaults takes all faults back.
func (n *NameServer) ClearFaults() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = nil
}

// meet returns the fault that acts on a query, the zero value where none does.
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

// Query is one question that the name server was asked.
type Query struct {
	Time time.Time
	// Name is in lower case and without a final dot; "" is the root.
	Name string
	// Type is such as "TXT", or "TYPE65280" where it has no name.
	Type string
	// Transport is "udp" or "tcp".
	Transport string
	// Rcode is that of the answer, such as "NXDOMAIN"; empty where there was none.
	Rcode string
	// Truncated: the answer's TC bit was set.
	Truncated bool
}

// log writes a query down, before the client can know of its answer. What asks
// more or less than one question is no query.
func (n *NameServer) log(q, r *mdns.Msg, transport string, dropped bool) {
	if len(q.Question) != 1 {
		return
	}
	entry := Query{Time: n.server.opts.Now(), Name: bare(q.Question[0].Name),
		Type: mdns.Type(q.Question[0].Qtype).String(), Transport: transport}
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

// Queries returns what was asked since the start or the last ResetQueries, in
// the order in which it was answered; the last 10,000 at least.
func (n *NameServer) Queries() []Query {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]Query{}, n.queries...)
}

// ResetQueries forgets the queries so far.
func (n *NameServer) ResetQueries() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.queries = nil
}
