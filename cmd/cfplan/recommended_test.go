package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A text recommends a command if it has the name of the program before the name of a command, or
// before anything in a code span or on an indented line. The following words are read as far as
// they look like flags and arguments.

// tool is the tree of commands against which recommended command lines are checked.
func tool() *cobra.Command {
	root := rootCommand(newServices(streams{strings.NewReader(""), &strings.Builder{}, &strings.Builder{}}, nil))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}

// spelled is a command line in a text.
type spelled struct {
	words []string
	// whole is true if it is complete: alone in a code span or on a line.
	whole bool
}

func (s spelled) String() string { return strings.Join(append([]string{"cfplan"}, s.words...), " ") }

// named matches the first word of a command line. Anything else, such as the block cfplan { … }, is
// not a command line.
var named = regexp.MustCompile(`^-*[a-z]`)

var mentioned = regexp.MustCompile(`(?:^|[^\w./-])cfplan `)

// spelledIn finds the command lines in a text.
func spelledIn(text string) []spelled {
	var out []spelled
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		for _, at := range mentioned.FindAllStringIndex(line, -1) {
			lead, rest := line[:at[1]-len("cfplan ")], line[at[1]:]
			if s, ok := spelledAfter(lead, rest); ok && named.MatchString(s.words[0]) {
				out = append(out, s)
			}
		}
	}
	return out
}

func spelledAfter(lead, rest string) (spelled, bool) {
	code := func(mark string) bool { return strings.HasSuffix(lead, mark) && strings.Count(lead, mark)%2 == 1 }
	switch {
	case code("`"):
		return inSpan(shellWords(rest, "`"))
	case code(`"`):
		return inSpan(shellWords(rest, `"`))
	case strings.TrimSpace(lead) == "" && len(lead) >= 2, strings.HasSuffix(lead, "$ "):
		s := spelled{shellWords(rest, ""), true}
		return s, len(s.words) > 0 && !prose(s.words[0])
	}

	words := ofCommand(shellWords(rest, ""))
	return spelled{words, false}, len(words) > 0
}

// inSpan returns the command line of a code span, which may be only the name of a command.
func inSpan(words []string) (spelled, bool) {
	return spelled{words, slices.ContainsFunc(words, isValue) || slices.ContainsFunc(words, isFlag)}, len(words) > 0
}

// prose reports whether the word after cfplan begins the rest of a sentence, not a command.
func prose(word string) bool {
	return slices.Contains([]string{"will", "is", "has", "reads", "does", "itself", "used", "keeps", "and", "or", "also"}, word)
}

// shellWords splits a command line as a shell does, up to a comment, an operator or the end mark.
func shellWords(text, end string) []string {
	var words []string
	var word strings.Builder
	quoted, begun := false, false
	flush := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\'' && (quoted || !begun || strings.HasSuffix(word.String(), "=")):
			quoted, begun = !quoted, true
		case quoted:
			word.WriteByte(c)
		case end != "" && strings.HasPrefix(text[i:], end), strings.IndexByte("|>&;", c) >= 0, c == '#' && !begun:
			flush()
			return words
		case c == ' ' || c == '\t':
			flush()
			if strings.HasPrefix(text[i:], "   ") {
				return words // an explanation in a second column
			}
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	flush()
	return words
}

// ofCommand returns the first words in a sentence that belong to one of our commands.
func ofCommand(words []string) []string {
	var out []string
	at := tool()
	for i, w := range words {
		bare := strings.TrimRight(w, ".,:;?!)")
		next := subcommand(at, bare)
		switch {
		case next != nil && len(out) == i && !slices.ContainsFunc(out, isFlag):
			at = next
		case i == 0 && !isFlag(w):
			return nil
		case !isFlag(w) && !isValue(bare):
			return out
		}
		out = append(out, bare)
		if bare != w {
			return out
		}
	}
	return out
}

