package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"

	"github.com/cfplan/cfplan/internal/dns"
)

// zoneBlock is a zone block whose references have been checked.
type zoneBlock struct {
	block *hcl.Block
	attrs hcl.Attributes
	refs  references
	// parts are the blocks inside. It is nil if the zone block has dynamic blocks, because the parts
	// may then differ between instances.
	parts *zoneParts
	// protected are the blocks inside with prevent_destroy or destroy = false.
	protected []protectedBlock
}

// zoneParts are the blocks inside a zone block.
type zoneParts struct {
	records          []*recordBlock
	ignores          []ignoreBlock
	zonefiles        []zonefileBlock
	maxDestroy       stated[dns.Limit]
	defaults         hcl.Attributes
	defaultsSettings hcl.Attributes
}

// decoder decodes zone blocks and their contents. It reads the blocks according to their schemas and checks their
// references, once for all instances.
type decoder struct {
	report  *report
	names   *names
	schemas recordSchemas
	// path is the path of the module in addresses, with its final dot. It is empty for the root module.
	path string
	// zoneLabel is the label of the zone block that is being decoded.
	zoneLabel string
}

// zone decodes a zone block. ctx is the evaluation context of the module.
func (d decoder) zone(b *hcl.Block, ctx *hcl.EvalContext) zoneBlock {
	content, _ := d.content(b.Body, zoneSchema)
	refuseHabits(d.report, content.Attributes, zoneHabits, "")

	d.zoneLabel = b.Labels[0]
	refs := references{names: d.names}
	refs.checkRepetition(d.report, content.Attributes)
	refs.each = content.Attributes["for_each"] != nil
	refs.checkAll(d.report, content.Attributes)
	refs.zone = true

	out := zoneBlock{
		block:     b,
		attrs:     content.Attributes,
		refs:      refs,
		protected: d.protected(content.Blocks, ctx),
	}
	if !slices.ContainsFunc(content.Blocks, func(b *hcl.Block) bool { return b.Type == "dynamic" }) {
		out.parts = d.parts(refs, content.Blocks, ctx)
	}
	return out
}

// partsOf returns the blocks inside an instance of a zone block, with dynamic blocks expanded. ctx is the evaluation
// context of the instance.
func (d decoder) partsOf(zb zoneBlock, ctx *hcl.EvalContext) *zoneParts {
	if zb.parts != nil {
		return zb.parts
	}
	d.zoneLabel = zb.block.Labels[0]
	content, _ := d.content(dynblock.Expand(zb.block.Body, ctx), staticZoneSchema)
	return d.parts(zb.refs, content.Blocks, ctx)
}

// doubtLabels removes errors about unknown labels of dynamic blocks, for example from variables without a value. It
// treats them as doubts, like any other unknown value.
func (d decoder) doubtLabels(diags hcl.Diagnostics) hcl.Diagnostics {
	return slices.DeleteFunc(diags, func(p *hcl.Diagnostic) bool {
		if p.Summary != "Invalid dynamic block label" || p.Expression == nil {
			return false
		}
		v, failed := p.Expression.Value(p.EvalContext)
		if failed.HasErrors() || v.IsKnown() {
			return false
		}
		d.report.doubt(p.Expression.Range())
		return true
	})
}

// labelsFit reports labels that are too long. It returns whether all labels are short enough.
func (d decoder) labelsFit(b *hcl.Block) bool {
	for i, label := range b.Labels {
		if len(label) > maxLabel {
			d.report.errorAt(b.LabelRanges[i], "Label too long",
				"This label has %d bytes. A label becomes part of addresses and may have %d at most.", len(label), maxLabel)
			return false
		}
	}
	return true
}

func (d decoder) parts(refs references, blocks hcl.Blocks, ctx *hcl.EvalContext) *zoneParts {
	p := &zoneParts{maxDestroy: readLimits(d.report, blocks)}
	if b := single(d.report, blocks, "defaults"); b != nil {
		content, _ := d.content(b.Body, defaultsSchema)
		refs.checkAll(d.report, content.Attributes)
		p.defaults = content.Attributes
		p.defaultsSettings = d.settings(refs, content)
	}

	for _, b := range blocks {
		switch b.Type {
		case "record":
			if rb := d.record(refs, b, ctx); rb != nil {
				p.records = append(p.records, rb)
			}
		case "ignore":
			p.ignores = append(p.ignores, d.ignore(refs, b))
		case "zonefile":
			p.zonefiles = append(p.zonefiles, d.zonefile(refs, b))
		}
	}
	return p
}
