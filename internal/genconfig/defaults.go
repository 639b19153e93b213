package genconfig

import (
	"strconv"

	"github.com/cfplan/cfplan/internal/dns"
)

// traits are what the defaults block says; the zero value says nothing.
type traits struct {
	ttl     int // 0 where it is not said
	proxied bool
}

// effectiveTTL is that of a record without a ttl of its own.
func (t traits) effectiveTTL() int {
	if t.ttl == 0 {
		return dns.AutoTTL
	}
	return t.ttl
}

// ttlOf: a proxied record's is automatic, whatever it was written with.
func ttlOf(r dns.Record) int {
	if r.Proxied {
		return dns.AutoTTL
	}
	return r.TTL
}

func ttlText(ttl int) string {
	if ttl == dns.AutoTTL {
		return `"auto"`
	}
	return strconv.Itoa(ttl)
}

// fewestShared is how many blocks a default must spare an attribute.
const fewestShared = 3

// commonTraits finds what more than half of the blocks say that can say it.
func commonTraits(blocks []block) traits {
	ttls := map[int]int{}
	proxied, proxiable, free := 0, 0, 0
	for _, b := range blocks {
		r := b.records[0].Record
		if b.typ.Proxiable() {
			proxiable++
		}
		if r.Proxied {
			proxied++
		} else {
			free++
			ttls[r.TTL]++
		}
	}
	var t traits
	for ttl, n := range ttls {
		if ttl != dns.AutoTTL && n >= fewestShared && 2*n > free {
			t.ttl = ttl
		}
	}
	t.proxied = proxied >= fewestShared && 2*proxied > proxiable
	return t
}

func (p *printer) defaultsBlock() {
	p.line(`defaults {`)
	if p.defaults.ttl != 0 {
		p.attribute(dns.AttrTTL, strconv.Itoa(p.defaults.ttl))
	}
	if p.defaults.proxied {
		p.attribute(dns.AttrProxied, "true")
	}
	p.line(`}`)
}