func subcommand(of *cobra.Command, name string) *cobra.Command {
	for _, c := range of.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

func isFlag(word string) bool { return len(word) > 1 && word[0] == '-' }

var value = regexp.MustCompile(`^\[?[A-Z][A-Z0-9_|.…]*\]?(\s\.\.\.)?$|[/%\d]|\w\.\w`)

// isValue reports whether a word in a sentence looks like a name, a number or a placeholder.
func isValue(word string) bool { return value.MatchString(word) }

// wrong says what is wrong with a command line, or returns "". Command lines with shell variables are
// not checked.
func (s spelled) wrong() string {
	if slices.ContainsFunc(s.words, func(w string) bool { return strings.ContainsAny(w, "$<") }) {
		return ""
	}
	root := tool()
	args := longFlags(filled(slices.DeleteFunc(slices.Clone(s.words), anything)))
	c, rest, err := root.Find(args)
	if err != nil {
		return err.Error()
	}
	if c == root && len(rest) > 0 && !isFlag(rest[0]) {
		return "there is no such command"
	}

	rest = exampleValues(c, rest)
	c.InitDefaultHelpFlag()
	if err := c.ParseFlags(rest); err != nil {
		return err.Error()
	}
	if why := wrongValues(c); why != "" {
		return why
	}

	given := c.Flags().Args()
	switch {
	case c.Name() == "help":
		if topic, left, err := root.Find(given); err != nil || len(left) > 0 || topic == root && len(given) > 0 {
			return "there is no such help topic"
		}
		return ""
	case !s.whole && len(given) == 0: // a sentence names the command only
		return ""
	case c.HasSubCommands() && len(given) > 0:
		return "there is no such command"
	}
	if err := c.ValidateArgs(given); err != nil {
		return err.Error()
	}
	return ""
}

// anything reports whether a word of a usage line stands for any flags or any command.
func anything(word string) bool { return word == "[flags]" || word == "[command]" }

var placeholder = regexp.MustCompile(`^[A-Z][A-Z_]*$|^%|^…$|^<`)

// filled removes the brackets around optional parts.
func filled(words []string) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		w = strings.Trim(w, "[]")
		if w == "..." || w == "…" {
			continue
		}
		out = append(out, w)
	}
	return out
}

// exampleValues replaces placeholders by values of the type that the flag takes.
func exampleValues(c *cobra.Command, args []string) []string {
	out := slices.Clone(args)
	for i, a := range out {
		name, v, ok := strings.Cut(strings.TrimPrefix(a, "--"), "=")
		f := c.Flag(name)
		if !ok || !strings.HasPrefix(a, "--") || f == nil || !placeholder.MatchString(v) {
			continue
		}
		examples := map[string]string{"int": "1", "int64": "1", "uint64": "1", "duration": "1s", "bool": "true"}
		if e := examples[f.Value.Type()]; e != "" {
			out[i] = "--" + name + "=" + e
		}
	}
	return out
}

// wrongValues checks the given flags against the values that completion offers.
func wrongValues(c *cobra.Command) string {
	why := ""
	c.Flags().Visit(func(f *pflag.Flag) {
		complete, ok := c.GetFlagCompletionFunc(f.Name)
		if !ok || placeholder.MatchString(f.Value.String()) {
			return
		}
		known, _ := complete(c, nil, "")
		if given := f.Value.String(); len(known) > 0 && !slices.Contains(known, given) {
			why = fmt.Sprintf("-%s=%s is none of %q", f.Name, given, known)
		}
	})
	return why
}

// checkRecommended fails for command lines in a text that could not be run, and returns all of
// them.
func checkRecommended(t interface{ Errorf(string, ...any) }, where, text string) []string {
	var out []string
	for _, s := range spelledIn(text) {
		out = append(out, s.String())
		if why := s.wrong(); why != "" {
			t.Errorf("%s: %q: %s", where, s, why)
		}
	}
	return out
}

