package zonefile

import (
	"fmt"
	"strings"

	mdns "github.com/miekg/dns"

	"github.com/cfplan/cfplan/internal/dns"
)

// hosts maps each type with a host name to the index of the host name among the words of the value. The
// name may be relative to the $ORIGIN.
var hosts = map[dns.Type]int{
	dns.CNAME: 0,
	dns.NS:    0,
	dns.PTR:   0,
	dns.MX:    1,
	dns.HTTPS: 1,
	dns.SVCB:  1,
	dns.SRV:   3,
	dns.NAPTR: 5,
}

// value parses the value of a record according to its type.
func (f *file) value(h header) (v dns.Value, ok bool) {
	if len(h.rest) == 0 {
		f.fault(f.at, "zonefile-syntax", dns.AttrContent, "Record without a value",
			"Write a value after the type %s.", h.typ)
		return v, false
	}

	text, why := f.content(h)
	if why != "" {
		f.fault(f.at, "presentation", dns.AttrContent, fmt.Sprintf("Invalid %s record", h.typ), "%s", why)
		return v, false
	}

	v, problem := dns.ParseContent(h.typ, text)
	if problem != nil {
		f.add(f.at, problem)
		return v, false
	}
	if dns.NeedsPriority(h.typ) && !v.HasPriority {
		f.fault(f.at, "data", dns.AttrPriority, "Missing priority",
			"Write the priority of an MX record before its host, as in %q.", "10 mail.example.com.")
		return v, false
	}
	return v, true
}

// content returns a value in the form that package dns parses: with full names and quoted texts.
func (f *file) content(h header) (text, why string) {
	if h.rest[0] == `\#` {
		return generic(h)
	}
	if h.typ == dns.TXT {
		return f.text(h.rest)
	}

	words := append([]string(nil), h.rest...)
	if i, ok := hosts[h.typ]; ok && i < len(words) && words[i] != "." {
		words[i] = f.absolute(words[i])
	}
	return strings.Join(words, " "), ""
}

// text quotes the words of a TXT that are not quoted. Each word is a separate string, and the text is all
// strings joined without blanks.
func (f *file) text(words []string) (text, why string) {
	out := make([]string, len(words))
	bare := 0
	for i, w := range words {
		out[i] = w
		if w[0] == '"' {
			continue
		}
		if strings.Contains(strings.ReplaceAll(w, `\"`, ""), `"`) {
			return "", dns.Show(w) + " has a quotation mark in the middle. Write quotation marks around the whole text."
		}
		bare++
		out[i] = `"` + w + `"`
	}

	if bare > 0 && len(words) > 1 {
		f.caution(f.at, "zonefile-text", dns.AttrContent, "Text without quotation marks",
			"A zone file drops the blanks between words that are not in quotation marks. "+
				"To keep the blanks, write quotation marks around the whole text.")
	}
	return strings.Join(out, " "), ""
}

// generic parses a value in the generic form, which is possible for every type (RFC 3597, section 5).
func generic(h header) (text, why string) {
	rr, err := mdns.NewRR(". 1 IN " + string(h.typ) + " " + strings.Join(h.rest, " "))
	if err != nil || rr == nil || mdns.TypeToString[rr.Header().Rrtype] != string(h.typ) {
		return "", `Write the number of bytes and the bytes in hexadecimal digits after \#. ` +
			`The bytes in this line are not a valid value of the type.`
	}
	return strings.TrimPrefix(rr.String(), rr.Header().String()), ""
}
