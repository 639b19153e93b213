package genconfig

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// choose separates the records that a configuration can declare from the rest. It returns both in the order
// of the text.
func choose(z Zone) (records []Named, left []Omission) {
	all := slices.Clone(z.Records)
	slices.SortStableFunc(all, func(a, b Named) int { return compareNamed(a, b, z.Name) })
	declared := map[dns.Key]bool{}
	for _, r := range all {
		key := r.Record.Key()
		reason := whyNot(r.Record, z.Name)
		if reason == "" && declared[key] {
			reason = "there twice"
		}
		if reason != "" {
			left = append(left, Omission{r.Record, reason})
			continue
		}
		declared[key] = true
		records = append(records, r)
	}
	return records, left
}

// whyNot returns the reason not to declare a record, or "" to declare it.
func whyNot(r dns.Record, zone string) string {
	switch {
	case r.ManagedBy != "":
		return "kept by " + r.ManagedBy
	case r.Type == "SOA", r.Type == dns.NS && r.Name == zone:
		return "Cloudflare answers for the zone's own " + string(r.Type)
	case !r.Type.Writable():
		return "Cloudflare's API cannot write this type"
	}
	if r.NoPriority {
		return "Cloudflare's answer has no priority for it"
	}
	for _, p := range lint.Record(r, zone) {
		if p.Severity == dns.Error {
			return lowerFirst(p.Summary)
		}
	}
	if _, ok := contentText(r); !ok {
		return "its value cannot be written down"
	}
	return ""
}

func lowerFirst(s string) string {
	if s == "" || len(s) > 1 && strings.ToUpper(s[:2]) == s[:2] {
		return s // an abbreviation
	}
	return strings.ToLower(s[:1]) + s[1:]
}
