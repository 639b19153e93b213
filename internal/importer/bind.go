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

// readBIND reads a zone file, which has one zone. If the user does not name the zone, the SOA or the $ORIGIN
// names it.
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
const unsaidProxied = "%s does not say which records are proxied. Records that exist keep their live setting; new records are not proxied."

// includes returns a function that opens the files of $INCLUDE. It opens only files below the directory of
// the zone file, because the zone file may come from someone else.
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

// whySkipped returns the reason why package zonefile skips a record.
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

// outside is the reason to leave out a record whose full name is in another zone.
const outside = "its name is outside of the zone"

// own returns the reason to leave out the SOA and NS records of the zone itself.
func own(t dns.Type) string { return "Cloudflare answers for the zone's own " + string(t) }

// originAt returns a place in a source whose format gives records no addresses.
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

// notation says which of Cloudflare's attributes a zone file can express.
type notation struct {
	// tags reports whether the file has the tags of Cloudflare's exports. In such a file, a record without
	// tags has none.
	tags bool
	// settings reports whether cfplan wrote the file, with its own tags for settings.
	settings bool
	// proxied reports whether the file says of at least one record whether it is proxied.
	proxied bool
}

// whatItSays distinguishes exports of Cloudflare and cfplan from the files of other programs. In the files of
// other programs, the text behind a semicolon is a remark for readers, not the comment of a record.
func whatItSays(text []byte, entries []zonefile.Entry) notation {
	says := notation{
		tags:     bytes.Contains(text, []byte("cf_tags=")),
		settings: bytes.HasPrefix(text, []byte("; Zone ")) && bytes.Contains(text[:min(len(text), 400)], []byte(", written by cfplan.")),
	}
	says.tags = says.tags || says.settings || slices.ContainsFunc(entries, func(e zonefile.Entry) bool {
		return e.HasProxied || len(e.Tags) > 0 // text does not contain the included files
	})
	says.proxied = slices.ContainsFunc(entries, func(e zonefile.Entry) bool { return e.HasProxied })
	return says
}

// record turns an entry into a record and lists the attributes on which the zone file is silent.
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
