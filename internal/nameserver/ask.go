package nameserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	mdns "github.com/miekg/dns"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/parallel"
)

// Question asks for the records of one name and type.
type Question struct {
	Name string
	Type dns.Type
}

// Answer is the servers' answer to a question.
type Answer struct {
	// Records have the name and type of the question. They are in canonical form, with the served TTL.
	Records []dns.Record
	// Alias is the CNAME at the name, if the question is for another type.
	Alias *dns.Record
	// Delegated reports whether the name belongs to another zone below this one.
	Delegated bool
	// NoName reports whether the name does not exist with any type (RFC 8020).
	NoName bool
}

// empty reports whether the name has no records of the type.
func (a Answer) empty() bool { return len(a.Records) == 0 && a.Alias == nil && !a.Delegated }

// mostAnswers limits the answers to the questions of one round, in bytes of memory. The answers about a large
// zone take a few million bytes; a hostile server can answer each question with 64 KiB.
const mostAnswers = 64 << 20

var errTooMuch = errors.New("the answers are larger than those of any zone at Cloudflare")

// size returns roughly how much memory the answer takes.
func (a Answer) size() int {
	const perRecord = 300 // bytes, in addition to the content
	n := 0
	for _, r := range a.Records {
		n += perRecord + len(r.Content)
	}
	return n
}

// Ask asks all questions in parallel. For each question, it tries one server after the other until one
// answers. If no server answers a question, Ask returns an error.
func (z *Zone) Ask(ctx context.Context, questions []Question) (map[Question]Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience(len(questions)))
	defer cancel()

	var mu sync.Mutex
	size := 0
	answers := make(map[Question]Answer, len(questions))
	g, ctx := parallel.WithContext(ctx, atATime)
	for i, q := range questions {
		g.Go(func() error {
			a, err := z.ask(ctx, q, i)

			mu.Lock()
			defer mu.Unlock()
			answers[q] = a
			if size += a.size(); size > mostAnswers && err == nil {
				return errTooMuch
			}
			return err
		})
	}

	return answers, g.Wait()
}

// ask starts with the server of index first, so that the questions are distributed among the servers.
func (z *Zone) ask(ctx context.Context, q Question, first int) (Answer, error) {
	var err error
	for try := range max(leastTries, len(z.servers)) {
		if ctx.Err() != nil {
			break
		}

		var m *mdns.Msg
		if m, err = z.client.exchange(ctx, z.servers[(first+try)%len(z.servers)], z.Name, q); err == nil {
			return answer(m, q, z.Name), nil
		}
	}

	if err == nil {
		err = ctx.Err()
	}

	return Answer{}, fmt.Errorf("%s %s: %w", q.Name, q.Type, err)
}

// exchange asks one server over UDP, and over TCP if the answer does not fit (RFC 7766). It returns an
// error if the answer is not authoritative.
func (c *Client) exchange(ctx context.Context, server, zone string, q Question) (*mdns.Msg, error) {
	m := new(mdns.Msg)
	m.SetQuestion(mdns.Fqdn(q.Name), qtype(q.Type))
	m.RecursionDesired = false
	m.SetEdns0(1232, false) // a message of this size passes every network without fragments

	var answer *mdns.Msg
	for _, network := range []string{"udp", "tcp"} {
		var err error
		asking := mdns.Client{Net: network, Timeout: c.timeout()}
		answer, _, err = asking.ExchangeContext(ctx, m, server)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", server, plainNetwork(err))
		}
		if !answer.Truncated {
			break
		}
	}

	if err := usable(m, answer, zone); err != nil {
		return nil, fmt.Errorf("%s: %w", server, err)
	}

	return answer, nil
}

func plainNetwork(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return errors.New("no answer in time")
	}
	return err
}

// usable returns an error if cfplan cannot use an answer.
func usable(asked, answer *mdns.Msg, zone string) error {
	q := asked.Question[0]
	switch {
	case len(answer.Question) != 1 || !strings.EqualFold(answer.Question[0].Name, q.Name) ||
		answer.Question[0].Qtype != q.Qtype:
		return errors.New("the answer belongs to another question")
	case answer.Truncated:
		return errors.New("the answer is cut short")
	case answer.Rcode != mdns.RcodeSuccess && answer.Rcode != mdns.RcodeNameError:
		return fmt.Errorf("the server answers %s", rcode(answer.Rcode))
	case !answer.Authoritative && !referral(answer, zone):
		return errors.New("the server is not authoritative for the zone")
	}
	return nil
}

// rcode returns the name of a response code, or its number if it has no name.
func rcode(code int) string {
	if name, known := mdns.RcodeToString[code]; known {
		return name
	}
	return fmt.Sprintf("with the code %d", code)
}

// referral reports whether the answer refers to the servers of a zone below this one that contains the
// name. A referral upwards or to the zone itself comes from a server that does not know the zone, or from a
// resolver.
func referral(m *mdns.Msg, zone string) bool {
	if m.Rcode != mdns.RcodeSuccess || len(m.Answer) > 0 {
		return false
	}

	for _, rr := range m.Ns {
		owner := rr.Header().Name
		below := mdns.IsSubDomain(mdns.Fqdn(zone), owner) && !strings.EqualFold(owner, mdns.Fqdn(zone))
		if rr.Header().Rrtype == mdns.TypeNS && below && mdns.IsSubDomain(owner, m.Question[0].Name) {
			return true
		}
	}

	return false
}

// seenRecord identifies a record within one answer.
type seenRecord struct {
	dns.Key
	priority uint16
}

// answer returns what a message says about the name itself. It ignores the records of an alias's target,
// which may follow in the same message, and counts a repeated record once.
func answer(m *mdns.Msg, q Question, zone string) Answer {
	a, seen := Answer{NoName: m.Rcode == mdns.RcodeNameError}, map[seenRecord]bool{}
	section := m.Answer
	if !m.Authoritative && referral(m, zone) {
		a.Delegated, section = true, m.Ns
	}

	for _, rr := range section {
		if !strings.EqualFold(rr.Header().Name, mdns.Fqdn(q.Name)) || rr.Header().Class != mdns.ClassINET {
			continue
		}

		switch record, ok := fromRR(rr, q.Name); {
		case !ok, seen[seenRecord{record.Key(), record.Priority}]:
		case record.Type == q.Type:
			seen[seenRecord{record.Key(), record.Priority}] = true
			a.Records = append(a.Records, record)
		case record.Type == dns.CNAME:
			a.Alias = &record
		}
	}

	return a
}

// inParallel runs do(0) to do(n-1) in parallel and waits for all of them.
func inParallel(n int, do func(i int)) {
	g := parallel.New(atATime)
	for i := range n {
		g.Go(func() error { do(i); return nil })
	}
	_ = g.Wait() // no function returns an error
}
