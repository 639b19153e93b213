package importer

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// Kind is a format.
type Kind string

// The formats, by their names on the command line.
const (
	Terraform  Kind = "terraform"
	OctoDNS    Kind = "octodns"
	DNSControl Kind = "dnscontrol"
	Route53    Kind = "route53"
	Cloudflare Kind = "cloudflare"
	CSV        Kind = "csv"
	BIND       Kind = "bind"
)

// Kinds lists the formats in the order in which help names them.
func Kinds() []Kind {
	return []Kind{Terraform, OctoDNS, DNSControl, Route53, Cloudflare, CSV, BIND}
}

// MaxBytes is the most that is read of one source, in bytes, all of its files together.
const MaxBytes = 64 << 20

// Input is a source that has been opened.
type Input struct {
	// Name is the source as the user named it, for messages: a file, a directory, or "standard input".
	Name string
	// Text is the whole file. It is not used if Name is a directory.
	Text []byte
	// Dir is the directory Name, or that of the file Name, without what must stay secret. Nil if the
	// source is a pipe. Reading more than MaxBytes from it is up to Read to refuse.
	Dir fs.FS
	// IsDir reports whether Name is a directory.
	IsDir bool
	// Zone is the canonical name of the zone to import, or "" for all that the source describes.
	Zone string
	// ZoneName returns the name of the zone with an ID of Cloudflare's, or "" if that is not known.
	// Nil knows of none.
	ZoneName func(id string) string
}

// Read reads a source. All that is wrong with it is returned at once; if one of the diagnostics is an
// error, the source must not be used. A source without a record of in.Zone is an error that lists
// the zones that it has.
func Read(kind Kind, in Input) (*Source, []plan.Diagnostic) {
	reader, known := readers()[kind]
	if !known {
		return nil, []plan.Diagnostic{failure("Unknown format", "importer: there is no format %q.", kind)}
	}
	src, diags := reader(in)
	if hasErrors(diags) {
		return nil, diags
	}

	src.Zones = merged(src.Zones)
	for i := range src.Zones {
		if in.Zone == "" || src.Zones[i].Name == in.Zone {
			diags = append(diags, fit(&src.Zones[i])...)
		}
	}
	if d, ok := missing(src, in); ok {
		diags = append(diags, d)
	}
	if in.Zone != "" {
		src.Zones = slices.DeleteFunc(src.Zones, func(z Zone) bool { return z.Name != in.Zone })
	}
	return src, diags
}

// readers has the reader of each format. A reader returns canonical records, in any order of zones, and
// all zones of the source if it can tell them apart.
func readers() map[Kind]func(Input) (*Source, []plan.Diagnostic) {
	return map[Kind]func(Input) (*Source, []plan.Diagnostic){
		Terraform:  readTerraform,
		OctoDNS:    readOctoDNS,
		DNSControl: readDNSControl,
		Route53:    readRoute53,
		Cloudflare: readCloudflare,
		CSV:        readCSV,
		BIND:       readBIND,
	}
}

// merged joins zones of one name and sorts them by it.
func merged(zones []Zone) []Zone {
	slices.SortStableFunc(zones, func(a, b Zone) int { return cmp.Compare(a.Name, b.Name) })
	var out []Zone
	for _, z := range zones {
		if n := len(out); n > 0 && out[n-1].Name == z.Name {
			last := &out[n-1]
			last.ID = cmp.Or(last.ID, z.ID)
			last.Records = append(last.Records, z.Records...)
			last.Left = append(last.Left, z.Left...)
			last.Ignore = append(last.Ignore, z.Ignore...)
			last.Exclusive = last.Exclusive || z.Exclusive
			continue
		}
		out = append(out, z)
	}
	return out
}

// missing is the error of a source that has nothing of what is to be imported.
func missing(src *Source, in Input) (plan.Diagnostic, bool) {
	var names []string
	for _, z := range src.Zones {
		if len(z.Records) == 0 {
			continue
		}
		if in.Zone == "" || z.Name == in.Zone {
			return plan.Diagnostic{}, false
		}
		names = append(names, dns.Show(z.Name))
	}
	switch {
	case in.Zone == "":
		return failure("No records found", "%s describes no record that Cloudflare can hold.", dns.Show(in.Name)), true
	case len(names) == 0 && len(leftOf(src, in.Zone)) > 0:
		return failure("Zone not in the source", "%s describes no record of %s that can be taken along. Left out: %s.",
			dns.Show(in.Name), in.Zone, shortList(leftOf(src, in.Zone))), true
	case len(names) == 0:
		return failure("Zone not in the source", "%s describes no record of %s, nor of any other zone.", dns.Show(in.Name), in.Zone), true
	}
	return otherZones(in, names), true
}

// otherZones is the error of a source that describes other zones than the one to import.
func otherZones(in Input, shown []string) plan.Diagnostic {
	return failure("Zone not in the source", "%s describes no record of %s. It has records of %s.",
		dns.Show(in.Name), in.Zone, shortList(shown))
}

// leftOf lists what is left out of a zone, with the reasons.
func leftOf(src *Source, zone string) []string {
	var out []string
	for _, z := range src.Zones {
		if z.Name != zone {
			continue
		}
		for _, l := range z.Left {
			out = append(out, fmt.Sprintf("%s %s (%s)", dns.Show(string(l.Record.Type)), dns.Show(l.Record.Name), l.Reason))
		}
	}
	return out
}

// shortList joins names with commas, and counts what does not fit a message.
func shortList(names []string) string {
	const most = 20
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// failure is an error without a place in a file.
func failure(summary, format string, args ...any) plan.Diagnostic {
	return plan.Diagnostic{Severity: dns.Error, Summary: summary, Detail: fmt.Sprintf(format, args...)}
}

func hasErrors(diags []plan.Diagnostic) bool {
	return slices.ContainsFunc(diags, func(d plan.Diagnostic) bool { return d.Severity == dns.Error })
}
