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

// Answer is what the servers say to a question.
type Answer struct {
	// Records of the name and type, canonical, with the TTL that is served.
	Records []dns.Record
	// Alias is the CNAME at the name, where another type was asked for.
	Alias *dns.Record
	// Delegated: the name belongs to a zone of its own, below this one.
	Delegated bool
	// NoName: the name does not exist (RFC 8020), not with another type either.
	NoName bool
}

// empty: the name has nothing of the type.
func (a Answer) empty() bool { return len(a.Records) == 0 && a.Alias == nil && !a.Delegated }

// mostAnswers bounds the answers to the questions of one round, in bytes as they are kept. A large zone has a few
// million; a server can answer each question with 64 KiB.
const mostAnswers = 64 << 20

var errTooMuch = errors.New("the answers are larger than those of any zone at Cloudflare")

// size is about what the answer takes.
func (a Answer) size() int {
	const perRecord = 300 // bytes, beside the content
	n := 0
	for _, r := range a.Records {
		n += perRecord + len(r.Content)
	}
	return n
}

// Ask puts all questions, several at a time, each to one server after the other
// until one answers. One that nobody answers is an error.
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

// ask begins with the server number first, so that the questions are spread.
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

// exchange asks one server, over UDP and, where the answer does not fit, TCP
// (RFC 7766). It is an error where the answer has no authority.
func (c *Client) exchange(ctx context.Context, server, zone string, q Question) (*mdns.Msg, error) {
	m := new(mdns.Msg)
	m.SetQuestion(mdns.Fqdn(q.Name), qtype(q.Type))
	m.RecursionDesired = false
	m.SetEdns0(1232, false) // fits every path without fragments
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

// usable reports why an answer does not count.
func usable(asked, answer *mdns.Msg, zone string) error {
	q := asked.Question[0]
	switch {
	case len(answer.Question) != 1 || !strings.EqualFold(answer.Question[0].Name, q.Name) || answer.Question[0].Qtype != q.Qtype:
		return errors.New("the answer belongs to another question")
	case answer.Truncated:
		return errors.New("the answer is cut short")
	case answer.Rcode != mdns.RcodeSuccess && answer.Rcode != mdns.RcodeNameError:
		return fmt.Errorf("the server answers %s", rcode(answer.Rcode))
	case !answer.Authoritative && !referral(answer, zone):
		return errors.New("the server has no authority for the zone")
	}
	return nil
}

// rcode names a response code, also one that has no name.
func rcode(code int) string {
	if name, known := mdns.RcodeToString[code]; known {
		return name
	}
	return fmt.Sprintf("with the code %d", code)
}

// referral reports whether the answer sends to the servers of a zone below, in
// which the asked name is. One that sends upwards, or to the zone itself, comes from
// a server that does not know the zone, or that asks others.
func referral(m *mdns.Msg, zone string) bool {
	if m.Rcode != mdns.RcodeSuccess || len(m.Answer) > 0 {
		return false
	}
	for _, rr := range m.Ns {
		owner := rr.Header().Name
		if rr.Header().Rrtype == mdns.TypeNS && mdns.IsSubDomain(mdns.Fqdn(zone), owner) && !strings.EqualFold(owner, mdns.Fqdn(zone)) &&
			mdns.IsSubDomain(owner, m.Question[0].Name) {
			return true
		}
	}
	return false
}

// seenRecord tells the records of one answer apart.
type seenRecord struct {
	dns.Key
	priority uint16
}

// answer picks what an answer says about the name itself. What an alias points to
// stands behind it in the same answer and is not of interest. A record that is there
// twice is one.
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

// inParallel runs do(0) to do(n-1) and waits for them.
func inParallel(n int, do func(i int)) {
	g := parallel.New(atATime)
	for i := range n {
		g.Go(func() error { do(i); return nil })
	}
	_ = g.Wait() // none fails
}
