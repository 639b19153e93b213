package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// People write names that they know from Terraform and its Cloudflare provider. The schemas allow these names,
// so that the code can refuse them with advice.

// advice returns what to write instead of an attribute. typ is the type of the record that contains the
// attribute, or "" outside records.
type advice func(r *report, a *hcl.Attribute, typ dns.Type) string

// plain returns advice that is always the same.
func plain(text string) advice { return func(*report, *hcl.Attribute, dns.Type) string { return text } }

const noOrder = "cfplan finds the order of changes by itself: leave depends_on out."

var recordHabits = map[string]advice{
	"account_id": plain("Neither a record nor its zone needs the ID of the account: leave account_id out."),
	"allow_overwrite": plain("A record that exists already and has the declared name, type and content is adopted: " +
		"leave allow_overwrite out. To replace unmanaged records that conflict with this one, write " +
		"lifecycle { adopt = \"replace\" }."),
	"data":       adviseData,
	"depends_on": plain(noOrder),
	"hostname": func(r *report, a *hcl.Attribute, _ dns.Type) string {
		return fmt.Sprintf("A record has its name in its second label, or in name: write %s.",
			r.assignment(string(dns.AttrName), a.Expr))
	},
	"provider": adviseAccount,
	"zone_id": func(r *report, a *hcl.Attribute, _ dns.Type) string {
		return "A record belongs to the zone block that contains it: leave zone_id out. " +
			"A zone is found by its name" + pinned(r, a)
	},
}

var zoneHabits = map[string]advice{
	"account": plain("cfplan finds a zone by its name among those of the token: leave account out."),
	"account_id": plain("cfplan finds a zone by its name among those of the token: leave account_id out. " +
		"If another token sees it, declare cloudflare \"NAME\" {} and write cloudflare = \"NAME\" here."),
	"depends_on": plain(noOrder),
	"jump_start": notOfZones("jump_start"),
	"paused":     notOfZones("paused"),
	"plan":       notOfZones("plan"),
	"provider":   recordHabits["provider"],
	"type":       notOfZones("type"),
	"zone": func(r *report, a *hcl.Attribute, _ dns.Type) string {
		return fmt.Sprintf("A zone has its name in its label, or in name: write %s.", r.assignment("name", a.Expr))
	},
	"zone_id": func(r *report, a *hcl.Attribute, _ dns.Type) string {
		return "A zone is found by its name" + pinned(r, a)
	},
}

var lifecycleHabits = map[string]advice{
	"create_before_destroy": plain("A record that changes is updated in place, and a record that takes the name " +
		"of another is added in the request that destroys the other: leave create_before_destroy out."),
	"replace_triggered_by": plain("cfplan writes a record again if it changes: leave replace_triggered_by out."),
}

// adviseAccount says how a zone names its account. It uses the alias of the provider from the source as the
// name.
func adviseAccount(_ *report, a *hcl.Attribute, _ dns.Type) string {
	name := "NAME"
	for _, t := range hcl.UnwrapExpression(a.Expr).Variables() {
		if alias, ok := member(t); ok {
			name = alias
		}
	}
	return fmt.Sprintf("cfplan works with Cloudflare only: leave provider out. A zone in another account has "+
		"cloudflare = %s in its block, and the block cloudflare %s { … } has the credentials.",
		dns.Show(name), dns.Show(name))
}

func notOfZones(name string) advice {
	return plain("cfplan declares the records of a zone, not the zone itself: leave " + name + " out.")
}

// pinned returns the end of a sentence that says how the ID in the source pins a zone. It leaves out an ID that
// is a reference, because the object that it refers to does not exist in cfplan.
func pinned(r *report, a *hcl.Attribute) string {
	if len(hcl.UnwrapExpression(a.Expr).Variables()) > 0 {
		return "; id in the zone block pins it by its ID."
	}
	return fmt.Sprintf("; %s in the zone block pins it by its ID.", r.assignment("id", a.Expr))
}

