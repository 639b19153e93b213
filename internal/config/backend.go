package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/files"
)

// readBackend reads a backend block of any type. The caller of Load checks the type.
func readBackend(r *report, b *hcl.Block) *Backend {
	out := &Backend{
		Type:       b.Labels[0],
		Attributes: map[string]string{},
		Lines:      map[string]int{},
		Range:      b.DefRange,
	}
	attrs, diags := b.Body.JustAttributes()
	r.add(diags...)
	for _, a := range sortedAttributes(attrs) {
		if text, ok := readBackendAttribute(r, a); ok {
			out.Attributes[a.Name] = text
			out.Lines[a.Name] = a.NameRange.Start.Line
		}
	}
	return out
}

// readBackendAttribute reads an attribute of a backend block. It hides a secret value and warns about it.
func readBackendAttribute(r *report, a *hcl.Attribute) (string, bool) {
	secret := SecretAttribute(a.Name)
	if secret {
		r.hide(a.Expr.Range())
	}

	text, ok := backendText(r, a)
	if !ok {
		if !isReference(a.Expr) {
			r.hide(a.Expr.Range()) // it may contain a secret
		}
		return "", false
	}

	if secret || CarriesSecret(text) {
		r.hide(a.Expr.Range())
		r.add(warningAt(a.NameRange, "Secret in a configuration file",
			"The value of %s is in the file, and version control keeps it forever. Give it in the environment, "+
				"or with -backend-config. If the file was ever shared, replace the secret.", a.Name))
	}
	return text, true
}

// BackendFile reads a file for -backend-config with attributes that the backend block leaves out. The file
// has NAME = VALUE lines, or is JSON if its name says so. Files masks all values, because users keep
// secrets in this file.
func BackendFile(name, path string) (map[string]string, Files, hcl.Diagnostics) {
	r := newReport()
	s := parseFile(r, name, func() ([]byte, error) { return files.ReadFile(path, lang.MaxFile) }, maskValues)
	out := map[string]string{}
	if s.body != nil && !s.broken {
		r.keep(name, withBytes(r.files[name], maskValues(s.text)))
		attrs, diags := s.body.JustAttributes()
		r.add(diags...)
		for _, a := range sortedAttributes(attrs) {
			r.hide(a.Expr.Range())
			if text, ok := backendText(r, a); ok {
				out[a.Name] = text
			}
		}
		withholdQuotes(r.list, s.text, r.files[name].Bytes)
	}
	return out, r.files, r.diagnostics()
}

func backendText(r *report, a *hcl.Attribute) (string, bool) {
	if !constantOnly(r, a,
		"cfplan finds the state before it evaluates anything, so a backend's attributes must be constants.") {
		return "", false
	}
	v := constant(r, a, cty.String)
	if v.IsNull() {
		return "", false
	}
	return v.AsString(), true
}
