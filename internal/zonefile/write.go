package zonefile

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// WriteOptions holds the options of [Write]. The zero value is valid.
type WriteOptions struct {
	// Serial is the serial of the SOA. If it is zero, Write uses 1.
	Serial uint32
	// Withheld, which may be nil, receives each record that other programs do not see in the file. why
	// is the reason, as a sentence.
	Withheld func(r dns.Record, why string)
}

// Write writes a zone as a master file: first an SOA and the zone's name servers, as Cloudflare would
// answer them, then the records in the order of [dns.Compare]. The same zone always gives the same
// bytes.
//
// [Parse] reads the records back, and named-checkzone accepts the file. Therefore:
//   - An automatic TTL is written as 1, as in Cloudflare's own export.
//   - A record that BIND refuses, such as a CNAME beside other records, is written in a comment that only
//     Parse reads.
//   - Some records are written only as a comment with the reason, and Parse does not read them back:
//     records that a Cloudflare product keeps, records with an invalid name or value, and records that
//     repeat the name, type and content of an earlier record.
//
// Write returns only errors of w.
func Write(w io.Writer, z dns.Zone, o WriteOptions) error {
	out := &writer{
		w:       bufio.NewWriter(w),
		zone:    z,
		opts:    o,
		names:   census(z),
		written: map[dns.Key]dns.Record{},
	}
	out.head()

	records := slices.Clone(z.Records)
	slices.SortStableFunc(records, dns.Compare)
	for _, r := range records {
		out.record(r)
	}
	return out.w.Flush()
}

// writer is the state of one call of Write. Flush returns the errors of earlier writes.
type writer struct {
	w    *bufio.Writer
	zone dns.Zone
	opts WriteOptions
	// names counts the records at each name.
	names map[string]int
	// written has the records that were written to the file.
	written map[dns.Key]dns.Record
}

func (w *writer) printf(format string, args ...any) { _, _ = fmt.Fprintf(w.w, format, args...) }

// head writes the SOA, with the same time values as Cloudflare's own, and the name servers.
func (w *writer) head() {
	servers, known := nameServers(w.zone), true
	if len(servers) == 0 {
		servers, known = []string{"ada.ns.cloudflare.com", "bob.ns.cloudflare.com"}, false
	}
	serial := max(w.opts.Serial, 1)

	w.printf("; Zone %s, written by cfplan.\n", w.zone.Name)
	w.printf("; At Cloudflare, a TTL of 1 means automatic; resolvers get 300 seconds.\n")
	w.printf("$ORIGIN %s.\n", w.zone.Name)
	if !known {
		w.printf("; The zone's name servers are not known; these are placeholders.\n")
	}
	w.printf("@\t3600\tIN\tSOA\t%s. dns.cloudflare.com. %d 10000 2400 604800 1800\n", servers[0], serial)
	for _, host := range servers {
		w.printf("@\t86400\tIN\tNS\t%s.\n", host)
	}
	w.printf("\n")
}

// record writes a record, or a comment that says why the record is withheld.
func (w *writer) record(r dns.Record) {
	if why := w.lost(r); why != "" {
		w.withhold(r, why)
		w.printf("; Left out: %s\n; %s %s %s\n", why, comment(r.Name), comment(string(r.Type)), comment(r.Content))
		return
	}
	if first, repeated := w.written[r.Key()]; repeated {
		w.repeated(r, first)
		return
	}

	w.written[r.Key()] = r
	prefix := ""
	if why := w.refused(r); why != "" {
		w.withhold(r, why)
		w.printf("; For cfplan only: %s\n", why)
		prefix = revived
	}
	w.printf("%s%s\n", prefix, w.line(r))
}

// line writes a record on one line.
func (w *writer) line(r dns.Record) string {
	note := noteOf(r, r.Type == dns.NS && r.Name == w.zone.Name)
	if note != "" {
		note = " ; " + note
	}
	return fmt.Sprintf("%s\t%d\tIN\t%s\t%s%s", dns.RelativeName(r.Name, w.zone.Name), r.TTL, r.Type, visible(presentation(r)), note)
}

// repeated writes a record as a comment, because an earlier record has the same name, type and content.
// A zone at Cloudflare can have both records, but a zone file cannot.
func (w *writer) repeated(r, first dns.Record) {
	why := "it repeats the record above."
	if differs := dns.Changed(first, r); len(differs) > 0 {
		why = fmt.Sprintf("it repeats the record above, but differs in %s.", listed(differs))
	}
	w.withhold(r, why)
	w.printf("; Left out: %s\n; %s\n", why, w.line(r))
}

func (w *writer) withhold(r dns.Record, why string) {
	if w.opts.Withheld != nil {
		w.opts.Withheld(r, why)
	}
}

// nameServers returns the zone's name servers, sorted. It leaves out texts that are not host names: the
// list comes from an API answer, which may be hostile.
func nameServers(z dns.Zone) []string {
	var out []string
	for _, host := range z.NameServers {
		if name, problem := dns.CanonicalName(host); problem == nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// presentation returns the value in the form of a zone file: host names end in a dot, and the value of
// an MX begins with its priority.
func presentation(r dns.Record) string {
	content := r.SendContent()
	if r.Type == dns.MX {
		content = fmt.Sprintf("%d %s", r.Priority, content)
	}
	i, ok := hosts[r.Type]
	if !ok {
		return content
	}

	// Find the host name. Nothing follows it but the parameters of HTTPS and SVCB. Texts with
	// blanks may come before it in a NAPTR.
	start := 0
	if r.Type == dns.NAPTR {
		start = strings.LastIndexByte(content, ' ') + 1
	} else {
		for range i {
			start += strings.IndexByte(content[start:], ' ') + 1
		}
	}

	end := len(content)
	if n := strings.IndexByte(content[start:], ' '); n >= 0 {
		end = start + n
	}
	if content[start:end] == "." {
		return content
	}
	return content[:end] + "." + content[end:]
}
