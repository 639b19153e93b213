package genconfig

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/cfplan/cfplan/internal/dns"
)

// contentText returns the content to write: the first form that HCL holds and that is read back as the same
// value.
func contentText(r dns.Record) (string, bool) {
	for _, text := range contentForms(r) {
		if v, p := dns.ParseContent(r.Type, text); p == nil && carried(text) && v.Content == r.Content && !v.HasPriority {
			return text, true
		}
	}
	return "", false
}

// contentForms returns the spellings of a content, the most readable first: the bare text of a TXT, the
// presentation form, and that form with \DDD for each byte that is not ASCII.
func contentForms(r dns.Record) []string {
	forms := []string{r.Content, decimalEscapes(r.Content)}
	if text := dns.TXTValue(r.Content); r.Type == dns.TXT && !strings.ContainsFunc(text, unicode.IsControl) {
		return append([]string{text}, forms...)
	}
	return forms
}

func decimalEscapes(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < 0x80 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\%03d`, c)
		}
	}
	return b.String()
}

// content returns the content as HCL.
func content(r dns.Record) string {
	text, _ := contentText(r) // choose has left out records without a usable content
	return literal(text)
}

// field is one attribute of structured data, with its value as HCL.
type field struct {
	name  dns.Attribute
	value string
}

// fields returns the structured data of a record, or nil if its value must be written as content: the type
// has no structured data, it is CAA, whose presentation form is well known, or only the presentation form can
// hold the value.
func fields(r dns.Record) []field {
	data := r.Data()
	if v, problems := dns.ParseData(r.Type, data); data == nil || r.Type == dns.CAA || len(problems) > 0 || v.Content != r.Content {
		return nil
	}
	var out []field
	for _, f := range dns.Fields(r.Type) {
		value, ok := scalar(data[f.Name])
		if !ok {
			return nil
		}
		if f.Optional && value == `""` {
			continue
		}
		out = append(out, field{dns.Attribute(f.Name), value})
	}
	return out
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case int:
		return strconv.Itoa(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case string:
		return literal(v), carried(v)
	}
	return "", false
}
