package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/spf13/cobra"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/term"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/render"
)

func consoleCommand(s *services) *cobra.Command {
	return &cobra.Command{
		Use:   "console",
		Short: "Evaluate expressions against the configuration",
		Long: `Evaluates expressions, one per line, against the configuration: its variables, locals
and modules, and all functions. In a directory without a configuration it evaluates the
functions alone. It writes nothing and uses no network. An expression continues on the
next line while a bracket is open.

On a terminal it prompts for one expression after the other until exit or Ctrl-D. From
a pipe it evaluates all of them, and exits with 1 if one of them failed.`,
		Example: `  cfplan console
  echo 'spf({ include = ["_spf.example.net"], all = "~all" })' | cfplan console`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runConsole(c.Context(), s) },
	}
}

func runConsole(ctx context.Context, s *services) error {
	options := s.config.options()
	options.Empty = true
	session, files, diags := s.config.open(options)
	defer session.Close()
	if diags.HasErrors() {
		s.print.diagnose(diags, files)
		return errShown
	}

	c := &console{print: s.print, session: session, secrets: credentialsIn(session.Config, s.env)}
	if isTerminal(s.print.in) && isTerminal(s.print.out) {
		return c.interactive()
	}
	return c.fromPipe(ctx)
}

// console evaluates expressions and prints their values.
type console struct {
	print   *printer
	session *config.Session
	// secrets are the credentials. A value that contains one is shown as sensitive.
	secrets []string
	failed  bool
}

// longestExpression bounds the size of one expression, in bytes.
const longestExpression = 1 << 20

// fromPipe evaluates the expressions of standard input.
func (c *console) fromPipe(ctx context.Context) error {
	lines := bufio.NewScanner(c.print.in)
	lines.Buffer(nil, longestExpression)
	read, first := 0, 0 // lines, and the first line of the expression
	for ctx.Err() == nil {
		text, ok := nextExpression(func(more bool) (string, error) {
			if !lines.Scan() {
				return "", io.EOF
			}
			if read++; !more {
				first = read
			}
			return lines.Text(), nil
		})
		if !ok || text == "exit" {
			break
		}
		c.evaluate(c.print.out, text, first)
	}

	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return failure("Expression is too long",
			"A line has more than %d bytes, the most that an expression may have.", longestExpression)
	}
	if c.failed {
		return errShown
	}
	return lines.Err()
}

// nextExpression reads lines until they form a whole expression, or until the input ends. ok is
// false if the input ended before. line gets more = true if it reads a continuation line.
func nextExpression(line func(more bool) (string, error)) (text string, ok bool) {
	var lines []string
	var end config.Lines
	size := 0
	for {
		next, err := line(len(lines) > 0)
		if err != nil {
			return strings.Join(lines, "\n"), len(lines) > 0
		}
		if len(lines) == 0 && strings.TrimSpace(next) == "" {
			continue
		}

		lines = append(lines, next)
		size += len(next) + 1
		if end.Add(next) || size > longestExpression {
			return strings.TrimSpace(strings.Join(lines, "\n")), true
		}
	}
}

// evaluate prints the value of an expression to w, or reports what is wrong with it. line is the
// number of its first line.
func (c *console) evaluate(w io.Writer, text string, line int) {
	const name = "<console>"
	text += "\n" // a heredoc ends with a whole line
	v, diags := c.session.Evaluate([]byte(text), name, line)
	if diags.HasErrors() {
		c.failed = true
		c.print.diagnose(diags, config.Files{name: {Bytes: []byte(text)}})
		return
	}
	_, _ = fmt.Fprintln(w, c.show(v)) // the printer reports a failure of stdout
}

// show returns a value in HCL. It does not show sensitive values.
func (c *console) show(v cty.Value) string {
	switch {
	case v.ContainsMarked():
		return "(sensitive value)"
	case !v.IsWhollyKnown():
		return "(not known)"
	}

	text := string(hclwrite.Format(hclwrite.TokensForValue(v).Bytes()))
	if containsAny(text, c.secrets) {
		return "(sensitive value)"
	}
	return render.EscapeText(text)
}

// interactive prompts for one expression after the other. The terminal has a history and edits
// lines.
func (c *console) interactive() error {
	in, _ := file(c.print.in)
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return err
	}
	defer func() { _ = term.Restore(int(in.Fd()), before) }() // if it fails, the terminal is gone

	const first, more = "> ", ": "
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{c.print.in, c.print.out}, first)
	c.print.err = t // in raw mode, a line feed alone does not return to the first column
	t.AutoCompleteCallback = c.complete

	for {
		text, ok := nextExpression(func(goesOn bool) (string, error) {
			t.SetPrompt(map[bool]string{false: first, true: more}[goesOn])
			return t.ReadLine()
		})
		if !ok || text == "exit" {
			return nil
		}
		c.evaluate(t, text, 1)
	}
}

// complete completes the name before the cursor when the tab key is pressed, as far as all matching
// names agree.
func (c *console) complete(line string, at int, key rune) (string, int, bool) {
	if key != '\t' {
		return "", 0, false
	}
	start := strings.LastIndexFunc(line[:at], func(r rune) bool {
		return !strings.ContainsRune("._:-", r) && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	}) + 1

	rest := commonRest(c.session.Names(), line[start:at])
	return line[:at] + rest + line[at:], at + len(rest), rest != ""
}

// commonRest returns the common continuation of all names that begin with a prefix.
func commonRest(names []string, prefix string) string {
	rest, found := "", false
	for _, name := range names {
		after, ok := strings.CutPrefix(name, prefix)
		if !ok || prefix == "" {
			continue
		}
		if !found {
			rest, found = after, true
			continue
		}
		n := 0
		for n < min(len(rest), len(after)) && rest[n] == after[n] {
			n++
		}
		rest = rest[:n]
	}
	return rest
}
