package dns

import (
	"encoding/base64"

	mdns "github.com/miekg/dns"
)

// MaxWire is Cloudflare's limit for the data of one record in a DNS message, in bytes.
const MaxWire = 4096

// smallContent is a length of content whose data cannot reach MaxWire, whatever the type. The content
// that grows most is the address :: in a list of hints: two characters and a comma become sixteen
// bytes.
const smallContent = MaxWire / 8

// WireSize returns the length of a record's data in a DNS message, in bytes. For short content, it
// returns an estimate below [MaxWire].
func (r Record) WireSize() int {
	if len(r.Content) <= smallContent {
		return len(r.Content)
	}

	switch r.Type {
	case TXT:
		n := len(TXTValue(r.Content))
		return n + (n+maxString-1)/maxString // a length byte comes before each string
	case OPENPGPKEY:
		return base64Size(r.Content)
	}

	f, _ := formOf(r.Type)
	texts, p := f.read(r.Type, r.Content)
	if p != nil {
		return len(r.Content)
	}

	size := 0
	for i, m := range f.members {
		size += m.wireSize(r.Type, texts[i])
	}
	return size
}

func (m member) wireSize(t Type, s string) int {
	switch m.kind {
	case kindNumber:
		return m.width()
	case kindHost:
		return hostSize(s)
	case kindHex:
		return len(s) / 2
	case kindBase64:
		return base64Size(s)
	case kindParameters:
		return parametersSize(s)
	}

	if m.kind == kindText && t != NAPTR {
		return len(s) // the value of a CAA and the target of a URI extend to the end of the data
	}
	return 1 + len(s)
}

// hostSize returns the size of a host name in bytes, with a length byte for each label and for the
// root.
func hostSize(host string) int {
	if host == "." {
		return 1
	}
	return len(host) + 2
}

func (m member) width() int {
	if m.Max > 255 {
		return 2
	}
	return 1
}

func base64Size(s string) int {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return len(s)
	}
	return len(b)
}

func parametersSize(s string) int {
	params, _ := parseParameters(s)
	rr := &mdns.SVCB{Hdr: mdns.RR_Header{Name: "."}, Target: "."}
	empty := mdns.Len(rr)
	rr.Value = params
	return mdns.Len(rr) - empty
}
