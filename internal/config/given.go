package config

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

const envPrefix = "CFPLAN_VAR_"

// collectGiven finds the values that variables are given from outside, the
// later winning: environment, automatic files, -var-file, -var.
func (l *loader) collectGiven(variables []*variable) {
	known := make(map[string]*variable, len(variables))
	for _, v := range variables {
		known[v.name] = v
	}
	l.fromEnv(known)
	for _, name := range autoFiles(l.dir) {
		l.fromFile(known, name, filepath.Join(l.dir, name))
	}
	for _, path := range l.opts.VarFiles {
		l.fromFile(known, path, path)
	}
	for _, option := range l.opts.Vars {
		l.fromOption(known, option)
	}
}

// fromEnv ignores variables that are not declared: an environment is shared.
func (l *loader) fromEnv(known map[string]*variable) {
	for _, entry := range l.opts.Env {
		name, text, ok := strings.Cut(entry, "=")
		v := known[strings.TrimPrefix(name, envPrefix)]
		if ok && strings.HasPrefix(name, envPrefix) && v != nil {
			l.fromText(v, "<"+name+">", text)
		}
	}
}

// fromOption reads one NAME=VALUE of -var.
func (l *loader) fromOption(known map[string]*variable, option string) {
	name, text, ok := strings.Cut(option, "=")
	name = strings.TrimSpace(name)
	file := "<-var " + name + ">"
	rng := l.pseudoFile(file, name, false)
	v := known[name]
	switch {
	case !ok:
		l.report.errorAt(rng, "Invalid -var option", "-var takes a name and a value with an equals sign between them: -var '%s=VALUE'.", name)
	case v != nil:
		l.fromText(v, file, text)
	case !l.names.incomplete:
		l.report.errorAt(rng, "Value for undeclared variable", "-var gives a value to %q, but the configuration declares no such variable.%s",
			name, dns.DidYouMean(name, slices.Collect(maps.Keys(known))))
	}
}

// fromText reads a value from a text: as it stands for a literal variable, as
// an expression for the others. File is what diagnostics call the source.
func (l *loader) fromText(v *variable, file, text string) {
	rng := l.pseudoFile(file, text, v.sensitive)
	if v.literal {
		v.given = &given{cty.StringVal(text), rng}
		return
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), file, hcl.InitialPos)
	l.report.add(diags...)
	if diags.HasErrors() {
		v.broken = true
		return
	}
	value, diags := expr.Value(nil)
	l.report.add(diags...)
	v.given = &given{value, rng}
}

// pseudoFile registers a text from outside as a file, so that diagnostics can
// show it, and returns its range.
func (l *loader) pseudoFile(name, text string, secret bool) hcl.Range {
	shown := []byte(text)
	if secret {
		mask(shown)
	}
	l.files[name] = &hcl.File{Bytes: shown}
	end := hcl.Pos{Line: 1, Column: 1 + len(text), Byte: len(text)}
	return hcl.Range{Filename: name, Start: hcl.InitialPos, End: end}
}

// autoFiles lists the directory's *.auto.cfvars, sorted.
func autoFiles(dir string) []string {
	entries, _ := os.ReadDir(dir) // a directory that cannot be read is reported elsewhere
	var out []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), ".auto.cfvars") {
			out = append(out, e.Name())
		}
	}
	return out
}

// fromFile reads a file of NAME = VALUE lines.
func (l *loader) fromFile(known map[string]*variable, name, path string) {
	maskBroken := maskSettings
	if anySensitive(known) {
		maskBroken = maskValues
	}
	s := l.parse(name, path, maskBroken)
	if s.broken {
		l.lostValues = true
	}
	if s.body == nil {
		return
	}
	attrs, diags := s.body.JustAttributes()
	if !s.broken {
		l.report.add(diags...)
	}
	for _, a := range sortedAttributes(attrs) {
		v := known[a.Name]
		if v == nil {
			l.unknownInFile(known, a)
			continue
		}
		l.fromAttribute(v, a)
	}
}

func anySensitive(variables map[string]*variable) bool {
	for _, v := range variables {
		if v.sensitive {
			return true
		}
	}
	return false
}

func (l *loader) fromAttribute(v *variable, a *hcl.Attribute) {
	if v.sensitive {
		l.hide(a.Expr.Range())
	}
	value, diags := a.Expr.Value(nil)
	l.report.add(diags...)
	v.given = &given{value, a.Expr.Range()}
}

func (l *loader) unknownInFile(known map[string]*variable, a *hcl.Attribute) {
	l.hide(a.Expr.Range()) // a misspelt secret is one still
	if l.names.incomplete {
		return
	}
	l.report.add(warningAt(a.NameRange, "Value for undeclared variable", "The configuration declares no variable %q, so this value is not used.%s",
		a.Name, dns.DidYouMean(a.Name, slices.Collect(maps.Keys(known)))))
}

func sortedAttributes(attrs hcl.Attributes) []*hcl.Attribute {
	out := slices.Collect(maps.Values(attrs))
	slices.SortFunc(out, func(a, b *hcl.Attribute) int {
		if n := a.NameRange.Start.Byte - b.NameRange.Start.Byte; n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}
