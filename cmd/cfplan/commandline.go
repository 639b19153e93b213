package main

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
)

// A command line that cfplan prints can be pasted into a shell: its values are quoted, and it has
// the -chdir of the run that printed it. Messages of other packages do not know the -chdir; the
// printer adds it to the commands in them.

// command returns a cfplan command line with these arguments.
func (d *directory) command(args ...string) string {
	words := []string{"cfplan"}
	if d.chdir != "" {
		words = append(words, "-chdir="+shellQuote(d.chdir))
	}
	for _, a := range args {
		words = append(words, shellQuote(a))
	}
	return strings.Join(words, " ")
}

// plainWord matches words that need no quotes in any shell.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shellQuote quotes a word if a shell would change or split it.
func shellQuote(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// commandsOf returns a pattern that matches cfplan followed by the name of one of its commands, except
// for help, which needs no directory.
func commandsOf(root *cobra.Command) *regexp.Regexp {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, regexp.QuoteMeta(c.Name()))
	}
	return regexp.MustCompile(`\bcfplan (` + strings.Join(names, "|") + `)\b`)
}

// inDirectory adds the -chdir of this run to the commands in a text.
func (p *printer) inDirectory(text string) string {
	if p.dir.chdir == "" || p.commands == nil {
		return text
	}
	here := p.dir.command()
	return p.commands.ReplaceAllStringFunc(text, func(found string) string {
		return here + strings.TrimPrefix(found, "cfplan")
	})
}

// allInDirectory is inDirectory for the details of diagnostics.
func (p *printer) allInDirectory(diags hcl.Diagnostics) hcl.Diagnostics {
	if p.dir.chdir == "" {
		return diags
	}
	out := make(hcl.Diagnostics, len(diags))
	for i, d := range diags {
		shown := *d
		shown.Detail = p.inDirectory(d.Detail)
		out[i] = &shown
	}
	return out
}
