package genconfig

import (
	"strconv"

	"github.com/cfplan/cfplan/internal/dns"
)

// traits are the attributes in the defaults block. The zero value stands for no defaults block.
type traits struct {
	ttl     int // 0 if the block does not set it
	proxied bool
}

// effectiveTTL returns the TTL of a record that does not set its own.
func (t traits) effectiveTTL() int {
	if t.ttl == 0 {
		return dns.AutoTTL
	}
	return t.ttl
}

// ttlOf returns the TTL of a record. The TTL of a proxied record is automatic, whatever its TTL field is.
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

// fewestShared is the smallest number of blocks that must share a value before it becomes a default.
const fewestShared = 3

// commonTraits returns the values that more than half of the blocks share, of those blocks that can have the
// attribute.
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
