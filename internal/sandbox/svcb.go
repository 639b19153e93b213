package sandbox

import (
	"strings"

	"github.com/miekg/dns"
)

// serviceParameters reads the parameters of an HTTPS or SVCB record (RFC 9460)
// and writes them as Cloudflare shows them: in the order given, each value
// quoted, alpn="h2".
func serviceParameters(typ, value string) (string, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return "", true
	}
	// A parenthesis or semicolon would let the zone-file parser read on, or not
	// at all.
	if strings.ContainsAny(value, "();") {
		return "", false
	}
	rr, err := dns.NewRR(". 1 IN " + typ + " 1 . " + value)
	if err != nil || rr == nil {
		return "", false
	}
	var params []dns.SVCBKeyValue
	switch r := rr.(type) {
	case *dns.HTTPS:
		params = r.Value
	case *dns.SVCB:
		params = r.Value
	}
	return spellParameters(params)
}

func spellParameters(params []dns.SVCBKeyValue) (string, bool) {
	out := make([]string, len(params))
	seen := map[string]bool{}
	for i, p := range params {
		key := p.Key().String()
		if seen[key] {
			return "", false
		}
		seen[key] = true
		out[i] = key
		if v := p.String(); v != "" {
			out[i] += `="` + v + `"`
		}
	}
	return strings.Join(out, " "), true
}
