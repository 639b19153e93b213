package zonefile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cfplan/cfplan/internal/dns"
)

// note has the content of the comment after a record, in the notation of Cloudflare's import and
// export: the record's comment, then cf_tags= with the tags. Tags that begin with cf- are settings.
//
// cfplan adds cf-ipv4-only, cf-ipv6-only, cf-private-routing and cf-name-server. Without the first
// three, a record would lose its settings. The last says whether an NS at the zone's own name is one
// of its name servers, which is the default, or (false) an ordinary record.
type note struct {
	comment  string
	tags     []string
	proxied  *bool
	settings dns.Settings
	private  bool
	assigned *bool
	// unknown has the reserved tags that Parse does not know.
	unknown []string
}

const tagsMark = "cf_tags="

// readNote parses a comment without its semicolon. why is a sentence that says what is wrong with
// the tags, or "" if nothing is.
func readNote(text string) (n note, why string) {
	comment, tags := cutTags(text)
	n.comment = unescapeComment(strings.Trim(strings.TrimLeft(comment, ";"), " \t"))
	list, why := splitTags(tags)
	if why != "" {
		return note{}, why
	}

	for _, tag := range list {
		n.take(tag)
	}
	slices.Sort(n.tags)
	n.tags = slices.Compact(n.tags)
	return n, ""
}

// cutTags cuts at the last cf_tags= that is a word of its own. If the comment itself contains
// cf_tags=, another one follows it.
func cutTags(text string) (comment, tags string) {
	for end := len(text); ; {
		i := strings.LastIndex(text[:end], tagsMark)
		switch {
		case i < 0:
			return text, ""
		case i == 0 || strings.IndexByte(" \t;", text[i-1]) >= 0:
			return text[:i], text[i+len(tagsMark):]
		}
		end = i
	}
}

// splitTags splits tags of the forms name, name:value and name:"value", separated by commas. A
// quoted value is a JSON string.
func splitTags(s string) (out []string, why string) {
	for s = strings.Trim(s, " \t"); s != ""; {
		end := strings.IndexAny(s, `,"`)
		if end < 0 {
			end = len(s)
		}
		tag := strings.Trim(s[:end], " \t")
		s = s[end:]

		if strings.HasPrefix(s, `"`) {
			value, rest, ok := cutString(s)
			if !ok || !strings.HasSuffix(tag, ":") {
				return nil, `Write a quoted value of a tag as in cf_tags=name:"value", with \" for a quotation mark inside it.`
			}
			if tag += value; value == "" {
				tag = strings.TrimSuffix(tag, ":") // Cloudflare treats both the same
			}
			s = strings.TrimLeft(rest, " \t")
		}

		if tag != "" {
			out = append(out, tag)
		}
		if s != "" && s[0] != ',' {
			return nil, "There is text after the closing quotation mark of a tag's value."
		}
		s = strings.TrimPrefix(s, ",")
	}
	return out, ""
}

// cutString cuts a JSON string off the start of s.
func cutString(s string) (value, rest string, ok bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			err := json.Unmarshal([]byte(s[:i+1]), &value)
			return value, s[i+1:], err == nil
		}
	}
	return "", "", false
}

// take adds one tag, or the setting that a reserved tag stands for.
func (n *note) take(tag string) {
	name, value, colon := strings.Cut(tag, ":")
	name = strings.ToLower(name)
	yes := value != "false"

	switch name {
	case "cf-proxied":
		n.proxied = &yes
	case "cf-flatten-cname":
		n.settings.FlattenCNAME = yes
	case "cf-ipv4-only":
		n.settings.IPv4Only = yes
	case "cf-ipv6-only":
		n.settings.IPv6Only = yes
	case "cf-private-routing":
		n.private = yes
	case "cf-name-server":
		n.assigned = &yes
	default:
		if strings.HasPrefix(name, "cf-") {
			n.unknown = append(n.unknown, tag)
			return
		}
		if colon {
			name += ":" + value
		}
		n.tags = append(n.tags, name)
	}
}

// noteOf returns the comment to write after a record, or "" if it needs none. apexServer marks a
// record that Parse would otherwise treat as a name server of the zone.
func noteOf(r dns.Record, apexServer bool) string {
	var tags []string
	for _, tag := range r.Tags {
		tags = append(tags, quoteTag(tag))
	}

	if r.Type.Proxiable() || r.Proxied {
		tags = append(tags, fmt.Sprintf("cf-proxied:%v", r.Proxied))
	}
	for _, s := range []struct {
		on   bool
		name string
	}{
		{r.Settings.FlattenCNAME, "cf-flatten-cname"},
		{r.Settings.IPv4Only, "cf-ipv4-only"},
		{r.Settings.IPv6Only, "cf-ipv6-only"},
		{r.PrivateRouting, "cf-private-routing"},
		{apexServer, "cf-name-server:false"},
	} {
		if s.on {
			tags = append(tags, s.name)
		}
	}

	text := escapeComment(r.Comment)
	if len(tags) > 0 || strings.Contains(text, tagsMark) {
		text = strings.TrimLeft(text+" "+tagsMark+strings.Join(tags, ","), " ")
	}
	return text
}

// quoteTag writes the value of a tag as a JSON string if it could be misread without quotation marks.
// It escapes equals signs, so that no value contains cf_tags=.
func quoteTag(tag string) string {
	name, value, colon := strings.Cut(tag, ":")
	if !colon {
		return comment(name)
	}

	name = comment(name) // a name cannot be quoted; Cloudflare allows only letters and digits in it
	if !strings.ContainsAny(value, "\"=,\\\t") && comment(value) == value && strings.Trim(value, " ") == value {
		return name + ":" + value
	}

	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // a string can always be encoded
	return name + ":" + strings.ReplaceAll(visibleJSON(strings.TrimSuffix(b.String(), "\n")), "=", `\u003d`)
}

// escapeComment writes characters that a comment cannot contain as \DDD, an extension of the
// notation: hidden characters, above all line breaks, a blank at either end, and a semicolon at the
// start. It also escapes a backslash that would look like the beginning of an escape.
func escapeComment(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		_, size := utf8.DecodeRuneInString(s[i:])
		edge := i == 0 || i == len(s)-1
		switch c := s[i]; {
		case hidden(s[i:]) > 0, c == '\t', edge && c == ' ', i == 0 && c == ';', c == '\\' && escapable(s[i:]):
			decimal(&b, s[i:i+size])
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

func unescapeComment(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}

	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if escapable(s[i:]) {
			c, _ := escaped(s[i:])
			b.WriteByte(c)
			i += 3
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// escapable reports whether s begins with an escape that escapeComment writes. Every other backslash
// in a comment stands for itself.
func escapable(s string) bool {
	if len(s) < 4 || s[0] != '\\' {
		return false
	}
	v, err := strconv.ParseUint(s[1:4], 10, 8)
	return err == nil && (v <= ' ' || v == '#' || v == ';' || v == '\\' || v >= 0x7f)
}
