// Package genconfig writes the records of a zone as HCL, the way a person would
// have written them: grouped by name, a list for a set, one block with for_each
// where many records differ in one value.
//
// It is pure: the caller supplies the records and decides where the text goes.
// If package config reads the text again, the result is the same records.
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

// Report says what became of a zone's records.
type Report struct {
	// Written counts the records that the text declares.
	Written int
	// Left are those that it does not, in the order of the text.
	Left []Omission
}

// Omission is a record that is not declared, and why.
type Omission struct {
	Record dns.Record
	// Reason is a clause without a full stop, such as "kept by Email Routing".
	Reason string
}

// Write writes one zone block in canonical format. Its records must be
// canonical; their order makes no difference. Records that a configuration must
// not or cannot declare are listed in a comment, with the reason. If the zone has an
// account, the block names it.
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

// Blocks returns the blocks that declare records of a zone, in canonical format and indented as inside the zone's own
// block. Records that a configuration must not or cannot declare are left out. If the policy says that the zone has
// defaults, the blocks say what the defaults would otherwise decide.
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

// printer collects the text. Its layout is left to hclwrite.Format but for the
// ends of lines.
type printer struct {
	bytes.Buffer
	zoneName string
	defaults traits
	// explicit: every attribute that a defaults block can set is written.
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

// maxListed is how many of the records that are left out the comment names.
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
