// Package genconfig writes the records of a zone as HCL, as a person would write them: grouped by name, with
// a list for several values, and with one for_each block for many records that differ in one value.
//
// It is pure: the caller supplies the records and decides where the text goes. If package config reads the
// text, the result is the same records.
package genconfig

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/cfplan/cfplan/internal/dns"
)

// Report says which records of a zone the text declares.
type Report struct {
	// Written counts the records that the text declares.
	Written int
	// Left are the records that the text does not declare, in the order of the text.
	Left []Omission
}

// Omission is a record that the text does not declare, with the reason.
type Omission struct {
	Record dns.Record
	// Reason is a clause without a full stop, such as "kept by Email Routing".
	Reason string
}

// Write writes one zone block in canonical format. The records must be canonical; their order does not
// matter. Write lists records that a configuration must not or cannot declare in a comment, with the reason.
// If the zone has an account, the block names it.
func Write(w io.Writer, z Zone) (Report, error) {
	records, left := choose(z)
	ignored, unsaid := patterns(z.Ignore)
	z.Ignore = ignored
	left = slices.Concat(left, z.Left, unsaid)
	blocks := arrange(z.Name, records)
	p := &printer{zoneName: z.Name, defaults: commonTraits(blocks)}
	p.zone(z, blocks, left)
	_, err := w.Write(hclwrite.Format(p.Bytes()))
	return Report{Written: len(records), Left: left}, err
}

// Blocks returns the blocks that declare records of a zone, in canonical format and indented for the inside
// of the zone's block. It leaves out records that a configuration must not or cannot declare. If the policy
// says that the zone has defaults, the blocks set every attribute that the defaults would otherwise set.
func Blocks(zone string, policy dns.Policy, records []dns.Record) string {
	declared, _ := choose(ZoneOf(dns.Zone{Name: zone, Records: records}))
	p := &printer{zoneName: zone, explicit: policy.Defaults}
	for i, b := range arrange(zone, declared) {
		if i > 0 {
			p.line()
		}
		p.record(b)
	}

	var out strings.Builder
	for line := range strings.Lines(string(hclwrite.Format(p.Bytes()))) {
		if line != "\n" {
			out.WriteString("  ")
		}
		out.WriteString(line)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// printer collects the text. It writes only the line ends itself; hclwrite.Format does the rest of the
// layout.
type printer struct {
	bytes.Buffer
	zoneName string
	defaults traits
	// explicit makes the printer write every attribute that a defaults block can set.
	explicit bool
}

func (p *printer) line(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
	p.WriteByte('\n')
}

func (p *printer) zone(z Zone, blocks []block, left []Omission) {
	p.line(`zone `, literal(z.Name), ` {`)
	first := true
	gap := func() {
		if !first {
			p.line()
		}
		first = false
	}
	if z.Account != "" {
		gap()
		p.line(`cloudflare = `, literal(z.Account))
	}
	if p.defaults != (traits{}) {
		gap()
		p.defaultsBlock()
	}
	for _, b := range blocks {
		gap()
		p.record(b)
	}
	for _, pattern := range z.Ignore {
		gap()
		p.ignore(pattern)
	}
	if len(left) > 0 {
		gap()
		p.omissions(z.Name, left)
	}
	p.line(`}`)
}

// maxListed is the largest number of omitted records that the comment names.
const maxListed = 50

func (p *printer) omissions(zone string, left []Omission) {
	p.line(`# Not declared here:`)
	for i, o := range left {
		if i == maxListed {
			p.line(fmt.Sprintf(`#   and %d more`, len(left)-i))
			return
		}
		r := o.Record
		words := []string{shown(string(r.Type)), shown(relative(r.Name, zone))}
		if r.Content != "" {
			words = append(words, shown(r.Content))
		}
		p.line(`#   `, strings.Join(words, " "), ` (`, shown(o.Reason), `)`)
	}
}
