package dns

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	mdns "github.com/miekg/dns"
)

// canonicalParameters parses the parameters of an HTTPS or SVCB record (RFC 9460, section 2.1) and
// writes them in the order of their numbers, each value quoted.
func canonicalParameters(s string) (canonical, why string) {
	if strings.ContainsFunc(s, control) {
		return "", "it has control characters or line breaks in it"
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

// cutParameter cuts `key`, `key=value` or `key="value"` off the start of s. It does not resolve the
// escapes of the value.
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
			return "", "", "", "there is text directly after a closing quotation mark"
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

// parseParameter parses one parameter with miekg/dns, as the only parameter of a made-up record. Its
// checks make sure that the value cannot end that record's line.
func parseParameter(key, value string) (mdns.SVCBKeyValue, string) {
	key = strings.ToLower(key)
	if key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return nil, fmt.Sprintf("%s is not the name of a parameter; write parameters as in %s", Show(key), `alpn="h2,h3"`)
	}
	if _, ok := unescape(value); !ok {
		return nil, fmt.Sprintf(`a backslash in the value of %s begins an escape: write \\ for a backslash itself`, key)
	}
	if number, ok := numbered(key); ok {
		return parseNumbered(number, value)
	}

	if key == "mandatory" {
		value = namesOfNumbers(value)
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

// numbered returns the parameter that a key such as key1 stands for (RFC 9460, section 2.1). ok is
// false if the key has another form, is key0 (mandatory), or has no name of its own.
func numbered(key string) (parameter mdns.SVCBKey, ok bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(key, "key"), 10, 16)
	if err != nil || key != "key"+strconv.FormatUint(n, 10) || n == uint64(mdns.SVCB_MANDATORY) {
		return 0, false
	}
	parameter = mdns.SVCBKey(n)
	return parameter, slices.Contains(parameterNames, parameter.String())
}

// parseNumbered parses a value that is given as the bytes of a DNS message. It builds a message with
// these bytes, which miekg/dns parses.
func parseNumbered(key mdns.SVCBKey, value string) (mdns.SVCBKeyValue, string) {
	wrong := fmt.Sprintf("the value of key%d, which is %s, is not valid in a DNS message; write %s and its value in words",
		key, key, key)
	data, _ := unescape(value) // parseParameter has checked the escapes
	rr := &mdns.SVCB{
		Hdr:      mdns.RR_Header{Name: ".", Rrtype: mdns.TypeSVCB, Class: mdns.ClassINET},
		Priority: 1,
		Target:   ".",
		Value:    []mdns.SVCBKeyValue{&mdns.SVCBLocal{KeyCode: key, Data: []byte(data)}},
	}
	wire := make([]byte, mdns.Len(rr))
	end, err := mdns.PackRR(rr, wire, 0, nil, false)
	if err != nil {
		return nil, wrong
	}

	back, _, err := mdns.UnpackRR(wire[:end], 0)
	if record, ok := back.(*mdns.SVCB); ok && err == nil && len(record.Value) == 1 {
		return inWords(record.Value[0], wrong)
	}
	return nil, wrong
}

// inWords makes sure that a value can be written in presentation form and parsed again. A DNS message
// may hold values that cannot, such as an empty protocol.
func inWords(p mdns.SVCBKeyValue, wrong string) (mdns.SVCBKeyValue, string) {
	line := ". 1 IN SVCB 1 . " + p.Key().String()
	if v := p.String(); v != "" {
		line += `="` + v + `"`
	}

	rr, err := mdns.NewRR(line)
	record, ok := rr.(*mdns.SVCB)
	if ok && err == nil && len(record.Value) == 1 && record.Value[0].String() == p.String() {
		return record.Value[0], ""
	}
	return nil, wrong
}

// namesOfNumbers replaces numbered keys such as key1 in the value of mandatory by their names.
func namesOfNumbers(value string) string {
	parts := strings.Split(value, ",")
	for i, part := range parts {
		if key, ok := numbered(strings.ToLower(part)); ok {
			parts[i] = key.String()
		}
	}
	return strings.Join(parts, ",")
}

func parameterAdvice(key, value string) string {
	switch key {
	case "port":
		return Show(value) + " is not a port: write a number from 0 to 65535"
	case "ipv4hint":
		return Show(value) + " is not a list of IPv4 addresses with commas between them"
	case "ipv6hint":
		return Show(value) + " is not a list of IPv6 addresses with commas between them"
	case "alpn":
		return Show(value) + ` is not a list of protocols with commas between them, such as "h2,h3"`
	case "ech":
		return "the value of ech is not base64"
	case "no-default-alpn", "ohttp":
		return key + " takes no value"
	case "mandatory", "dohpath":
		return Show(value) + " is not a usable value of " + key
	}
	return "the parameter " + Show(key) + " is unknown." + DidYouMean(key, parameterNames) +
		" Write a parameter without a name by its number, such as key65280"
}

var parameterNames = []string{
	"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp",
}

// parametersFault checks the rules between parameters (RFC 9460, sections 7 and 8). params must be
// sorted. parametersFault also sorts the list in mandatory.
func parametersFault(params []mdns.SVCBKeyValue) string {
	present := map[mdns.SVCBKey]bool{}
	for _, p := range params {
		if present[p.Key()] {
			return "it has the parameter " + p.Key().String() + " twice"
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
			return "mandatory lists " + key.String() + ", which is missing"
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
