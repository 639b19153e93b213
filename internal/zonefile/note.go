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

// note is the content of the comment after a record, in the notation of Cloudflare's import and
// export: the record's comment, then cf_tags= with the tags. Tags that begin with cf- are settings.
//
// cfplan adds four settings to that notation. Without cf-ipv4-only, cf-ipv6-only and
// cf-private-routing, a record would lose its settings. cf-name-server says whether an NS at the zone's
// own name is one of the zone's name servers (the default) or an ordinary record (false).
type note struct {
	comment  string
	tags     []string
	proxied  *bool
	settings dns.Settings
	private  bool
	assigned *bool
	// unknown lists the tags that begin with cf- and that Parse does not know.
	unknown []string
}

const tagsMark = "cf_tags="

// readNote parses a comment without its semicolon. If the tags are malformed, why is a sentence that
// says so; otherwise it is "".
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

// cutTags cuts at the last cf_tags= at the start of a word. It must be the last, because the comment
// before it may contain cf_tags= itself.
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
				tag = strings.TrimSuffix(tag, ":") // to Cloudflare, name:"" and name are the same
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

// take adds one tag to the note. If the tag is reserved, take sets the setting that it stands for.
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

// noteOf returns the comment to write after a record, or "" if the record needs none. apexServer says that the record
// is an NS at the zone's own name. noteOf then adds cf-name-server:false, so that Parse does not skip the record.
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

	name = comment(name) // the notation cannot quote names, and Cloudflare allows no special characters in them
	if !strings.ContainsAny(value, "\"=,\\\t") && comment(value) == value && strings.Trim(value, " ") == value {
		return name + ":" + value
	}

	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // encoding a string cannot fail
	return name + ":" + strings.ReplaceAll(visibleJSON(strings.TrimSuffix(b.String(), "\n")), "=", `\u003d`)
}

// escapeComment writes characters that a comment cannot contain as \DDD, which extends the notation.
// These are hidden characters (most importantly line breaks), a blank at either end, and a semicolon at
// the start. It also escapes a backslash that would look like the beginning of an escape.
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
