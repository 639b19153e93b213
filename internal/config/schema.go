package config

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// rootSchema lists the blocks that a file may have. It also has blocks that belong elsewhere or to other tools, so that
// the code can refuse them with advice.
var rootSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "cfplan"},
	{Type: "cloudflare"},
	{Type: "variable", LabelNames: []string{"name"}},
	{Type: "locals"},
	{Type: "output", LabelNames: []string{"name"}},
	{Type: "zone", LabelNames: []string{"name"}},
	{Type: "module", LabelNames: []string{"name"}},
	{Type: "moved"},
	{Type: "removed"},
	{Type: "record", LabelNames: []string{"type", "name"}},
	{Type: "terraform"},
	{Type: "provider", LabelNames: []string{"name"}},
	{Type: "resource", LabelNames: []string{"type", "name"}},
	{Type: "data", LabelNames: []string{"type", "name"}},
	{Type: "import"},
	{Type: "check", LabelNames: []string{"name"}},
}}

// rootSchemaOfJSON is rootSchema for a file in JSON. Such a file may also have $schema, which names the
// schema with which an editor checks the file. cfplan ignores it.
var rootSchemaOfJSON = &hcl.BodySchema{Attributes: attributes("$schema"), Blocks: rootSchema.Blocks}

// moduleSchema lists the arguments of a module block that are not variables of the module.
var moduleSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "source", Required: true},
	{Name: "for_each"},
	{Name: "count"},
}}

var settingsSchema = &hcl.BodySchema{
	Attributes: attributes("required_version", "ignore_warnings"),
	Blocks: []hcl.BlockHeaderSchema{
		{Type: "backend", LabelNames: []string{"type"}},
		{Type: "limits"},
		{Type: "encryption"},
		{Type: "scope"},
	},
}

var scopeSchema = &hcl.BodySchema{Attributes: attributes("zones", "names", "types")}

var encryptionSchema = &hcl.BodySchema{Attributes: attributes("recipients", "identity_file")}

var cloudflareSchema = &hcl.BodySchema{Attributes: attributes("api_token", "api_key", "email", "base_url")}

var variableSchema = &hcl.BodySchema{
	Attributes: attributes("type", "default", "description", "sensitive", "nullable"),
	Blocks:     []hcl.BlockHeaderSchema{{Type: "validation"}},
}

var validationSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "condition", Required: true},
	{Name: "error_message", Required: true},
}}

var outputSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "value", Required: true},
	{Name: "description"},
	{Name: "sensitive"},
}}

// staticZoneSchema is the schema of a zone block whose dynamic blocks have been expanded. zoneSchema also
// allows dynamic blocks.
var (
	staticZoneSchema = &hcl.BodySchema{
		Attributes: append(attributes("for_each", "name", "id", "ownership", "cloudflare"), namesOf(zoneHabits)...),
		Blocks: []hcl.BlockHeaderSchema{
			{Type: "defaults"},
			{Type: "record", LabelNames: []string{"type", "name"}},
			{Type: "ignore"},
			{Type: "zonefile"},
			{Type: "limits"},
		},
	}
	zoneSchema = &hcl.BodySchema{
		Attributes: staticZoneSchema.Attributes,
		Blocks: append(staticZoneSchema.Blocks[:len(staticZoneSchema.Blocks):len(staticZoneSchema.Blocks)],
			hcl.BlockHeaderSchema{Type: "dynamic", LabelNames: []string{"type"}}),
	}
)

var defaultsSchema = &hcl.BodySchema{
	Attributes: recordAttributes(dns.AttrTTL, dns.AttrProxied, dns.AttrComment, dns.AttrTags, dns.AttrSettings),
	Blocks:     []hcl.BlockHeaderSchema{{Type: string(dns.AttrSettings)}},
}

var (
	zonefileSchema  = &hcl.BodySchema{Attributes: attributes("path")}
	limitsSchema    = &hcl.BodySchema{Attributes: attributes("max_destroy")}
	ignoreSchema    = &hcl.BodySchema{Attributes: recordAttributes(dns.AttrName, dns.AttrType, dns.AttrContent)}
	lifecycleSchema = &hcl.BodySchema{
		Attributes: append(attributes("adopt", "prevent_destroy", "destroy", "ignore_changes", "enabled"), namesOf(lifecycleHabits)...),
	}
	recordSettingsSchema = &hcl.BodySchema{
		Attributes: recordAttributes(dns.AttrFlattenCNAME, dns.AttrIPv4Only, dns.AttrIPv6Only),
	}
)

// recordSchema describes what a record block of one type may contain.
type recordSchema struct {
	fields []dns.Field
	// own has the attributes that records of the type have.
	own map[string]bool
}

// recordSchemas caches the schema of each record type.
type recordSchemas map[dns.Type]*recordSchema

func (s recordSchemas) of(t dns.Type) *recordSchema {
	if s[t] == nil {
		s[t] = &recordSchema{fields: dns.Fields(t), own: ownAttributes(t)}
	}
	return s[t]
}

// recordBody has the attributes of all record types, because a block may set attributes of other types to null. It also
// has the names that people write by habit; see habits.go.
var recordBody = newRecordBody()

func newRecordBody() *hcl.BodySchema {
	return &hcl.BodySchema{
		Attributes: append(attributes(allAttributes()...), namesOf(recordHabits)...),
		Blocks: []hcl.BlockHeaderSchema{
			{Type: string(dns.AttrSettings)},
			{Type: "lifecycle"},
			{Type: dataBlock},
			{Type: "dynamic", LabelNames: []string{"type"}},
		},
	}
}

// allAttributes returns the sorted attributes of all record types.
func allAttributes() []string {
	all := map[string]bool{}
	for _, t := range dns.Types() {
		maps.Copy(all, ownAttributes(t))
	}
	return slices.Sorted(maps.Keys(all))
}

// ownAttributes returns the attributes that records of a type have.
func ownAttributes(t dns.Type) map[string]bool {
	out := map[string]bool{"for_each": true, "count": true, "ignore_warnings": true}
	for _, name := range []dns.Attribute{
		dns.AttrName, dns.AttrContent, dns.AttrTTL, dns.AttrProxied, dns.AttrComment, dns.AttrTags, dns.AttrSettings,
	} {
		out[string(name)] = true
	}

	switch t {
	case dns.A, dns.AAAA:
		out[string(dns.AttrPrivateRouting)] = true
	case dns.MX:
		out[string(dns.AttrPriority)] = true
	}
	for _, f := range dns.Fields(t) {
		out[f.Name] = true
	}
	return out
}

func recordAttributes(names ...dns.Attribute) []hcl.AttributeSchema {
	out := make([]hcl.AttributeSchema, len(names))
	for i, n := range names {
		out[i].Name = string(n)
	}
	return out
}

func attributes(names ...string) []hcl.AttributeSchema {
	out := make([]hcl.AttributeSchema, len(names))
	for i, n := range names {
		out[i].Name = n
	}
	return out
}
