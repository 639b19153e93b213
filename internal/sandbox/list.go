package sandbox

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxPerPage is the limit in Cloudflare's specification. No report shows that a client has tried it.
const maxPerPage = 5_000_000

// listRecords answers GET …/dns_records. Like Cloudflare, it ignores unknown query parameters, so a
// misspelled filter returns the whole zone.
func listRecords(c *call) answer {
	p, refused := pageOf(c.query, 100, 1, maxPerPage)
	if refused != nil {
		return refused.answer()
	}

	match, refused := recordFilter(c.query)
	if refused != nil {
		return refused.answer()
	}

	found := slices.DeleteFunc(c.server.listed(c.zone), func(s *stored) bool { return !match(s.Record) })
	if refused := sortRecords(found, c.query); refused != nil {
		return refused.answer()
	}

	shown := p.cut(len(found))
	return jsonAnswer(http.StatusOK, envelope{result: joinRecords(found[shown.from:shown.to]), info: &shown.info})
}

// sortRecords sorts by the key that the query names. Records with equal keys keep their shuffled order, so
// that clients cannot rely on it.
func sortRecords(rs []*stored, q url.Values) *refusal {
	var compare func(a, b *stored) int
	switch q.Get("order") {
	case "", "type":
		compare = func(a, b *stored) int { return strings.Compare(a.Type, b.Type) }
	case "name":
		compare = func(a, b *stored) int { return strings.Compare(a.Name, b.Name) }
	case "content":
		compare = func(a, b *stored) int { return strings.Compare(a.Content, b.Content) }
	case "ttl":
		compare = func(a, b *stored) int { return cmp.Compare(a.TTL, b.TTL) }
	case "proxied":
		compare = func(a, b *stored) int {
			return strings.Compare(strconv.FormatBool(a.Proxied), strconv.FormatBool(b.Proxied))
		}
	default:
		return badParameter("order")
	}

	sign := 1
	if q.Get("direction") == "desc" {
		sign = -1
	}

	slices.SortStableFunc(rs, func(a, b *stored) int { return sign * compare(a, b) })
	return nil
}

type recordMatch func(Record) bool

// recordFilter returns the combination of all filters in a query.
func recordFilter(q url.Values) (recordMatch, *refusal) {
	var all []recordMatch
	all = append(all, textFilters(q, "name", func(r Record) string { return r.Name })...)
	all = append(all, textFilters(q, "content", func(r Record) string { return r.Content })...)
	all = append(all, textFilters(q, "comment", func(r Record) string { return r.Comment })...)
	all = append(all, presence(q, "comment", func(r Record) bool { return r.Comment != "" })...)
	if m := combine(tagFilters(q), q.Get("tag_match") == "any"); m != nil {
		all = append(all, m)
	}
	if v := q.Get("type"); v != "" {
		all = append(all, func(r Record) bool { return r.Type == v })
	}
	if v := q.Get("search"); v != "" {
		all = append(all, func(r Record) bool { return mentions(r, v) })
	}

	if v := q.Get("proxied"); v != "" {
		if v != "true" && v != "false" {
			return nil, badParameter("proxied")
		}
		all = append(all, func(r Record) bool { return r.Proxied == (v == "true") })
	}

	if m := combine(all, q.Get("match") == "any"); m != nil {
		return m, nil
	}

	return func(Record) bool { return true }, nil
}

// combine returns one filter that requires all of ms, or at least one of them if any is set. It returns nil
// if ms is empty.
func combine(ms []recordMatch, any bool) recordMatch {
	if len(ms) == 0 {
		return nil
	}
	return func(r Record) bool {
		hit := slices.ContainsFunc(ms, func(m recordMatch) bool { return m(r) == any })
		return hit == any
	}
}

// textFilters returns the filters for key, key.exact, key.contains, key.startswith and key.endswith. An empty
// .exact matches nothing, as measured at Cloudflare.
func textFilters(q url.Values, key string, of func(Record) string) []recordMatch {
	var out []recordMatch
	add := func(suffix string, match func(have, want string) bool) {
		values, ok := q[key+suffix]
		if !ok || values[0] == "" && suffix != ".exact" {
			return
		}
		want := strings.ToLower(values[0])
		out = append(out, func(r Record) bool { return match(strings.ToLower(of(r)), want) })
	}

	exact := func(have, want string) bool { return want != "" && have == want }
	add("", exact)
	add(".exact", exact)
	add(".contains", strings.Contains)
	add(".startswith", strings.HasPrefix)
	add(".endswith", strings.HasSuffix)
	return out
}

// presence returns the filters for key.present and key.absent, whose values do not matter.
func presence(q url.Values, key string, has func(Record) bool) []recordMatch {
	var out []recordMatch
	if q.Has(key + ".present") {
		out = append(out, has)
	}
	if q.Has(key + ".absent") {
		out = append(out, func(r Record) bool { return !has(r) })
	}
	return out
}

// tagFilters returns the filters for tags. "name" matches any tag of that name, and "name:value" compares the
// value as well.
func tagFilters(q url.Values) []recordMatch {
	var out []recordMatch
	add := func(suffix string, match func(tag, want string) bool, absent bool) {
		for _, v := range q["tag"+suffix] {
			out = append(out, func(r Record) bool {
				return slices.ContainsFunc(r.Tags, func(t string) bool { return match(t, v) }) != absent
			})
		}
	}

	add("", tagEqual, false)
	add(".exact", tagEqual, false)
	add(".present", tagNamed, false)
	add(".absent", tagNamed, true)
	add(".contains", tagValue(strings.Contains), false)
	add(".startswith", tagValue(strings.HasPrefix), false)
	add(".endswith", tagValue(strings.HasSuffix), false)
	return out
}

func tagEqual(tag, want string) bool {
	if !strings.Contains(want, ":") {
		return tagNamed(tag, want)
	}
	return tagValue(func(have, want string) bool { return have == want })(tag, want)
}

func tagNamed(tag, name string) bool {
	have, _, _ := strings.Cut(tag, ":")
	return strings.EqualFold(have, name)
}

// tagValue returns a comparison of tags that requires the same name and applies match to the values.
func tagValue(match func(have, want string) bool) func(tag, want string) bool {
	return func(tag, want string) bool {
		name, value, _ := strings.Cut(want, ":")
		_, have, _ := strings.Cut(tag, ":")
		return tagNamed(tag, name) && match(strings.ToLower(have), strings.ToLower(value))
	}
}

// mentions reports whether the free-text search finds v in the record.
func mentions(r Record, v string) bool {
	texts := append([]string{r.Name, r.Type, r.Content, r.Comment}, r.Tags...)
	return slices.ContainsFunc(texts, func(t string) bool {
		return strings.Contains(strings.ToLower(t), strings.ToLower(v))
	})
}
