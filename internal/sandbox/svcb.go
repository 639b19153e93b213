package sandbox

import (
	"strings"

	"github.com/miekg/dns"
)

// serviceParameters parses the parameters of an HTTPS or SVCB record (RFC 9460) and returns them as
// Cloudflare shows them: in the same order, each value in quotation marks, as in alpn="h2".
func serviceParameters(typ, value string) (string, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return "", true
	}

	value, ok := escapeBare(value)
	if !ok {
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

// escapeBare escapes parentheses and semicolons outside of quotation marks, because the zone-file parser
// would interpret them. ok is false if a quotation mark is not closed.
func escapeBare(value string) (escaped string, ok bool) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && i+1 < len(value):
			b.WriteByte(c)
			i++
		case c == '"':
			quoted = !quoted
		case strings.IndexByte("();", c) >= 0 && !quoted:
			b.WriteByte('\\')
		}
		b.WriteByte(value[i])
	}

	return b.String(), !quoted
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
