package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// export answers GET …/export: a zone file, without the JSON envelope. It includes the SOA and the zone's
// name servers, which lists leave out.
func export(c *call) answer {
	z := c.zone
	var b strings.Builder
	exportHead(&b, z.info, c.server.opts.Now())
	records := z.snapshot()
	slices.SortStableFunc(records, func(a, b Record) int { return strings.Compare(a.Type, b.Type) })
	last := ""
	for _, r := range records {
		if r.Type != last {
			fmt.Fprintf(&b, "\n;; %s Records\n", r.Type)
			last = r.Type
		}
		b.WriteString(zoneFileLine(r))
	}

	h := http.Header{}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	return answer{status: http.StatusOK, header: h, body: []byte(b.String())}
}

func exportHead(b *strings.Builder, z Zone, now time.Time) {
	fmt.Fprintf(b, ";;\n;; Domain:     %s.\n;; Exported:   %s\n;;\n",
		z.Name, now.UTC().Format("2006-01-02 15:04:05"))

	primary := "ns.invalid"
	if len(z.NameServers) > 0 {
		primary = z.NameServers[0]
	}
	fmt.Fprintf(b, "\n;; SOA Record\n%s\t3600\tIN\tSOA\t%s. dns.cloudflare.com. %d 10000 2400 604800 3600\n",
		z.Name+".", primary, now.Unix())
	b.WriteString("\n;; NS Records\n")
	for _, ns := range z.NameServers {
		fmt.Fprintf(b, "%s.\t86400\tIN\tNS\t%s.\n", z.Name, ns)
	}
}

// zoneFileLine returns a record's line, with its attributes in a comment as Cloudflare writes them.
func zoneFileLine(r Record) string {
	line := fmt.Sprintf("%s.\t%d\tIN\t%s\t%s", r.Name, r.TTL, r.Type, presentation(r))
	var notes []string
	if r.Comment != "" {
		notes = append(notes, r.Comment)
	}

	tags := slices.Clone(r.Tags)
	if proxiable(r) {
		tags = append(tags, "cf-proxied:"+strconv.FormatBool(r.Proxied))
	}
	if r.Settings["flatten_cname"] {
		tags = append(tags, "cf-flatten-cname")
	}
	if len(tags) > 0 {
		notes = append(notes, "cf_tags="+strings.Join(tags, ","))
	}
	if len(notes) > 0 {
		line += " ; " + strings.Join(notes, " ")
	}

	return line + "\n"
}

// presentation returns the content in zone-file form, which differs from the API's form in final dots,
// priorities and quotes.
func presentation(r Record) string {
	switch r.Type {
	case "CNAME", "NS", "PTR":
		return rooted(r.Content)
	case "MX":
		return fmt.Sprintf("%d %s", r.Priority, rooted(r.Content))
	case "SRV":
		return fmt.Sprintf("%d %s", r.Priority, rooted(strings.ReplaceAll(r.Content, "\t", " ")))
	case "URI":
		return fmt.Sprintf("%d %s", r.Priority, r.Content)
	case "TXT":
		if !strings.HasPrefix(r.Content, `"`) {
			return quoteAll(splitLong([]string{r.Content}))
		}
	}

	return r.Content
}

func rooted(name string) string { return strings.TrimSuffix(name, ".") + "." }
