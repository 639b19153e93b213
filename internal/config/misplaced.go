package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// misplaced maps the types of blocks that cannot be at the top level of a file to functions that say what to write
// instead.
var misplaced = map[string]func(*report, *hcl.Block) string{
	"record":    adviseRecord,
	"terraform": adviseTerraform,
	"provider":  adviseProvider,
	"resource": fixedAdvice("This is a Terraform block. Records are record blocks inside a zone block. " +
		fromTerraform),
	"data": adviseDataSource,
	"import": fixedAdvice("This is a Terraform block. A record that exists already and has the declared name, " +
		"type and content is adopted by the next plan, without a block. \"cfplan import ZONE\" writes all " +
		"records of a zone, and takes them over."),
	"check": fixedAdvice("This is a Terraform block. A value is checked by a validation block in its variable; " +
		"\"cfplan verify\" asks the zones' name servers whether they serve what is declared."),
}

func fixedAdvice(text string) func(*report, *hcl.Block) string {
	return func(*report, *hcl.Block) string { return text }
}

func adviseRecord(_ *report, b *hcl.Block) string {
	return fmt.Sprintf("A record block belongs inside the block of its zone: "+
		"zone \"example.com\" { record %s %s { … } }.", dns.Show(b.Labels[0]), dns.Show(b.Labels[1]))
}

func adviseTerraform(_ *report, b *hcl.Block) string {
	const advice = "This is a Terraform block. Its counterpart is cfplan, with required_version, for cfplan's own " +
		"version, and backend"
	content, _, _ := b.Body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "backend", LabelNames: []string{"type"}},
	}})
	if len(content.Blocks) == 0 {
		return advice + "."
	}
	return fmt.Sprintf("%s: cfplan { backend %s { … } }. docs/state.md lists the backends.",
		advice, dns.Show(content.Blocks[0].Labels[0]))
}

func adviseProvider(_ *report, b *hcl.Block) string {
	if b.Labels[0] != "cloudflare" {
		return "This is a Terraform block. cfplan works with Cloudflare only. Pass other values in " +
			"variables, or in files that you read with jsondecode(file(\"FILE\")) or yamldecode."
	}
	attrs, _ := b.Body.JustAttributes() // the block is refused anyway, so its errors do not matter
	if alias, ok := literal(attrs["alias"]); ok {
		return fmt.Sprintf("This is a Terraform block. Put the credentials of another account into cloudflare %s { "+
			"api_token = var.token }, and write cloudflare = %s in its zones.", dns.Show(alias), dns.Show(alias))
	}
	return "This is a Terraform block. Credentials come from CLOUDFLARE_API_TOKEN in the environment, " +
		"or from cloudflare { api_token = var.token }."
}

// adviseDataSource says what to do instead of a data block. Most of them look up the ID of a zone.
func adviseDataSource(_ *report, b *hcl.Block) string {
	if !strings.HasPrefix(b.Labels[0], "cloudflare_zone") {
		return "This is a Terraform block. Pass other values in variables, or in files that you read with " +
			"jsondecode(file(\"FILE\")) or yamldecode, such as the output of \"terraform output -json\"."
	}
	name, ok := lookedUp(b.Body)
	if !ok {
		name = "example.com"
	}
	return fmt.Sprintf("This is a Terraform block. cfplan finds a zone by its name, so you need not look up its ID: "+
		"write the records into zone %s { … }.", dns.Show(name))
}

// lookedUp returns the name of the zone that a data block looks up. The place of the name depends on the version
// of the provider.
func lookedUp(body hcl.Body) (string, bool) {
	attrs, _ := body.JustAttributes() // the block is refused anyway, so its errors do not matter
	if filter := attrs["filter"]; filter != nil {
		if item, ok := written(filter)["name"]; ok {
			return literal(&hcl.Attribute{Expr: item.Value})
		}
	}
	if text, ok := literal(attrs["name"]); ok {
		return text, true
	}

	content, _, _ := body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "filter"}}})
	if len(content.Blocks) == 0 {
		return "", false
	}
	attrs, _ = content.Blocks[0].Body.JustAttributes()
	return literal(attrs["name"])
}

// literal returns the text of an attribute that is a constant.
func literal(a *hcl.Attribute) (string, bool) {
	if a == nil {
		return "", false
	}
	v, diags := a.Expr.Value(nil)
	if diags.HasErrors() {
		return "", false
	}
	return plainText(v)
}
