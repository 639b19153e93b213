package config

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// evalSettings reads the cfplan blocks: several may stand in the files, as long
// as only one has a backend, one limits and one encryption. Their ignore_warnings
// add up.
func (l *loader) evalSettings(d *declarations) (*Backend, *Encryption) {
	var backend *Backend
	var limits, encryption hcl.Blocks
	for _, b := range d.settings {
		content, diags := b.Body.Content(settingsSchema)
		l.report.add(diags...)
		l.checkVersion(content.Attributes["required_version"])
		maps.Copy(l.quiet, l.readQuiet(content.Attributes["ignore_warnings"]))
		for _, inner := range content.Blocks {
			switch {
			case inner.Type == "limits":
				limits = append(limits, inner)
			case inner.Type == "encryption":
				encryption = append(encryption, inner)
			case backend != nil:
				l.report.errorAt(inner.DefRange, "Duplicate backend", "A backend was already declared at %s. The state lives in one place: remove one of the two.", at(backend.Range))
			default:
				backend = l.readBackend(inner)
			}
		}
	}
	l.maxDestroy = l.readLimits(limits)
	return backend, l.readEncryption(encryption)
}

// readBackend takes any type: which there are is for the caller to know.
func (l *loader) readBackend(b *hcl.Block) *Backend {
	out := &Backend{Type: b.Labels[0], Attributes: map[string]string{}, Range: b.DefRange}
	attrs, diags := b.Body.JustAttributes()
	l.report.add(diags...)
	for _, a := range sortedAttributes(attrs) {
		secret := SecretAttribute(a.Name)
		if secret {
			l.hide(a.Expr.Range())
		}
		text, ok := l.backendText(a)
		if !ok {
			if !isReference(a.Expr) {
				l.hide(a.Expr.Range()) // what it would carry is not known
			}
			continue
		}
		if secret || CarriesSecret(text) {
			l.hide(a.Expr.Range())
			l.report.add(warningAt(a.NameRange, "Secret in a configuration file", "The value of %s stands in the file, where version control keeps it for good. "+
				"Give it in the environment, or with -backend-config; replace the secret if the file was ever shared.", a.Name))
		}
		out.Attributes[a.Name] = text
	}
	return out
}

// SecretAttribute reports whether the values of a backend's attribute with that name
// are secret.
func SecretAttribute(name string) bool {
	return slices.ContainsFunc([]string{"password", "passphrase", "secret", "token", "access_key", "customer_key", "private_key"},
		func(part string) bool { return strings.Contains(strings.ToLower(name), part) })
}

// CarriesSecret reports whether a value has a secret inside: a URL with a password or,
// in its query, a token or a key; or a connection string with a password.
func CarriesSecret(value string) bool {
	value = strings.TrimSpace(value)
	u, err := url.Parse(value)
	if err != nil && passwordInURL.MatchString(value) {
		return true
	}
	if err == nil && u.User != nil {
		if _, with := u.User.Password(); with {
			return true
		}
	}
	return passwordInside.MatchString(value) || secretInQuery(value)
}

var (
	// passwordInside finds the passwords of connection strings.
	passwordInside = regexp.MustCompile(`(?i)(pass(word|wd|phrase)?|pwd)\s*=`)
	// passwordInURL finds those of URLs that could not be parsed, often for what the
	// password has in it.
	passwordInURL = regexp.MustCompile(`(?i)^[a-z][a-z0-9+.-]*://[^/?#]*:.*@`)
	// queryField is a name in a query or a fragment, with its value.
	queryField = regexp.MustCompile(`[?&;#]([^=?&;#\s]+)=[^&;#\s]`)
	// secretField finds the names of fields that are secret.
	secretField = regexp.MustCompile(`(?i)pass(word|wd|phrase)?$|pwd|token|secret|key|sig$|signature|auth|credential|bearer|jwt`)
)

// plainFields are those of PostgreSQL's URLs whose names only look secret.
var plainFields = []string{"sslkey", "sslkeylogfile", "require_auth"}

func secretInQuery(value string) bool {
	return slices.ContainsFunc(queryField.FindAllStringSubmatch(value, -1), func(m []string) bool {
		name, err := url.QueryUnescape(m[1])
		if err != nil {
			name = m[1]
		}
		return secretField.MatchString(name) && !slices.Contains(plainFields, strings.ToLower(name))
	})
}

// BackendFile reads a file of NAME = VALUE lines, HCL or JSON by its name, for
// -backend-config: what the backend block does not say. All of its values are masked
// in Files: such a file is where secrets are.
func BackendFile(name, path string) (map[string]string, Files, hcl.Diagnostics) {
	l := &loader{files: Files{}, report: newReport()}
	s := l.parse(name, path, maskValues)
	out := map[string]string{}
	if s.body != nil && !s.broken {
		l.files[name] = withBytes(l.files[name], maskValues(s.text))
		attrs, diags := s.body.JustAttributes()
		l.report.add(diags...)
		for _, a := range sortedAttributes(attrs) {
			l.hide(a.Expr.Range())
			if text, ok := l.backendText(a); ok {
				out[a.Name] = text
			}
		}
		withholdQuotes(l.report.list, s.text, l.files[name].Bytes)
	}
	return out, l.files, l.report.diagnostics()
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

// readEncryption reads the encryption block among the blocks, nil where there is none.
func (l *loader) readEncryption(blocks hcl.Blocks) *Encryption {
	b := l.single(blocks, "encryption")
	if b == nil {
		return nil
	}
	content, diags := b.Body.Content(encryptionSchema)
	l.report.add(diags...)
	out := &Encryption{Range: b.DefRange}
	for _, a := range content.Attributes {
		if vars := a.Expr.Variables(); len(vars) > 0 {
			l.report.errorAt(vars[0].SourceRange(), "Variables not allowed", "The state is read before anything is evaluated, so what decrypts it is a constant.")
			return out
		}
	}
	out.IdentityFile = l.identityFile(content.Attributes["identity_file"])
	recipients := content.Attributes["recipients"]
	v := l.constant(recipients, cty.List(cty.String))
	if v.IsNull() {
		return out
	}
	for n, e := range v.AsValueSlice() {
		if e.IsNull() {
			l.report.errorAt(elementRange(recipients.Expr, true, n), "Unsuitable value", "This list has a null in it. Write public keys, which begin with \"age1\".")
			continue
		}
		if strings.Contains(e.AsString(), secretKey) {
			l.report.errorAt(elementRange(recipients.Expr, true, n), "Secret in a configuration file", "A recipient is a public key, which begins with \"age1\". "+
				"This is the secret key: whoever has the file can decrypt the state. Make another with age-keygen, and write the public key that it prints.")
			continue
		}
		out.Recipients = append(out.Recipients, e.AsString())
	}
	return out
}

// identityFile reads the path of a file of keys; the key itself is refused, and not shown.
func (l *loader) identityFile(a *hcl.Attribute) string {
	path := l.constantText(a)
	if !strings.Contains(strings.ToUpper(path), secretKey) {
		return path
	}
	l.hide(a.Expr.Range())
	l.report.errorAt(a.NameRange, "Secret in a configuration file", "identity_file is the path of a file with the secret key. "+
		"This is the key itself: whoever has the file can decrypt the state. Make another with age-keygen, and write the path of the file that it makes, or set CFPLAN_STATE_IDENTITY.")
	return ""
}

// secretKey begins a secret key of age.
const secretKey = "AGE-SECRET-KEY-"

var wholeKey = regexp.MustCompile(`(` + secretKey + `[0-9A-Za-z-]*)`)

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
