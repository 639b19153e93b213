package config

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A diagnostic prints the line that it is about, whatever else stands there. What is
// secret is masked in the files before: by its range where the file could be parsed,
// by its line where not.

// hideLines masks what the first group of a pattern matches in a file.
func (l *loader) hideLines(name string, pattern *regexp.Regexp) {
	f := l.files[name]
	if f == nil {
		return
	}
	src := bytes.Clone(f.Bytes)
	for _, m := range pattern.FindAllSubmatchIndex(src, -1) {
		mask(src[m[2]:m[3]])
	}
	l.files[name] = withBytes(f, src)
}

// hide masks a range of a file, whose source then shows asterisks wherever a
// diagnostic prints the line.
func (l *loader) hide(rng hcl.Range) {
	f := l.files[rng.Filename]
	if f == nil || !rng.CanSliceBytes(f.Bytes) {
		return
	}
	src := bytes.Clone(f.Bytes)
	mask(rng.SliceBytes(src))
	l.files[rng.Filename] = withBytes(f, src)
}

// mask keeps length and lines, so that every range stays where it was.
func mask(b []byte) {
	for i, c := range b {
		if c != '\n' && c != '\r' {
			b[i] = '*'
		}
	}
}

func withBytes(f *hcl.File, src []byte) *hcl.File {
	out := *f
	out.Bytes = src
	return &out
}

// settingsBlocks are those in which credentials are written, also the ones that belong
// into other tools' files.
const settingsBlocks = `cfplan|cloudflare|backend|encryption|terraform|provider`

// contentBlocks are the blocks of a file that have no credentials.
var contentBlocks = []string{"zone", "variable", "locals", "output", "module", "record", "resource", "data"}

// hideSettings masks the credentials of a parsed file, wherever they stand: a block or
// an attribute that is in the wrong place is shown to say so.
func (l *loader) hideSettings(root hcl.Body) {
	body, native := root.(*hclsyntax.Body)
	if !native {
		attrs, _ := root.JustAttributes() // its errors are those of reading it, told elsewhere
		for _, a := range attrs {
			if !slices.Contains(contentBlocks, a.Name) {
				l.hideValue("", a.Name, a.Expr)
			}
		}
		return
	}
	for _, b := range body.Blocks {
		if !slices.Contains(contentBlocks, b.Type) {
			l.hideBlock(b)
		}
	}
}

func (l *loader) hideBlock(b *hclsyntax.Block) {
	for _, a := range b.Body.Attributes {
		l.hideValue(b.Type, a.Name, a.Expr)
	}
	for _, inner := range b.Body.Blocks {
		l.hideBlock(inner)
	}
}

// hideValue masks an attribute's value where it is secret, or parts of it are.
func (l *loader) hideValue(block, name string, expr hcl.Expression) {
	misplaced := block == "encryption" && !slices.ContainsFunc(encryptionSchema.Attributes, func(s hcl.AttributeSchema) bool { return s.Name == name })
	if (misplaced || SecretAttribute(name) || l.carries(expr.Range())) && !isReference(expr) {
		l.hide(expr.Range())
		return
	}
	if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		for _, p := range pairs {
			l.hideValue(name, keyText(p.Key), p.Value)
		}
	} else if list, diags := hcl.ExprList(expr); !diags.HasErrors() {
		for _, e := range list {
			l.hideValue(block, name, e)
		}
	}
}

// keyText is the name that an object's key is, empty where it is not plain.
func keyText(key hcl.Expression) string {
	v, diags := key.Value(nil)
	if diags.HasErrors() {
		return ""
	}
	text, _ := plainText(v)
	return text
}

// carries reports whether the source of a text has a secret inside.
func (l *loader) carries(rng hcl.Range) bool {
	f := l.files[rng.Filename]
	if f == nil || !rng.CanSliceBytes(f.Bytes) {
		return false
	}
	text := rng.SliceBytes(f.Bytes)
	return bytes.HasPrefix(text, []byte(`"`)) && CarriesSecret(strings.Trim(string(text), `"`))
}

// isReference reports whether an expression names a variable or a local and has
// nothing of its own.
func isReference(expr hcl.Expression) bool {
	t, diags := hcl.AbsTraversalForExpr(expr)
	return !diags.HasErrors() && len(t) > 1 && slices.Contains([]string{"var", "local"}, t.RootName())
}

