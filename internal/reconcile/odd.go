package reconcile

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// mostNamed bounds how many records a warning about an odd field names.
const mostNamed = 10

// oddField is a field that is odd in the same way in some records of a zone.
type oddField struct {
	field, what string
	records     []string
}

// oddFields groups the odd fields of a list of records, in the order of the list.
func oddFields(odd []cloudflare.Odd) []oddField {
	var out []oddField
	at := map[string]int{}
	for _, o := range odd {
		i, known := at[o.String()]
		if !known {
			i = len(out)
			at[o.String()] = i
			out = append(out, oddField{field: o.Field, what: o.What})
		}
		out[i].records = append(out[i].records, o.Record)
	}
	return out
}

// where names the records, or the first of them.
func (f oddField) where() string {
	named := f.records[:min(len(f.records), mostNamed)]
	if more := len(f.records) - len(named); more > 0 {
		return strings.Join(named, ", ") + fmt.Sprintf(" and %s more", english.Count(more, "record"))
	}
	return english.List(named, "and")
}

// oddWarnings returns the warnings about records of a zone that are not as Cloudflare's API
// describes them.
func oddWarnings(s observation) []plan.Diagnostic {
	var out []plan.Diagnostic
	for _, f := range oddFields(s.odd) {
		out = append(out, plan.Diagnostic{
			Severity: dns.Warning,
			Summary:  "Odd field in Cloudflare's answer",
			Detail: fmt.Sprintf("%s: the field %s %s, in %s. The rest of the zone was read as usual. Look for a "+
				"newer version of cfplan if Cloudflare has changed its API.", s.name, f.field, f.what, f.where()),
		})
	}
	return out
}

// logOdd writes a line for each odd field of a zone's records.
func logOdd(log *slog.Logger, seen []observation, known stored) {
	for _, s := range seen {
		if len(s.odd) == 0 {
			continue
		}
		hidden := hiddenIn(s.name, s.declared.Records, known.state.Zones[s.name])
		for _, f := range oddFields(s.odd) {
			log.Warn("Cloudflare's answer has an odd field",
				"zone", s.name, "field", f.field, "what", f.what, "records", hidden.Redact(f.where()))
		}
	}
}
