package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/cfplan/cfplan/internal/dns"
)

// adviseLabels improves diagnostics about missing labels. For zone and record blocks, it shows how the block
// begins. For dynamic blocks, it shows the attribute labels.
func adviseLabels(body hcl.Body, diags hcl.Diagnostics) hcl.Diagnostics {
	if len(diags) == 0 {
		return diags
	}
	headers := map[hcl.Range]string{}
	if native, ok := body.(*hclsyntax.Body); ok {
		for _, b := range native.Blocks {
			if advice := adviseHeader(b); advice != "" {
				headers[b.OpenBraceRange] = advice
			}
		}
	}

	out := slices.Clone(diags)
	for i, d := range out {
		better := *d
		switch {
		case strings.HasPrefix(d.Detail, "The argument \"labels\" is required"):
			better.Detail = "The labels of a record block are its type and its name. A dynamic block has them in " +
				"labels, as in labels = [record.value.type, record.key]."
		case d.Subject != nil && headers[*d.Subject] != "" && strings.HasPrefix(d.Summary, "Missing "):
			better.Detail = headers[*d.Subject]
		}
		out[i] = &better
	}
	return out
}

// adviseHeader says how a zone or record block with a missing label begins. It returns "" for other blocks.
func adviseHeader(b *hclsyntax.Block) string {
	switch {
	case b.Type == "zone" && len(b.Labels) == 0:
		name, ok := literalIn(b, "name", "zone")
		if !ok {
			name = "example.com"
		}
		return fmt.Sprintf("A zone block has one label, its name: zone %s { … }.", dns.Show(name))
	case b.Type == "record" && len(b.Labels) < 2:
		typ, name := labelsOf(b)
		return fmt.Sprintf("A record block has two labels, its type and its name: record %s %s { … }.",
			dns.Show(typ), dns.Show(name))
	}
	return ""
}

// labelsOf guesses the labels of a record block from the one label that it has and from attributes with the same
// meaning.
func labelsOf(b *hclsyntax.Block) (typ, name string) {
	typ, name = "TYPE", "NAME"
	if text, ok := literalIn(b, "type"); ok {
		typ = text
	}
	if text, ok := literalIn(b, "name", "hostname"); ok {
		name = text
	}
	if len(b.Labels) == 0 {
		return typ, name
	}
	if upper := strings.ToUpper(b.Labels[0]); dns.Type(upper).Writable() {
		return upper, name
	}
	return typ, b.Labels[0]
}

// literalIn returns the text of the first attribute among names that is a constant.
func literalIn(b *hclsyntax.Block, names ...string) (string, bool) {
	for _, name := range names {
		if a := b.Body.Attributes[name]; a != nil {
			if text, ok := literal(a.AsHCLAttribute()); ok {
				return text, true
			}
		}
	}
	return "", false
}
