package sandbox

import (
	"slices"

	mdns "github.com/miekg/dns"
)

// maxChain is the largest number of names that the server looks up in a chain of CNAMEs.
const maxChain = 16

// inquiry is the state of one question while the server answers it.
type inquiry struct {
	ns    *NameServer
	qtype uint16
	msg   *mdns.Msg
	// seen are the names that the server has looked up. A chain ends if it reaches one of them again.
	seen []string
}

// follow answers for a name and for the targets of its CNAMEs, as far as they are in the sandbox's zones
// (RFC 1034, section 4.3.2). It returns the first name outside of the zones, or "" if there is none.
func (i *inquiry) follow(owner string) (outside string) {
	for owner != "" {
		name := bare(owner)
		if slices.Contains(i.seen, name) || len(i.seen) == maxChain {
			return ""
		}
		at, ok := i.ns.server.find(name, i.qtype)
		if !ok {
			return owner
		}
		i.seen = append(i.seen, name)
		owner = i.step(owner, at)
	}
	return ""
}

// step answers for one name. If the name has a CNAME in place of an answer, it returns the target;
// otherwise it returns "".
func (i *inquiry) step(owner string, at node) (target string) {
	switch {
	case at.cut != "":
		i.refer(owner, at)
	case !at.exists:
		// The last name of a chain decides the code of the answer (RFC 6604, section 3).
		i.msg.Rcode = mdns.RcodeNameError
		i.msg.Ns = append(i.msg.Ns, soa(at, at.zone.Name+"."))
	case i.qtype == mdns.TypeANY:
		i.msg.Answer = append(i.msg.Answer, refusalOfANY(owner))
	default:
		return i.data(owner, at)
	}
	return ""
}

// refer answers with the servers of a delegation, because this server does not have the data of the delegated
// zone.
func (i *inquiry) refer(owner string, at node) {
	i.msg.Authoritative = len(i.msg.Answer) > 0 // a CNAME before the delegation comes from this server's data
	cut := owner[len(owner)-len(at.cut)-1:]     // in the client's spelling

	i.msg.Ns = append(i.msg.Ns, convertAll(cut, at.records, mdns.TypeNS)...)
	for _, s := range at.glue {
		i.msg.Extra = append(i.msg.Extra, convertAll(s.Name+".", []*stored{s}, mdns.StringToType[s.Type])...)
	}
}

func (i *inquiry) data(owner string, at node) (target string) {
	if c := at.cname(); c != nil && !at.hidesCNAME() && i.qtype != mdns.TypeCNAME {
		if rr, ok := convert(owner, c.Record).(*mdns.CNAME); ok {
			i.msg.Answer = append(i.msg.Answer, rr)
			return rr.Target
		}
	}
	found := i.records(owner, at)
	i.msg.Answer = append(i.msg.Answer, found...)
	if len(found) == 0 {
		i.msg.Ns = append(i.msg.Ns, soa(at, at.zone.Name+"."))
	}
	return ""
}

// records returns the records that answer the question at a name. The callers have already handled
// delegations and CNAMEs that the client must follow.
func (i *inquiry) records(owner string, at node) []mdns.RR {
	own := convertAll(owner, at.records, i.qtype)
	address := i.qtype == mdns.TypeA || i.qtype == mdns.TypeAAAA
	switch {
	case i.qtype == mdns.TypeSOA && at.apex():
		return []mdns.RR{soa(at, owner)}
	case i.qtype == mdns.TypeNS && at.apex():
		return apexNS(owner, at, own)
	case address && at.proxied():
		return front(owner, at, i.qtype)
	case address && at.hidesCNAME():
		return i.flatten(owner, *at.cname())
	case i.qtype == mdns.TypeCNAME && at.hidesCNAME():
		return nil
	case i.qtype == mdns.TypeHTTPS && len(own) == 0 && at.proxied() && i.ns.SynthesizeHTTPS:
		return frontHTTPS(owner, at)
	}

	return own
}

// cname returns the CNAME of a node, or nil if there is none.
func (n node) cname() *stored {
	i := slices.IndexFunc(n.records, func(s *stored) bool { return s.Type == "CNAME" })
	if i < 0 {
		return nil
	}
	return n.records[i]
}

// proxied reports whether Cloudflare proxies the name. One proxied record makes all addresses of the name
// proxied (developers.cloudflare.com/dns/proxy-status).
func (n node) proxied() bool {
	return !n.zone.Paused && slices.ContainsFunc(n.records, func(s *stored) bool { return s.Proxied })
}

// hidesCNAME reports whether the node has a CNAME that is proxied or flattened, so that resolvers get only
// addresses. A CNAME at the apex is always flattened (developers.cloudflare.com/dns/cname-flattening).
func (n node) hidesCNAME() bool {
	c := n.cname()
	return c != nil && (n.proxied() || n.apex() || c.Settings["flatten_cname"])
}

// flatten returns the addresses of a CNAME's target in place of the CNAME, with the lower of the two TTLs
// (developers.cloudflare.com/dns/cname-flattening/cname-flattening-diagram).
func (i *inquiry) flatten(owner string, c stored) []mdns.RR {
	inner := inquiry{ns: i.ns, qtype: i.qtype, msg: new(mdns.Msg), seen: i.seen}
	outside := inner.follow(rooted(c.Content))
	ttl := ttlOf(c.Record)
	var out []mdns.RR
	for _, rr := range inner.msg.Answer {
		if rr.Header().Rrtype == i.qtype {
			rr.Header().Name, rr.Header().Ttl = owner, min(rr.Header().Ttl, ttl)
			out = append(out, rr)
		}
	}

	if outside == "" || i.ns.Resolve == nil {
		return out
	}

	for _, ip := range i.ns.Resolve(bare(outside), i.qtype) {
		if rr := address(owner, ip, i.qtype, ttl); rr != nil {
			out = append(out, rr)
		}
	}

	return out
}
