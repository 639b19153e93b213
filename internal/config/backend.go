package config

import (
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// evalSettings reads the cfplan blocks: several may stand in the files, as long
// as only one has a backend, and one limits. Their ignore_warnings add up.
func (l *loader) evalSettings(d *declarations) *Backend {
	var backend *Backend
	var limits hcl.Blocks
	for _, b := range d.settings {
		content, diags := b.Body.Content(settingsSchema)
		l.report.add(diags...)
		l.checkVersion(content.Attributes["required_version"])
		maps.Copy(l.quiet, l.readQuiet(content.Attributes["ignore_warnings"]))
		for _, inner := range content.Blocks {
			switch {
			case inner.Type == "limits":
				limits = append(limits, inner)
			case backend != nil:
				l.report.errorAt(inner.DefRange, "Duplicate backend", "A backend was already declared at %s. The state lives in one place: remove one of the two.", at(backend.Range))
			default:
				backend = l.readBackend(inner)
			}
		}
	}
	l.maxDestroy = l.readLimits(limits)
	return backend
}

// readBackend takes any type: which there are is for the caller to know.
func (l *loader) readBackend(b *hcl.Block) *Backend {
	out := &Backend{Type: b.Labels[0], Attributes: map[string]string{}, Range: b.DefRange}
	attrs, diags := b.Body.JustAttributes()
	l.report.add(diags...)
	for _, a := range sortedAttributes(attrs) {
		if text, ok := l.backendText(a); ok {
			out.Attributes[a.Name] = text
		}
	}
	return out
}

func (l *loader) backendText(a *hcl.Attribute) (string, bool) {
	if vars := a.Expr.Variables(); len(vars) > 0 {
		l.report.errorAt(vars[0].SourceRange(), "Variables not allowed", "The state is found before anything is evaluated, so a backend's attributes are constants.")
		return "", false
	}
	v := l.constant(a, cty.String)
	if v.IsNull() {
		return "", false
	}
	return v.AsString(), true
}

// evalCloudflare reads the cloudflare block. Nothing that it reports carries an
// expression or a context, from which values would be printed.
func (l *loader) evalCloudflare(d *declarations, ctx *hcl.EvalContext) Cloudflare {
	var out Cloudflare
	for i, b := range d.cloudflare {
		if i > 0 {
			l.report.errorAt(b.DefRange, "Duplicate cloudflare block", "A cloudflare block was already declared at %s. Remove one of the two.", at(d.cloudflare[0].DefRange))
		}
		content, diags := b.Body.Content(cloudflareSchema)
		l.hideLiterals(content.Attributes)
		l.report.add(diags...)
		text := func(name string) string { return l.credential(content.Attributes[name], ctx) }
		out = Cloudflare{APIToken: text("api_token"), APIKey: text("api_key"), Email: text("email"), BaseURL: text("base_url")}
	}
	return out
}

// hideLiterals masks the secrets of the block and warns of those that stand in
// the file itself.
func (l *loader) hideLiterals(attrs hcl.Attributes) {
	for _, name := range []string{"api_token", "api_key"} {
		a := attrs[name]
		if a == nil {
			continue
		}
		if v, diags := a.Expr.Value(nil); !diags.HasErrors() && !v.IsNull() {
			l.report.add(warningAt(a.NameRange, "Secret in a configuration file", "The value of %s stands in the file, where version control keeps it for good. "+
				"Set CLOUDFLARE_API_TOKEN in the environment instead, or use a variable with sensitive = true; replace this token if the file was ever shared.", name))
		}
		if len(a.Expr.Variables()) == 0 {
			l.hide(a.Expr.Range())
		}
	}
}

func (l *loader) credential(a *hcl.Attribute, ctx *hcl.EvalContext) string {
	if a == nil {
		return ""
	}
	v, diags := l.eval(a.Expr, l.references(), ctx)
	for _, d := range diags {
		bare := *d
		bare.Expression, bare.EvalContext = nil, nil
		if l.report.secrets.touch(a.Expr, ctx) || len(a.Expr.Variables()) == 0 {
			bare.Detail = withheld
		}
		l.report.add(&bare)
	}
	v, _ = v.UnmarkDeep()
	text, err := convert.Convert(v, cty.String)
	if err != nil {
		l.report.errorAt(a.Expr.Range(), "Unsuitable value", "The attribute %q must be a text.", a.Name)
		return ""
	}
	if !text.IsKnown() {
		l.report.doubt(a.Expr.Range())
		return ""
	}
	if text.IsNull() {
		return ""
	}
	return text.AsString()
}
