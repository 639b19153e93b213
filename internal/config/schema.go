package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// rootSchema lists the blocks that a file may have. It also knows blocks that belong
// elsewhere or to other tools, so that these are refused with advice.
var rootSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "cfplan"},
	{Type: "cloudflare"},
	{Type: "variable", LabelNames: []string{"name"}},
	{Type: "locals"},
	{Type: "output", LabelNames: []string{"name"}},
	{Type: "zone", LabelNames: []string{"name"}},
	{Type: "module", LabelNames: []string{"name"}},
	{Type: "record", LabelNames: []string{"type", "name"}},
	{Type: "terraform"},
	{Type: "provider", LabelNames: []string{"name"}},
	{Type: "resource", LabelNames: []string{"type", "name"}},
	{Type: "data", LabelNames: []string{"type", "name"}},
}}

// misplaced says what to write instead of a block that does not belong into a file.
var misplaced = map[string]string{
	"module": "module blocks are not part of this release. Put the zones into this directory's own files; " +
		"zone and record blocks take for_each.",
	"record":    "A record block stands inside the zone block that it belongs to.",
	"terraform": "This is a block of Terraform's. Its counterpart is \"cfplan\", with required_version and backend.",
	"provider":  "This is a block of Terraform's. Credentials come from CLOUDFLARE_API_TOKEN, or from a cloudflare block.",
	"resource": "This is a block of Terraform's. Records are record blocks inside a zone block; " +
		"\"cfplan import ZONE -from=terraform -in=FILE\" writes them.",
	"data": "This is a block of Terraform's. Use a variable, or file() and jsondecode().",
}

var settingsSchema = &hcl.BodySchema{
	Attributes: attributes("required_version", "ignore_warnings"),
	Blocks: []hcl.BlockHeaderSchema{
		{Type: "backend", LabelNames: []string{"type"}},
		{Type: "limits"},
		{Type: "encryption"},
	},
}

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

// staticZoneSchema is for a zone whose dynamic blocks have been expanded,
// zoneSchema for one that may still have some.
var (
	staticZoneSchema = &hcl.BodySchema{
		Attributes: attributes("for_each", "name", "id", "ownership"),
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
	Attributes: recordAttributes(dns.AttrTTL, dns.AttrProxied, dns.AttrComment, dns.AttrTags),
	Blocks:     []hcl.BlockHeaderSchema{{Type: string(dns.AttrSettings)}},
}

var (
	zonefileSchema       = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "path", Required: true}}}
	limitsSchema         = &hcl.BodySchema{Attributes: attributes("max_destroy")}
	ignoreSchema         = &hcl.BodySchema{Attributes: recordAttributes(dns.AttrName, dns.AttrType, dns.AttrContent)}
	lifecycleSchema      = &hcl.BodySchema{Attributes: attributes("prevent_destroy", "ignore_changes")}
	recordSettingsSchema = &hcl.BodySchema{
		Attributes: recordAttributes(dns.AttrFlattenCNAME, dns.AttrIPv4Only, dns.AttrIPv6Only),
	}
)

// recordSchema is what a record block of one type may hold.
type recordSchema struct {
	body   *hcl.BodySchema
	fields []dns.Field
}

// recordSchemas keeps the schema of each type, made once.
type recordSchemas map[dns.Type]*recordSchema

func (s recordSchemas) of(t dns.Type) *recordSchema {
	if s[t] == nil {
		s[t] = newRecordSchema(t)
	}
	return s[t]
}

func newRecordSchema(t dns.Type) *recordSchema {
	attrs := recordAttributes(
		dns.AttrName, dns.AttrContent, dns.AttrTTL, dns.AttrProxied, dns.AttrComment, dns.AttrTags)
	if t == dns.A || t == dns.AAAA {
		attrs = append(attrs, recordAttributes(dns.AttrPrivateRouting)...)
	}
	attrs = append(attrs, attributes("for_each", "count", "ignore_warnings")...)
	if t == dns.MX {
		attrs = append(attrs, recordAttributes(dns.AttrPriority)...)
	}
	fields := dns.Fields(t)
	for _, f := range fields {
		attrs = append(attrs, recordAttributes(dns.Attribute(f.Name))...)
	}

	return &recordSchema{fields: fields, body: &hcl.BodySchema{
		Attributes: attrs,
		Blocks:     []hcl.BlockHeaderSchema{{Type: string(dns.AttrSettings)}, {Type: "lifecycle"}},
	}}
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
