package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/guidance"
)

// A cloudflare block without a label is the default account. A block with a label is an account with that
// name. The schema of a file allows only cloudflare blocks without a label, so fileContent looks for the
// others separately.

// accountSchema finds the cloudflare blocks that have a name.
var accountSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "cloudflare", LabelNames: []string{"name"}}}}

// labelProblem is the summary of hcl's error about a cloudflare block with more labels than the schema
// allows.
const labelProblem = "Extraneous label for cloudflare"

// fileContent returns the blocks of a file, including cloudflare blocks with and without a name.
func fileContent(body hcl.Body) (*hcl.BodyContent, hcl.Diagnostics) {
	native, isNative := body.(*hclsyntax.Body)
	if !isNative {
		content, diags := body.Content(rootSchemaOfJSON)
		content.Blocks = withAccountsOfJSON(content.Blocks)
		return content, diags
	}

	content, diags := body.Content(rootSchema)
	if !slices.ContainsFunc(native.Blocks, func(b *hclsyntax.Block) bool { return b.Type == "cloudflare" && len(b.Labels) > 0 }) {
		return content, diags
	}

	named, _, more := body.PartialContent(accountSchema)
	diags = slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool { return d.Summary == labelProblem })
	for _, d := range more {
		if d.Summary == labelProblem { // more than one label
			diags = append(diags, d)
		}
	}
	content.Blocks = append(content.Blocks, named.Blocks...)
	return content, diags
}

// withAccountsOfJSON turns the accounts inside the cloudflare objects of a JSON file into blocks of their
// own. An account is a property whose value is an object. A cloudflare object with nothing but accounts
// does not declare a default account.
func withAccountsOfJSON(blocks hcl.Blocks) hcl.Blocks {
	var out hcl.Blocks
	for _, b := range blocks {
		if b.Type != "cloudflare" {
			out = append(out, b)
			continue
		}
		accounts := accountsOfJSON(b)
		_, rest, _ := b.Body.PartialContent(schemaOf(accounts))
		left, _ := rest.JustAttributes()
		out = append(out, accounts...)
		if len(left) > 0 || len(accounts) == 0 {
			without := *b
			without.Body = rest
			out = append(out, &without)
		}
	}
	return out
}

// accountsOfJSON returns the accounts in a cloudflare object.
func accountsOfJSON(b *hcl.Block) hcl.Blocks {
	attrs, _ := b.Body.JustAttributes() // evalCloudflare reports the errors in the body
	schema := &hcl.BodySchema{}
	for _, a := range sortedAttributes(attrs) {
		if isObject(a.Expr) {
			schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: a.Name})
		}
	}
	content, _, _ := b.Body.PartialContent(schema)

	var out hcl.Blocks
	for _, inner := range content.Blocks {
		account := *inner
		account.Type, account.Labels, account.LabelRanges = b.Type, []string{inner.Type}, []hcl.Range{inner.TypeRange}
		out = append(out, &account)
	}
	return out
}

// isObject reports whether an expression in JSON is an object, or a list that begins with one.
func isObject(expr hcl.Expression) bool {
	if list, diags := hcl.ExprList(expr); !diags.HasErrors() && len(list) > 0 {
		expr = list[0]
	}
	_, diags := hcl.ExprMap(expr)
	return !diags.HasErrors()
}

func schemaOf(accounts hcl.Blocks) *hcl.BodySchema {
	out := &hcl.BodySchema{}
	for _, b := range accounts {
		out.Blocks = append(out.Blocks, hcl.BlockHeaderSchema{Type: b.Labels[0]})
	}
	return out
}

// accountNames are the names of the accounts that the configuration declares.
type accountNames struct {
	declared map[string]hcl.Range
	// incomplete is set if a file could not be read. That file may declare more accounts.
	incomplete bool
}

// accountName matches valid account names. Each of them can be turned into the name of an environment
// variable.
var accountName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// readAccountNames checks the names of the accounts, and that no two of them share an environment variable.
func readAccountNames(r *report, d *declarations) accountNames {
	out := accountNames{declared: map[string]hcl.Range{}, incomplete: d.names.incomplete}
	byVariable := map[string]string{}
	for _, b := range d.accounts {
		name, variable := b.Labels[0], guidance.TokenVariable(b.Labels[0])
		other, taken := byVariable[variable]
		switch {
		case !validAccountName(r, name, b.LabelRanges[0]):
			out.declared[name] = b.DefRange // so that a zone that uses the name is not reported, too
		case !unique(r, out.declared, "account", name, b.DefRange):
		case taken:
			r.errorAt(b.LabelRanges[0], "Accounts share a variable",
				"The accounts %q and %q (%s) would both get their token from %s. Give one of them another name.",
				name, other, at(out.declared[other]), variable)
		default:
			byVariable[variable] = name
		}
	}
	return out
}

// validAccountName reports an invalid name of an account. It returns whether the name is valid.
func validAccountName(r *report, name string, rng hcl.Range) bool {
	switch {
	case len(name) > maxLabel || !accountName.MatchString(name):
		r.errorAt(rng, "Invalid account name",
			"The name of an account begins with a letter from a to z and has only such letters, digits, "+
				"underscores and dashes.")
		return false
	case strings.HasSuffix(name, "file"):
		r.errorAt(rng, "Invalid account name",
			"The name of an account must not end in \"file\": %s would be both the variable for a token and the "+
				"variable for a file with a token.",
			guidance.TokenVariable(name))
		return false
	}
	return true
}

// readAccount reads the account that a zone belongs to.
func (e zoneEvaluator) readAccount(r *reader) stated[string] {
	name, ok := r.text("cloudflare")
	if !ok {
		return stated[string]{}
	}

	_, known := e.accounts.declared[name]
	switch {
	case slices.Contains(r.secret, "cloudflare"):
		r.fail("cloudflare", "Sensitive name of an account",
			"A sensitive value cannot be the name of an account, which is shown. Wrap what may be shown in "+
				"nonsensitive().")
	case !known && !e.accounts.incomplete:
		r.fail("cloudflare", "Unknown account", "There is no cloudflare block with that name.%s", e.accounts.hint(name))
	}
	return statedBy(r, "cloudflare", name)
}

// hint suggests the account that the user probably meant, or lists the accounts.
func (a accountNames) hint(name string) string {
	known := slices.Sorted(maps.Keys(a.declared))
	if len(known) == 0 {
		return " Declare it: cloudflare \"NAME\" { }, or leave the attribute out for the default account."
	}
	if hint := dns.DidYouMean(name, known); hint != "" {
		return hint
	}
	return " There are " + english.List(english.Quoted(known), "and") + "."
}