func TestCommandsAreFoundInTexts(t *testing.T) {
	for _, c := range []struct {
		text, want string
		wrong      bool
	}{
		{"Run cfplan plan: it shows what is left.", "cfplan plan", false},
		{"cfplan state list shows them", "cfplan state list", false},
		{"run cfplan state rm example.com: equal records are adopted", "cfplan state rm example.com", false},
		{"cfplan does not own the record", "", false},
		{"`cfplan { required_version, backend \"s3\" {} }`", "", false},
		{"    cfplan -chdir='d x' apply -allow-destroy=11 'p q'", "cfplan -chdir=d x apply -allow-destroy=11 p q", false},
		{`so "cfplan -chdir='d x' apply" will make a new one`, "cfplan -chdir=d x apply", false},
		{"`cfplan init -reconfigure` and so on", "cfplan init -reconfigure", false},
		{"cfplan import example.com -out=-.", "cfplan import example.com -out=-", false},
		{`"cfplan import ZONE -from=nowhere -in=FILE" writes them.`, "cfplan import ZONE -from=nowhere -in=FILE", true},
		{"`cfplan nothing`", "cfplan nothing", true},
		{"    cfplan plam", "cfplan plam", true},
		{"If it is meant: cfplan init -reconfigured.", "cfplan init -reconfigured", true},
		{"run cfplan apply one.cfplan two.cfplan", "cfplan apply one.cfplan two.cfplan", true},
		{"    cfplan state rm", "cfplan state rm", true},
		{"the command `cfplan state rm`", "cfplan state rm", false},
		{"`cfplan help nothing`", "cfplan help nothing", true},
		{"  cfplan state [command]", "cfplan state [command]", false},
	} {
		found := spelledIn(c.text)
		switch {
		case c.want == "" && len(found) == 0:
		case len(found) != 1 || found[0].String() != c.want:
			t.Errorf("%q has %v, want %q", c.text, found, c.want)
		case (found[0].wrong() != "") != c.wrong:
			t.Errorf("%q: the mistake is %q, want a mistake: %v", c.text, found[0].wrong(), c.wrong)
		}
	}
}

// Every command that a message, a help text or a document names exists, with its flags.
func TestRecommendedCommandsExist(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs of the program: not with -short")
	}

	all := map[string]bool{}
	collect := func(where, text string) {
		for _, line := range checkRecommended(t, where, text) {
			all[line] = true
		}
	}
	for _, pattern := range []string{"../../README.md", "../../docs/*.md", "../../action.yml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			collect(name, string(text))
		}
	}
	for where, text := range literals(t) {
		collect(where, text)
	}

	if len(all) < 50 {
		t.Errorf("%d different commands were found, want at least 50", len(all))
	}
	for _, line := range slices.Sorted(maps.Keys(all)) {
		t.Log(line)
	}
}

// literals returns the texts in the source of the program, with their places.
func literals(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	set := token.NewFileSet()
	for _, dir := range []string{".", "../../internal"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if text := constant(e); ok && text != "" {
					out[set.Position(n.Pos()).String()] = text
					return false
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// constant joins the literals of an expression; it returns "" if the expression is not a text.
func constant(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ := strconv.Unquote(e.Value) // the parser has read it
			return text
		}
	case *ast.BinaryExpr:
		left, right := constant(e.X), constant(e.Y)
		if e.Op == token.ADD && left+right != "" {
			return left + right
		}
	}
	return ""
}

// storyT is a story that also checks the commands in the output of cfplan against the tree of
// commands.
type storyT struct{ *testing.T }

func (t storyT) Run(name string, f func(testscript.T)) {
	t.T.Run(name, func(t *testing.T) { f(storyT{t}) })
}

// Verbose keeps the whole transcript.
func (t storyT) Verbose() bool { return true }

func (t storyT) Log(args ...any) {
	t.Helper()
	transcript := fmt.Sprint(args...)
	shown := transcript
	if lines := strings.Split(transcript, "\n"); len(lines) > 300 && !testing.Verbose() {
		shown = "…\n" + strings.Join(lines[len(lines)-300:], "\n")
	}
	t.T.Log(shown)

	var printed strings.Builder
	for line := range strings.Lines(transcript) {
		if !strings.HasPrefix(line, "> ") && !strings.HasPrefix(line, "#") {
			printed.WriteString(line)
		}
	}
	checkRecommended(t, "output", strings.ReplaceAll(printed.String(), "%0A", "\n")) // line ends of annotations
}

// The commands that cfplan recommends can be pasted unchanged: they contain the directory, quoted
// for a shell.
func TestCommandsCanBePasted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's here")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"init"}, "plan"},
		{[]string{"state", "rm", "example.com/A/www"}, "state list"},
		{[]string{"explain", "nothing"}, "explain"},
	} {
		var out, errs strings.Builder
		run(context.Background(), append([]string{"-chdir=" + dir}, c.args...), streams{strings.NewReader(""), &out, &errs}, nil)
		quoted := "cfplan -chdir='" + strings.ReplaceAll(dir, "'", `'\''`) + "' " + c.want
		if !strings.Contains(out.String()+errs.String(), quoted) {
			t.Errorf("%q does not print %q:\n%s%s", c.args, quoted, out.String(), errs.String())
		}
	}
}
