package zonefile

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// WriteOptions say how a zone is written. The zero value will do.
type WriteOptions struct {
	// Serial is that of the SOA; 1 where it is zero.
	Serial uint32
	// Withheld, if not nil, is told of each record that other programs do not
	// see in the file, and why, as a sentence.
	Withheld func(r dns.Record, why string)
}

// Write writes a zone as a master file: the SOA and the name servers as
// Cloudflare has them, then the records in the order of [dns.Compare]. The same
// zone gives the same bytes.
//
// [Parse] makes the same records of it, and named-checkzone accepts it. Both
// together have three consequences. An automatic TTL is written as 1, as by
// Cloudflare's own export. A record that BIND refuses, such as a CNAME beside
// others, stands in a comment which only Parse reads. And records that a
// Cloudflare product keeps, whose value cannot be read, or that repeat another one by
// name, type and content, stand in a comment that nobody reads, with the reason.
//
// The only errors are those of the writer.
func Write(w io.Writer, z dns.Zone, o WriteOptions) error {
	out := &writer{w: bufio.NewWriter(w), zone: z, opts: o, names: census(z), written: map[dns.Key]dns.Record{}}
	out.head()
	records := slices.Clone(z.Records)
	slices.SortStableFunc(records, dns.Compare)
	for _, r := range records {
		out.record(r)
	}
	return out.w.Flush()
}

// writer is one run of Write. Its writes do not fail before they are flushed.
type writer struct {
	w     *bufio.Writer
	zone  dns.Zone
	opts  WriteOptions
	names map[string]int
	// written are the records that are in the file.
	written map[dns.Key]dns.Record
}

func (w *writer) printf(format string, args ...any) { _, _ = fmt.Fprintf(w.w, format, args...) }

// head writes the SOA with the times that Cloudflare's have, and the name servers.
func (w *writer) head() {
	servers, known := nameServers(w.zone), true
	if len(servers) == 0 {
		servers, known = []string{"ada.ns.cloudflare.com", "bob.ns.cloudflare.com"}, false
	}
	serial := max(w.opts.Serial, 1)
	w.printf("; Zone %s, written by cfplan.\n", w.zone.Name)
	w.printf("; A TTL of 1 means automatic at Cloudflare, which is 300 seconds to resolvers.\n")
	w.printf("$ORIGIN %s.\n", w.zone.Name)
	if !known {
		w.printf("; The zone's name servers are not known here; these are placeholders.\n")
	}
	w.printf("@\t3600\tIN\tSOA\t%s. dns.cloudflare.com. %d 10000 2400 604800 1800\n", servers[0], serial)
	for _, host := range servers {
		w.printf("@\t86400\tIN\tNS\t%s.\n", host)
	}
	w.printf("\n")
}

// record writes a record, or withholds it.
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

// repeated writes a record as a comment that is equal to an earlier one by name, type and content.
// A zone can have such records, a zone file cannot.
func (w *writer) repeated(r, first dns.Record) {
	why := "it repeats the record above."
	if differs := dns.Changed(first, r); len(differs) > 0 {
		why = fmt.Sprintf("it repeats the record above, and differs in %s.", listed(differs))
	}
	w.withhold(r, why)
	w.printf("; Left out: %s\n; %s\n", why, w.line(r))
}

func (w *writer) withhold(r dns.Record, why string) {
	if w.opts.Withheld != nil {
		w.opts.Withheld(r, why)
	}
}

// nameServers returns the zone's name servers in order, without what is not a host name:
// others wrote them.
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

// presentation writes the value as a zone file has it, in which the names of
// hosts end in a dot and an MX begins with its priority.
func presentation(r dns.Record) string {
	content := r.SendContent()
	if r.Type == dns.MX {
		content = fmt.Sprintf("%d %s", r.Priority, content)
	}
	i, ok := hosts[r.Type]
	if !ok {
		return content
	}
	// Behind the name there are no more words, but for the parameters of HTTPS
	// and SVCB; in front of it there may be texts with blanks (NAPTR).
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
