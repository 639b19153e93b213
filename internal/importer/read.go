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

// Kind is a source format.
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

// MaxBytes is the largest size of a source in bytes, all of its files together.
const MaxBytes = 64 << 20

// Input is a source that has been opened.
type Input struct {
	// Name is the source as the user named it, for messages: a file, a directory, or "standard input".
	Name string
	// Text is the content of the whole file. Read does not use it if Name is a directory. Read refuses UTF-16 in
	// most formats, so the caller converts Text, and the files of Dir, with [FromUTF16].
	Text []byte
	// Dir is the directory Name, or the directory of the file Name. It must not give access to secret files.
	// It is nil if the source is a pipe. Read refuses to read more than MaxBytes from it.
	Dir fs.FS
	// IsDir reports whether Name is a directory.
	IsDir bool
	// Zone is the canonical name of the zone to import, or "" for all zones of the source.
	Zone string
	// ZoneName returns the name of the zone with a Cloudflare ID, or "" if it is not known. If ZoneName is
	// nil, no names are known.
	ZoneName func(id string) string
}

// Read reads a source and returns all problems of it at once. If one of the diagnostics is an error, the
// caller must not use the source. If the source has no record of in.Zone, the error lists the zones that it
// has.
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

// readers returns the reader of each format. A reader returns canonical records and, if it can distinguish
// them, all zones of the source in any order.
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

// merged joins zones with the same name and returns the zones sorted by name.
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

// missing returns an error if the source has nothing to import.
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
		return failure("Zone not in the source", "%s describes no record of %s that can be imported. Left out: %s.",
			dns.Show(in.Name), in.Zone, shortList(leftOf(src, in.Zone))), true
	case len(names) == 0:
		return failure("Zone not in the source", "%s describes no record of %s, nor of any other zone.", dns.Show(in.Name), in.Zone), true
	}
	return otherZones(in, names), true
}

// otherZones returns the error for a source that has only other zones than the one to import.
func otherZones(in Input, shown []string) plan.Diagnostic {
	return failure("Zone not in the source", "%s describes no record of %s. It has records of %s.",
		dns.Show(in.Name), in.Zone, shortList(shown))
}

// leftOf returns the records that are left out of a zone, each with its reason.
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

// shortList joins names with commas. If they are too many for a message, it replaces the rest by their
// number.
func shortList(names []string) string {
	const most = 20
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// failure returns an error without a place in a file.
func failure(summary, format string, args ...any) plan.Diagnostic {
	return plan.Diagnostic{Severity: dns.Error, Summary: summary, Detail: fmt.Sprintf(format, args...)}
}

func hasErrors(diags []plan.Diagnostic) bool {
	return slices.ContainsFunc(diags, func(d plan.Diagnostic) bool { return d.Severity == dns.Error })
}
