package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// attribute is one line of a record: its name and its value as text.
type attribute struct {
	name dns.Attribute
	text string
}

// attributes lists the attributes of a record in the order in which a declaration has them. It leaves out
// attributes that have their default value and are invisible in DNS. It masks the values of sensitive attributes.
func attributes(v *plan.Values, sensitive []dns.Attribute) []attribute {
	out := []attribute{{dns.AttrContent, literal(v.Content)}}
	if v.Priority != nil {
		out = append(out, attribute{dns.AttrPriority, strconv.Itoa(int(*v.Priority))})
	}

	out = append(out,
		attribute{dns.AttrTTL, ttl(v.TTL)},
		attribute{dns.AttrProxied, strconv.FormatBool(v.Proxied)})

	if v.Comment != "" && slices.Contains(sensitive, dns.AttrComment) {
		out = append(out, attribute{dns.AttrComment, dns.SensitiveValue})
	} else if v.Comment != "" {
		out = append(out, attribute{dns.AttrComment, quoted(v.Comment)})
	}

	if len(v.Tags) > 0 && slices.Contains(sensitive, dns.AttrTags) {
		out = append(out, attribute{dns.AttrTags, dns.SensitiveValue})
	} else if len(v.Tags) > 0 {
		tags := make([]string, len(v.Tags))
		for i, tag := range v.Tags {
			tags[i] = quoted(tag)
		}
		out = append(out, attribute{dns.AttrTags, "[" + strings.Join(tags, ", ") + "]"})
	}

	if v.Settings != (dns.Settings{}) {
		out = append(out, attribute{dns.AttrSettings, settings(v.Settings)})
	}
	if v.PrivateRouting {
		out = append(out, attribute{dns.AttrPrivateRouting, "true"})
	}

	return out
}

// literal returns a content as a declaration has it. The content of a TXT already has quotation marks and gets no
// second pair.
func literal(s string) string {
	if len(s) > 1 && strings.HasPrefix(s, `"`) && strings.HasSuffix(s, `"`) {
		return Escape(s)
	}
	return quoted(s)
}

// quoted quotes a value as in HCL. Two different values never look the same.
func quoted(s string) string {
	return `"` + Escape(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)) + `"`
}

func ttl(seconds int) string {
	if seconds == dns.AutoTTL {
		return "auto"
	}
	return strconv.Itoa(seconds)
}

func settings(s dns.Settings) string {
	var on []string
	for _, x := range []struct {
		name dns.Attribute
		set  bool
	}{
		{dns.AttrFlattenCNAME, s.FlattenCNAME},
		{dns.AttrIPv4Only, s.IPv4Only},
		{dns.AttrIPv6Only, s.IPv6Only},
	} {
		if x.set {
			on = append(on, string(x.name)+" = true")
		}
	}

	return "{ " + strings.Join(on, ", ") + " }"
}

// attributes returns the lines inside of a change's block.
func (t *text) attributes(c plan.Change) []string {
	switch {
	case c.Before == nil:
		return t.plain("+", attributes(c.After, c.Sensitive))
	case c.After == nil:
		return t.plain("-", attributes(c.Before, c.Sensitive))
	default:
		return t.compared(c)
	}
}

func (t *text) plain(sign string, list []attribute) []string {
	paint := map[string]string{"+": green, "-": red}[sign]
	var lines []string
	for _, a := range list {
		lines = append(lines, fmt.Sprintf("      %s %-*s = %s", t.paint(sign, paint), longest(list), a.name, a.text))
	}
	return lines
}

func longest(list []attribute) int {
	n := 0
	for _, a := range list {
		n = max(n, len(a.name))
	}
	return n
}

// compared shows the content and the attributes that change, and counts the other attributes.
func (t *text) compared(c plan.Change) []string {
	rows := rowsOf(c)
	pad, hidden := 0, 0
	for _, r := range rows {
		if r.changed() || r.name == dns.AttrContent {
			pad = max(pad, len(r.name))
		}
	}

	var lines []string
	for _, r := range rows {
		switch {
		case r.changed():
			lines = append(lines, t.changedLine(r, pad)...)
		case r.name == dns.AttrContent:
			lines = append(lines, fmt.Sprintf("        %-*s = %s", pad, r.name, r.after))
		default:
			hidden++
		}
	}

	if hidden > 0 {
		note := fmt.Sprintf("# (%s hidden)", english.Count(hidden, "unchanged attribute"))
		lines = append(lines, "        "+t.paint(note, grey))
	}

	return lines
}

// long is the length in bytes from which the difference of two values is shown instead of the values.
const long = 50

// absent is shown for an attribute on a side that does not have it.
const absent = "null"

// row is an attribute on both sides of a change.
type row struct {
	name          dns.Attribute
	before, after string
	// masked is true if the attribute changes although both sides have the same text.
	masked bool
}

func (r row) changed() bool { return r.before != r.after || r.masked }

func (r row) onBothSides() bool { return r.before != absent && r.after != absent }

// isLong reports whether to show the difference of two values instead of the values.
func (r row) isLong() bool {
	return r.onBothSides() && (len(r.before) >= long || len(r.after) >= long)
}

// rowsOf compares both sides of a change, attribute by attribute.
func rowsOf(c plan.Change) []row {
	before, after := attributes(c.Before, c.Sensitive), attributes(c.After, c.Sensitive)

	var rows []row
	if c.Renames() {
		masked := slices.Contains(c.MaskedChanges, dns.AttrName)
		rows = append(rows, row{dns.AttrName, quoted(c.PreviousName), quoted(c.Name), masked})
	}
	content := len(rows)
	for _, name := range []dns.Attribute{
		dns.AttrContent, dns.AttrPriority, dns.AttrTTL, dns.AttrProxied, dns.AttrComment, dns.AttrTags, dns.AttrSettings,
		dns.AttrPrivateRouting,
	} {
		b, hasBefore := find(before, name)
		a, hasAfter := find(after, name)
		if hasBefore || hasAfter {
			rows = append(rows, row{name, b, a, slices.Contains(c.MaskedChanges, name)})
		}
	}

	if r := &rows[content]; r.before == r.after && c.Before.Content != c.After.Content {
		r.before, r.after = quoted(c.Before.Content), quoted(c.After.Content)
	}

	return rows
}

// changedRows lists the attributes whose value a change changes.
func changedRows(c plan.Change) []row {
	return slices.DeleteFunc(rowsOf(c), func(r row) bool { return !r.changed() })
}

// theSide returns the values of a change that has only one side.
func theSide(c plan.Change) *plan.Values {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

func find(list []attribute, name dns.Attribute) (string, bool) {
	for _, a := range list {
		if a.name == name {
			return a.text, true
		}
	}
	return absent, false
}
