package sandbox

import (
	"fmt"
	"net"
	"strings"

	mdns "github.com/miekg/dns"
)

// automaticTTL is the served TTL of records whose TTL is 1
// (developers.cloudflare.com/dns/manage-dns-records/reference/ttl).
const automaticTTL = 300

// TTLs of answers that do not come from a record, as Cloudflare's name servers send them.
const (
	soaTTL = 1800
	nsTTL  = 86400
	anyTTL = 3789
)

func ttlOf(r Record) uint32 {
	if r.TTL <= 1 {
		return automaticTTL
	}
	return uint32(r.TTL)
}

// convertAll converts the records of a type. It leaves out invalid records.
func convertAll(owner string, rs []*stored, qtype uint16) []mdns.RR {
	var out []mdns.RR
	for _, s := range rs {
		if mdns.StringToType[s.Type] != qtype {
			continue
		}
		if rr := convert(owner, s.Record); rr != nil {
			out = append(out, rr)
		}
	}
	return out
}

// convert returns a record in the form of the dns library, or nil if the record is not valid.
func convert(owner string, r Record) mdns.RR {
	value, ok := rdata(r)
	if !ok {
		return nil
	}

	// The parser may not accept the owner in the client's spelling, so convert sets the owner afterwards.
	rr, err := mdns.NewRR(fmt.Sprintf(". %d IN %s %s", ttlOf(r), r.Type, value))
	if err != nil || rr == nil {
		return nil
	}

	rr.Header().Name = owner
	if !packs(rr) {
		return nil
	}

	return rr
}

// rdata returns the content in the form of a zone file. It splits a TXT content and quotes it again, so that
// nothing in the text can end it early. ok is false if a parser would not read the result as one record.
func rdata(r Record) (value string, ok bool) {
	if r.Type != "TXT" || !strings.HasPrefix(r.Content, `"`) {
		value = presentation(r)
		return value, value != "" && !hasControl(value)
	}
	parts, ok := characterStrings(r.Content)
	return quoteAll(splitLong(parts)), ok
}

// packs reports whether a record has a wire form. The server could not send a message that contains a record
// without one.
func packs(rr mdns.RR) bool {
	_, err := mdns.PackRR(rr, make([]byte, mdns.Len(rr)+mdns.MinMsgSize), 0, nil, false)
	return err == nil
}

func header(owner string, rrtype uint16, ttl uint32) mdns.RR_Header {
	return mdns.RR_Header{Name: owner, Rrtype: rrtype, Class: mdns.ClassINET, Ttl: ttl}
}

// address returns an A or AAAA record, or nil if the address does not have that type.
func address(owner string, ip net.IP, qtype uint16, ttl uint32) mdns.RR {
	four := ip.To4()
	switch {
	case qtype == mdns.TypeA && four != nil:
		return &mdns.A{Hdr: header(owner, qtype, ttl), A: four}
	case qtype == mdns.TypeAAAA && four == nil && len(ip) == net.IPv6len:
		return &mdns.AAAA{Hdr: header(owner, qtype, ttl), AAAA: ip}
	}
	return nil
}

// soa returns the zone's SOA. In answers without data, it also says how long resolvers may cache the answer
// (RFC 2308, section 3).
func soa(at node, owner string) mdns.RR {
	primary := "ns.invalid"
	if len(at.zone.NameServers) > 0 {
		primary = at.zone.NameServers[0]
	}

	return &mdns.SOA{
		Hdr:     header(owner, mdns.TypeSOA, soaTTL),
		Ns:      rooted(primary),
		Mbox:    "dns.cloudflare.com.",
		Serial:  at.serial,
		Refresh: 10000,
		Retry:   2400,
		Expire:  604800,
		Minttl:  1800,
	}
}

// apexNS returns the zone's name servers. In secondary zones, it adds the zone's own NS records. In other
// zones, Cloudflare ignores those records as long as it is the only provider
// (developers.cloudflare.com/dns/nameservers/nameserver-options).
func apexNS(owner string, at node, own []mdns.RR) []mdns.RR {
	var out []mdns.RR
	for _, ns := range at.zone.NameServers {
		rr := &mdns.NS{Hdr: header(owner, mdns.TypeNS, nsTTL), Ns: rooted(ns)}
		if packs(rr) {
			out = append(out, rr)
		}
	}
	if at.zone.Type == "secondary" {
		out = append(out, own...)
	}
	return out
}

// frontA and frontAAAA are addresses of Cloudflare (cloudflare.com/ips). All proxied names have these
// addresses.
var (
	frontA    = []net.IP{net.IPv4(104, 16, 132, 229).To4(), net.IPv4(104, 16, 133, 229).To4()}
	frontAAAA = []net.IP{net.ParseIP("2606:4700::6810:84e5"), net.ParseIP("2606:4700::6810:85e5")}
)

// front returns the addresses of a proxied name. A name has addresses of both families, whatever its origin
// has, unless a setting excludes one family.
func front(owner string, at node, qtype uint16) []mdns.RR {
	var out []mdns.RR
	for _, ip := range frontAddresses(at, qtype) {
		out = append(out, address(owner, ip, qtype, automaticTTL))
	}
	return out
}

func frontAddresses(at node, qtype uint16) []net.IP {
	switch {
	case qtype == mdns.TypeA && !at.set("ipv6_only"):
		return frontA
	case qtype == mdns.TypeAAAA && !at.set("ipv4_only"):
		return frontAAAA
	}
	return nil
}

// set reports whether a setting is on for any record of the name.
func (n node) set(setting string) bool {
	for _, s := range n.records {
		if s.Settings[setting] {
			return true
		}
	}
	return false
}

// frontHTTPS returns the HTTPS record that Cloudflare makes up for a proxied name.
func frontHTTPS(owner string, at node) []mdns.RR {
	value := []mdns.SVCBKeyValue{&mdns.SVCBAlpn{Alpn: []string{"h3", "h2"}}}
	if hint := frontAddresses(at, mdns.TypeA); hint != nil {
		value = append(value, &mdns.SVCBIPv4Hint{Hint: hint})
	}
	if hint := frontAddresses(at, mdns.TypeAAAA); hint != nil {
		value = append(value, &mdns.SVCBIPv6Hint{Hint: hint})
	}
	return []mdns.RR{&mdns.HTTPS{SVCB: mdns.SVCB{
		Hdr:      header(owner, mdns.TypeHTTPS, automaticTTL),
		Priority: 1,
		Target:   ".",
		Value:    value,
	}}}
}

// refusalOfANY returns the record that replaces all types of a name (RFC 8482, section 4.2).
func refusalOfANY(owner string) mdns.RR {
	return &mdns.HINFO{Hdr: header(owner, mdns.TypeHINFO, anyTTL), Cpu: "RFC8482"}
}