var (
	// blockLine begins a block with credentials, contentLine one that has none.
	blockLine   = regexp.MustCompile(`(?:^\x{feff}?|[{},;\[])\s*"?(?:` + settingsBlocks + `)\b`)
	contentLine = regexp.MustCompile(`^(?:` + strings.Join(contentBlocks, "|") + `)\b[^=]*\{|^\s*"(?:` + strings.Join(contentBlocks, "|") + `)"\s*:`)
	// plainLine has no value.
	plainLine = regexp.MustCompile(`^\s*(?:(?:` + settingsBlocks + `|limits)(?:\s+"[0-9A-Za-z_-]*")?\s*\{)?[\s{}\[\](),]*$`)
	// namedLine has a name before its value. A second equals sign, or nothing, after the
	// first is the end of something in base64.
	namedLine = regexp.MustCompile(`^[\s{,]*"?[A-Za-z_][0-9A-Za-z_-]*"?[ \t]*[=:][ \t]*([^=\s].*)$`)
	// secretLine has a secret one.
	secretLine = regexp.MustCompile(`(?i)(?:pass(?:word|wd|phrase)|pwd|secret|token|api_?key|(?:access|customer|private)_key)[0-9a-z_-]*"?[ \t]*[=:][ \t]*(.*)$`)
	urlStart   = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://`)
	heredoc    = regexp.MustCompile(`<<-?[ \t]*([0-9A-Za-z_-]+)\s*$`)
)

// maskValues masks every value in the text of a file, and leaves names.
func maskValues(src []byte) []byte {
	return maskLines(src, func(string) int { return itsValue })
}

// maskSettings masks what may be secret in the text of a file that cannot be parsed:
// all values in and after the start of a block where credentials are, until another
// block begins, and whatever looks secret elsewhere.
func maskSettings(src []byte) []byte {
	inside := false
	return maskLines(src, func(line string) int {
		inside = blockLine.MatchString(line) || inside && !contentLine.MatchString(line)
		if inside {
			return itsValue
		}
		return secretFrom(line)
	})
}

// What maskLines does with a line, other than masking it from an offset.
const (
	itsValue = -1 // mask its value
	nothing  = -2
)

// maskLines masks each line from where `from` says, and with it the heredoc that begins
// there.
func maskLines(src []byte, from func(line string) int) []byte {
	out := bytes.Clone(src)
	until := ""
	for at := 0; at < len(out); {
		end := len(out)
		if n := bytes.IndexByte(out[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		line := strings.TrimRight(string(src[at:end]), "\r\n")
		start := nothing
		switch trimmed := strings.TrimSpace(line); {
		case until == "":
			start = from(line)
			if m := heredoc.FindStringSubmatch(line); m != nil && start != nothing {
				until = m[1]
			}
		case trimmed == until:
			until = ""
		default:
			start = 0
		}
		if start == itsValue {
			start = valueFrom(line)
		}
		if start >= 0 {
			mask(out[at+start : end])
		}
		at = end
	}
	return out
}

// valueFrom is where the value of a line begins.
func valueFrom(line string) int {
	if plainLine.MatchString(line) {
		return nothing
	}
	if m := namedLine.FindStringSubmatchIndex(line); m != nil {
		if plainLine.MatchString(line[m[2]:]) {
			return nothing
		}
		return m[2]
	}
	return 0
}

// secretFrom is where something begins in a line that looks secret.
func secretFrom(line string) int {
	if m := secretLine.FindStringSubmatchIndex(line); m != nil && !plainLine.MatchString(line[m[2]:m[3]]) {
		return m[2]
	}
	if m := urlStart.FindStringIndex(line); m != nil && CarriesSecret(line[m[0]:]) {
		return m[0]
	}
	return nothing
}

var quote = regexp.MustCompile(`"([^"\n]+)"`)

// withholdQuotes takes the details out of diagnostics that quote what is masked in the
// file.
func withholdQuotes(diags hcl.Diagnostics, src, shown []byte) {
	for _, d := range diags {
		for _, m := range quote.FindAllStringSubmatch(d.Detail, -1) {
			if text := []byte(m[1]); bytes.Contains(src, text) && !bytes.Contains(shown, text) {
				d.Detail = withheld
			}
		}
	}
}
