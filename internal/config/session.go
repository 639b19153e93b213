package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/config/lang"
)

// Session is a configuration against which expressions can be evaluated.
type Session struct {
	// Config holds everything that the directory declares. It is incomplete if Open returned an error.
	Config *Config

	tree *lang.Tree
	// secrets are the texts that diagnostics of expressions must not show.
	secrets secrets
	budget  *lang.Budget
	context evalContext
}

// Close releases the directory.
func (s *Session) Close() { s.tree.Close() }

// Evaluate returns the value of an expression. The expression may use everything that expressions of the root
// module may use: variables, locals, modules, paths and functions. name is the name of the source in
// diagnostics, and line is the number of its first line there. The diagnostics contain nothing sensitive. All
// expressions of a session share one budget. The value may be unknown or marked as sensitive.
func (s *Session) Evaluate(src []byte, name string, line int) (cty.Value, hcl.Diagnostics) {
	start := hcl.Pos{Line: line, Column: 1}
	if err := lang.CheckExpression(src); err != nil {
		return cty.DynamicVal, hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "Expression is nested too deeply",
			Detail:   err.Error() + ".",
			Subject:  &hcl.Range{Filename: name, Start: start, End: start},
		}}
	}
	expr, diags := hclsyntax.ParseExpression(src, name, start)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}

	v, diags := s.context.eval(s.budget.MeterExpression(expr))
	if d := s.budget.Exhausted(); d != nil && !diags.HasErrors() {
		diags = append(diags, d)
	}
	if len(diags) > 0 {
		s.secrets.redact(diags)
	}
	return v, diags
}

// Names lists the names that expressions can use: the variables, locals and modules of the root
// module, and the functions.
func (s *Session) Names() []string {
	n := s.context.refs.names
	var out []string
	for prefix, declared := range map[string]map[string]hcl.Range{"var.": n.variables, "local.": n.locals, "module.": n.modules} {
		for name := range declared {
			out = append(out, prefix+name)
		}
	}
	for name := range s.context.ctx.Functions {
		out = append(out, name+"(")
	}
	slices.Sort(out)
	return out
}

// Lines finds out where an expression of several lines ends. The zero value is ready for the first line.
type Lines struct {
	// open counts the open brackets and templates.
	open int
	// heredoc is the word that ends the open heredoc.
	heredoc string
}

// Add takes the next line, without its line end. It reports whether the expression may be complete now. Its
// running time depends only on this line, not on the earlier ones.
func (l *Lines) Add(line string) (complete bool) {
	if l.heredoc != "" {
		if strings.TrimSpace(line) == l.heredoc {
			l.heredoc = ""
		}
		return l.heredoc == "" && l.open <= 0
	}

	tokens, _ := hclsyntax.LexExpression([]byte(line+"\n"), "", hcl.InitialPos)
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOHeredoc:
			l.heredoc = strings.TrimLeft(strings.TrimSpace(string(t.Bytes)), "<-")
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen,
			hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			l.open++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			l.open--
		}
	}
	return l.heredoc == "" && l.open <= 0
}
