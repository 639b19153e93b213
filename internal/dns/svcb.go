package dns

import (
	"fmt"
	"slices"
	"strings"

	mdns "github.com/miekg/dns"
)

// canonicalParameters reads the parameters of an HTTPS or SVCB record (RFC 9460,
// section 2.1) and writes them in the order of their numbers, each value quoted.
func canonicalParameters(s string) (canonical, why string) {
	if strings.ContainsFunc(s, control) {
		return "", "there are control characters or line breaks in it"
	}
	params, why := parseParameters(s)
	if why != "" {
		return "", why
	}
	slices.SortStableFunc(params, func(a, b mdns.SVCBKeyValue) int { return int(a.Key()) - int(b.Key()) })
	if why := parametersFault(params); why != "" {
		return "", why
	}
	out := make([]string, len(params))
	for i, p := range params {
		out[i] = p.Key().String()
		if v := p.String(); v != "" {
			out[i] += `="` + v + `"`
		}
	}
	return strings.Join(out, " "), ""
}

func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

func parseParameters(s string) (out []mdns.SVCBKeyValue, why string) {
	for s = strings.Trim(s, blanks); s != ""; s = strings.TrimLeft(s, blanks) {
		key, value, rest, why := cutParameter(s)
		if why != "" {
			return nil, why
		}
		p, why := parseParameter(key, value)
		if why != "" {
			return nil, why
		}
		out, s = append(out, p), rest
	}
	return out, ""
}

// cutParameter takes `key`, `key=value` or `key="value"` off the start of s. The
// escapes of the value stay.
func cutParameter(s string) (key, value, rest, why string) {
	end := strings.IndexAny(s, "= \t")
	if end < 0 {
		return s, "", "", ""
	}
	key, rest = s[:end], s[end:]
	if rest[0] != '=' {
		return key, "", rest, ""
	}
	rest = rest[1:]
	if strings.HasPrefix(rest, `"`) {
		end = closing(rest)
		if end < 0 {
			return "", "", "", "the last quotation mark is missing"
		}
		value, rest = rest[1:end], rest[end+1:]
		if rest != "" && strings.IndexByte(blanks, rest[0]) < 0 {
			return "", "", "", "there is text right behind a closing quotation mark"
		}
		return key, value, rest, ""
	}
	l := lexer{rest: rest}
	value, why = l.bare()
	if why != "" {
		return "", "", "", "a value with quotation marks, semicolons or parentheses in it needs quotation marks around it"
	}
	return key, value, l.rest, ""
}

// parseParameter leaves the meaning of each parameter to miekg/dns. The line
// that it is given holds one parameter and nothing that could end it.
func parseParameter(key, value string) (mdns.SVCBKeyValue, string) {
	key = strings.ToLower(key)
	if key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return nil, fmt.Sprintf("%s is not the name of a parameter; one is written as in %s", show(key), `alpn="h2,h3"`)
	}
	if _, ok := unescape(value); !ok {
		return nil, fmt.Sprintf(`a backslash in the value of %s begins an escape: write \\ for a backslash itself`, key)
	}
	line := ". 1 IN SVCB 1 . " + key
	if value != "" {
		line += `="` + value + `"`
	}
	rr, err := mdns.NewRR(line)
	if record, ok := rr.(*mdns.SVCB); ok && err == nil && len(record.Value) == 1 {
		return record.Value[0], ""
	}
	return nil, parameterAdvice(key, value)
}

func parameterAdvice(key, value string) string {
	switch key {
	case "port":
		return show(value) + " is not a port: write a number from 0 to 65535"
	case "ipv4hint":
		return show(value) + " is not a list of IPv4 addresses with commas between them"
	case "ipv6hint":
		return show(value) + " is not a list of IPv6 addresses with commas between them"
	case "alpn":
		return show(value) + ` is not a list of protocols with commas between them, such as "h2,h3"`
	case "ech":
		return "the value of ech is not base64"
	case "no-default-alpn", "ohttp":
		return key + " takes no value"
	case "mandatory", "dohpath":
		return show(value) + " is not a usable value of " + key
	}
	return "the parameter " + show(key) + " is not known." + didYouMean(key, parameterNames) + " One without a name is written by its number, such as key65280"
}

var parameterNames = []string{"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp"}

// parametersFault checks sorted parameters together (RFC 9460, sections 7 and
// 8). It puts the list of mandatory ones in order.
func parametersFault(params []mdns.SVCBKeyValue) string {
	present := map[mdns.SVCBKey]bool{}
	for _, p := range params {
		if present[p.Key()] {
			return "the parameter " + p.Key().String() + " is there twice"
		}
		present[p.Key()] = true
		if p.String() == "" && needsValue(p.Key()) {
			return "the parameter " + p.Key().String() + " needs a value"
		}
	}
	for _, p := range params {
		if m, ok := p.(*mdns.SVCBMandatory); ok {
			return mandatoryFault(m, present)
		}
	}
	if present[mdns.SVCB_NO_DEFAULT_ALPN] && !present[mdns.SVCB_ALPN] {
		return "no-default-alpn needs alpn beside it"
	}
	return ""
}

func mandatoryFault(m *mdns.SVCBMandatory, present map[mdns.SVCBKey]bool) string {
	if len(m.Code) == 0 {
		return "the parameter mandatory needs a value"
	}
	slices.Sort(m.Code)
	for i, key := range m.Code {
		switch {
		case key == mdns.SVCB_MANDATORY || key.String() == "":
			return "mandatory lists the names of other parameters, such as \"alpn,port\""
		case !present[key]:
			return "mandatory lists " + key.String() + ", which is not there"
		case i > 0 && m.Code[i-1] == key:
			return "mandatory lists " + key.String() + " twice"
		}
	}
	return ""
}

func needsValue(key mdns.SVCBKey) bool {
	switch key {
	case mdns.SVCB_ALPN, mdns.SVCB_PORT, mdns.SVCB_IPV4HINT, mdns.SVCB_IPV6HINT, mdns.SVCB_ECHCONFIG, mdns.SVCB_DOHPATH:
		return true
	}
	return false
}
