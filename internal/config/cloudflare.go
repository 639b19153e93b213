package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/cfplan/cfplan/internal/guidance"
)

// evalCloudflare evaluates the cloudflare block without a name.
func evalCloudflare(r *report, d *declarations, from givenValues, s evalContext) Cloudflare {
	var out Cloudflare
	for i, b := range d.cloudflare {
		if i > 0 {
			r.errorAt(b.DefRange, "Duplicate cloudflare block",
				"A cloudflare block was already declared at %s. Remove one of the two, or give one a name for a "+
					"second account: cloudflare \"NAME\" { }.", at(d.cloudflare[0].DefRange))
		}
		out = evalAccount(r, d, from, s, b)
	}
	return out
}

// evalAccounts evaluates the cloudflare blocks with a name.
func evalAccounts(r *report, d *declarations, from givenValues, s evalContext) []Cloudflare {
	var out []Cloudflare
	for _, b := range d.accounts {
		account := evalAccount(r, d, from, s, b)
		account.Name = b.Labels[0]
		out = append(out, account)
	}
	slices.SortStableFunc(out, func(a, b Cloudflare) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// evalAccount evaluates one cloudflare block. Its diagnostics have no expression and no evaluation context,
// because a printer would show these with their values.
func evalAccount(r *report, d *declarations, from givenValues, s evalContext, b *hcl.Block) Cloudflare {
	content, diags := b.Body.Content(cloudflareSchema)
	hideLiterals(r, content.Attributes, guidance.TokenVariable(strings.Join(b.Labels, "")))
	r.add(diags...)

	out := Cloudflare{
		Range:    b.DefRange,
		APIToken: evalCredential(r, content.Attributes["api_token"], s),
		APIKey:   evalCredential(r, content.Attributes["api_key"], s),
		Email:    evalCredential(r, content.Attributes["email"], s),
		BaseURL:  evalCredential(r, content.Attributes["base_url"], s),
	}
	r.secrets.add(out.APIToken)
	r.secrets.add(out.APIKey)
	out.Outside, out.Pending = originOfCredentials(d, from, content.Attributes)
	if a := content.Attributes["base_url"]; a != nil {
		out.BaseURLRange = a.Range
		if CarriesSecret(out.BaseURL) {
			r.hide(a.Expr.Range())
		}
	}
	return out
}

// originOfCredentials says where the credentials and the base_url of a block come from. outside reports
// whether one of them refers to a variable that is set outside the files. pending reports whether a
// credential refers to a variable without a value. How the expression uses the variable does not matter: it
// is enough that the value may depend on it. base_url counts because its path can contain a credential.
func originOfCredentials(d *declarations, from givenValues, attrs hcl.Attributes) (outside, pending bool) {
	var exprs []hcl.Expression
	for _, name := range []string{"api_token", "api_key", "email"} {
		if attrs[name] != nil {
			exprs = append(exprs, attrs[name].Expr)
		}
	}

	behind, inURL := d.variablesBehind(exprs...), map[string]bool{}
	if a := attrs["base_url"]; a != nil {
		inURL = d.variablesBehind(a.Expr)
	}
	for _, v := range d.variables {
		given := from.values[v.name]
		outside = outside || (behind[v.name] || inURL[v.name]) && given != nil && given.outside
		pending = pending || behind[v.name] && given == nil && v.fallback == nil
	}
	return outside, pending
}

// hideLiterals masks the secrets of the block, and warns about secrets that the file itself contains.
// variable is the environment variable to use instead.
func hideLiterals(r *report, attrs hcl.Attributes, variable string) {
	for _, name := range []string{"api_token", "api_key"} {
		a := attrs[name]
		if a == nil {
			continue
		}
		if v, diags := a.Expr.Value(nil); !diags.HasErrors() && !v.IsNull() {
			r.add(warningAt(a.NameRange, "Secret in a configuration file",
				"The value of %s is in the file, and version control keeps it forever. "+
					"Set %s in the environment instead, or use a variable with sensitive = true. "+
					"If the file was ever shared, replace the token.", name, variable))
		}
		if len(a.Expr.Variables()) == 0 {
			r.hide(a.Expr.Range())
		}
	}
}

// evalCredential evaluates an attribute of the block. It returns "" if the attribute is missing or invalid.
func evalCredential(r *report, a *hcl.Attribute, s evalContext) string {
	if a == nil {
		return ""
	}

	v, diags := s.eval(a.Expr)
	for _, d := range diags {
		bare := *d
		bare.Expression, bare.EvalContext = nil, nil
		if r.secrets.touch(a.Expr, s.ctx) || len(a.Expr.Variables()) == 0 {
			bare.Detail = withheld
		}
		r.add(&bare)
	}

	v, _ = v.UnmarkDeep()
	text, err := convert.Convert(v, cty.String)
	if err != nil {
		r.errorAt(a.Expr.Range(), "Unsuitable value", "The attribute %q must be a text.", a.Name)
		return ""
	}
	if !text.IsKnown() {
		r.doubt(a.Expr.Range())
		return ""
	}
	if text.IsNull() {
		return ""
	}
	return text.AsString()
}