// namesOf returns the names of habits, for a schema.
func namesOf(habits map[string]advice) []hcl.AttributeSchema {
	return attributes(slices.Sorted(maps.Keys(habits))...)
}

// refuseHabits reports the attributes that habits has advice for, and removes them from attrs.
func refuseHabits(r *report, attrs hcl.Attributes, habits map[string]advice, typ dns.Type) {
	for _, a := range sortedAttributes(attrs) {
		if advise, ok := habits[a.Name]; ok {
			r.errorAt(a.NameRange, unsupportedArgument, "%s", advise(r, a, typ))
			delete(attrs, a.Name)
		}
	}
}

// refuseHabits refuses names from Terraform in a record block. If a refused attribute may hold the value of the
// record, the value is not reported as missing.
func (b *recordBlock) refuseHabits(r *report, content *hcl.BodyContent) {
	b.faulty = content.Attributes[dataBlock] != nil || b.faulty
	refuseHabits(r, content.Attributes, recordHabits, b.typ)

	for _, inner := range content.Blocks {
		switch {
		case inner.Type == dataBlock:
			r.errorAt(inner.TypeRange, unsupportedBlock, "%s", adviseDataBlock(r, inner, b.typ))
		case inner.Type == "dynamic" && inner.Labels[0] == dataBlock:
			r.errorAt(inner.TypeRange, unsupportedBlock, "%s", adviseFields(r, nil, b.typ))
		case inner.Type == "dynamic" && inner.Labels[0] == string(dns.AttrSettings):
			r.errorAt(inner.TypeRange, unsupportedBlock, "Settings can be an attribute, whose value may depend on the "+
				"element: write settings = { … }, or null for none.")
		case inner.Type == "dynamic":
			r.errorAt(inner.TypeRange, unsupportedBlock,
				"A dynamic block belongs in a zone block and makes record blocks.")
		default:
			continue
		}
		b.faulty = true
	}
}

// unsupportedBlock is the summary of hcl's error about a block that the schema does not have.
const unsupportedBlock = "Unsupported block type"

// adviseData says how to write the fields of an object in the record block itself.
func adviseData(r *report, a *hcl.Attribute, typ dns.Type) string {
	items, _ := hcl.ExprMap(a.Expr) // an expression that is not an object has no items
	var fields []*hcl.Attribute
	for _, item := range items {
		fields = append(fields, &hcl.Attribute{Name: keyText(item.Key), Expr: item.Value})
	}
	return adviseFields(r, fields, typ)
}

// adviseDataBlock is like adviseData, for a data block. The block may come from a dynamic block.
func adviseDataBlock(r *report, b *hcl.Block, typ dns.Type) string {
	attrs, _ := b.Body.JustAttributes() // the whole block is refused, so other errors in it do not matter
	fields := sortedAttributes(attrs)
	if slices.ContainsFunc(fields, func(a *hcl.Attribute) bool {
		return refersTo(hcl.UnwrapExpression(a.Expr), dataBlock)
	}) {
		fields = nil // the fields refer to the iterator of a dynamic block
	}
	return adviseFields(r, fields, typ)
}

const dataBlock = "data"

// adviseFields shows the fields in the form that a record block needs.
func adviseFields(r *report, fields []*hcl.Attribute, typ dns.Type) string {
	own := ownAttributes(typ)
	fields = slices.DeleteFunc(fields, func(a *hcl.Attribute) bool { return !own[a.Name] || isNull(a.Expr) })
	var b strings.Builder
	switch names := dns.Fields(typ); {
	case len(names) == 0:
		fmt.Fprintf(&b, "A record of type %s has no fields: write its value as content.", typ)
	case len(fields) == 0:
		fmt.Fprintf(&b, "Write the fields in the record block itself, as in %s = …. A field that is null is not set, "+
			"so that one block serves records of several types.", names[0].Name)
	default:
		b.WriteString("Write the fields in the record block itself:")
		for _, a := range fields {
			b.WriteString("\n  " + r.assignment(a.Name, a.Expr))
		}
	}
	return b.String()
}
