package importer

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/zonefile"
)

// readBIND reads a zone file. It is one zone, which the SOA or the $ORIGIN names if the user does not.
func readBIND(in Input) (*Source, []plan.Diagnostic) {
	if d, other := otherKind(in, BIND); other {
		return nil, []plan.Diagnostic{d}
	}
	z := Zone{Name: in.Zone}
	if z.Name == "" {
		z.Name = zonefile.ZoneOf(string(in.Text))
	}
	if z.Name == "" {
		return nil, []plan.Diagnostic{failure("Zone not named", "%s does not say which zone it describes: it has neither a SOA "+
			"with a full name nor an $ORIGIN. Name the zone, as in cfplan import example.com -from=bind -in=FILE.", dns.Show(in.Name))}
	}

	entries, problems := zonefile.Parse(bytes.NewReader(in.Text), zonefile.Options{
		Zone:     z.Name,
		File:     in.Name,
		Include:  includes(in),
		LeaveOut: true,
		Skipped: func(r dns.Record, file string, line int) {
			z.Left = append(z.Left, Left{
				Omission: genconfig.Omission{Record: r, Reason: whySkipped(r, z.Name)},
				At:       originAt(file, line),
			})
		},
	})
	says := whatItSays(in.Text, entries)
	for _, e := range entries {
		z.Records = append(z.Records, says.record(e))
	}

	src := &Source{Zones: []Zone{z}}
	if !says.proxied {
		src.Remarks = append(src.Remarks, fmt.Sprintf(unsaidProxied, "A zone file"))
	}
	return src, placed(problems)
}

// unsaidProxied is the remark on a source that cannot say which records are proxied.
const unsaidProxied = "%s does not say which records are proxied. Those that exist are declared as they are, new ones as not proxied."

// includes opens the files of $INCLUDE: those below the directory of the zone file, as a zone file may come
// from someone else.
func includes(in Input) func(string) (io.ReadCloser, error) {
	if in.Dir == nil {
		return nil
	}
	base := filepath.Dir(in.Name)
	return func(file string) (io.ReadCloser, error) {
		below, err := filepath.Rel(base, filepath.FromSlash(file))
		if err != nil || !filepath.IsLocal(below) {
			return nil, fmt.Errorf("%s is not below the zone file's directory", file)
		}
		return in.Dir.Open(filepath.ToSlash(below))
	}
}

// whySkipped says why zonefile passes over a record.
func whySkipped(r dns.Record, zone string) string {
	switch {
	case r.Name != "" && !dns.Inside(r.Name, zone):
		return outside
	case r.Type == "SOA", r.Type == dns.NS:
		return own(r.Type)
	case strings.Contains(string(r.Type), " "):
		return "its class is not IN"
	default:
		return noSuchType
	}
}

// outside is the reason for a record with a full name of another zone.
const outside = "its name is outside of the zone"

// own is the reason for the SOA and the NS of the zone itself.
func own(t dns.Type) string { return "Cloudflare answers for the zone's own " + string(t) }

// originAt is a place of a source whose records have no addresses.
func originAt(file string, line int) Origin {
	return Origin{Position: &plan.Position{File: file, Line: line}}
}

func placed(problems []zonefile.Problem) []plan.Diagnostic {
	out := make([]plan.Diagnostic, len(problems))
	for i, p := range problems {
		out[i] = problemAt(p.Problem, originAt(p.File, p.Line))
	}
	return out
}

// notation is what a zone file says of its records besides DNS.
type notation struct {
	// tags: it has the tags of Cloudflare's exports, so that a record without them has none.
	tags bool
	// settings: it has cfplan's tags for settings as well.
	settings bool
	// proxied: it says of some record whether it is proxied.
	proxied bool
}

// whatItSays tells the exports of Cloudflare and cfplan from the files of other programs. In those, what stands
// behind a semicolon is a remark for their readers, and not the comment of a record.
func whatItSays(text []byte, entries []zonefile.Entry) notation {
	says := notation{
		tags:     bytes.Contains(text, []byte("cf_tags=")),
		settings: bytes.HasPrefix(text, []byte("; Zone ")) && bytes.Contains(text[:min(len(text), 400)], []byte(", written by cfplan.")),
	}
	says.tags = says.tags || says.settings || slices.ContainsFunc(entries, func(e zonefile.Entry) bool {
		return e.HasProxied || len(e.Tags) > 0 // of an included file
	})
	says.proxied = slices.ContainsFunc(entries, func(e zonefile.Entry) bool { return e.HasProxied })
	return says
}

// record makes a record of an entry, with what the zone file cannot say of it.
func (n notation) record(e zonefile.Entry) Record {
	out := Record{Named: genconfig.Named{Record: e.Record}, At: originAt(e.File, e.Line)}
	r := &out.Record
	if !e.HasTTL {
		out.Silent = append(out.Silent, dns.AttrTTL)
	}
	if !e.HasProxied {
		out.Silent = append(out.Silent, dns.AttrProxied)
	}
	if !n.tags {
		out.Silent = append(out.Silent, dns.AttrComment, dns.AttrTags)
		if r.Comment != "" {
			out.Notes = []string{r.Comment}
			r.Comment = ""
		}
	}
	if !n.settings && r.Settings == (dns.Settings{}) {
		out.Silent = append(out.Silent, dns.AttrSettings)
	}
	if !n.settings && !r.PrivateRouting {
		out.Silent = append(out.Silent, dns.AttrPrivateRouting)
	}
	return out
}
