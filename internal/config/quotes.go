package config

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A missing quotation mark swaps the inside and the outside of all following strings, so the parser would report
// every line up to the end of the file. Therefore parseWhole blanks the lines of such a string, so that the parser
// can continue after them, and reports one error for each unclosed string.

// mostUnclosed is the greatest number of unclosed strings that are reported in a file. The file is parsed again for
// each of them.
const mostUnclosed = 8

// CheckSyntax returns the syntax errors of a file in HCL. The caller must have checked the file with CheckSource.
func CheckSyntax(src []byte, name string) hcl.Diagnostics {
	_, diags := parseWhole(name, src)
	return diags
}

// parseWhole parses a file. It reports each missing quotation mark once, together with other errors. The body lacks
// the lines of unclosed strings.
func parseWhole(name string, src []byte) (*hcl.File, hcl.Diagnostics) {
	f, diags := parseText(name, src)
	if f == nil || strings.HasSuffix(name, ".json") {
		return f, diags
	}

	text := src
	var unclosed hcl.Diagnostics
	for len(unclosed) < mostUnclosed {
		s, found := findUnclosed(name, text)
		if !found {
			break
		}
		next := s.without(text)
		if checkDepth(name, next) != nil {
			break
		}
		text = next
		unclosed = append(unclosed, s.diagnostic())
		f, diags = parseText(name, text)
	}
	if len(unclosed) == 0 {
		return f, diags
	}
	return withBytes(f, src), append(unclosed, withoutConsequences(diags, unclosed)...)
}

// withoutConsequences removes errors of the parser that are only consequences of unclosed strings: errors in their
// lines, and errors about strings after the last of them.
func withoutConsequences(diags, unclosed hcl.Diagnostics) hcl.Diagnostics {
	last := unclosed[len(unclosed)-1].Subject.End.Line
	return slices.DeleteFunc(slices.Clone(diags), func(d *hcl.Diagnostic) bool {
		if d.Subject == nil {
			return false
		}
		line := d.Subject.Start.Line
		return line > last && aboutStrings(d) || slices.ContainsFunc(unclosed, func(u *hcl.Diagnostic) bool {
			return u.Subject.Start.Line <= line && line <= u.Subject.End.Line
		})
	})
}

func aboutStrings(d *hcl.Diagnostic) bool {
	return slices.Contains([]string{"Invalid multi-line string", "Invalid string literal", "Unterminated template string"}, d.Summary)
}

// unclosed is a string that does not end on the line where it begins.
type unclosed struct {
	// line is the rest of the first line, beginning with the quotation mark.
	line hcl.Range
	// end is the position on a later line at which the string ends. It is zero if the string should
	// end on its first line.
	end hcl.Pos
}

// findUnclosed returns the first unclosed string of a file.
func findUnclosed(name string, text []byte) (unclosed, bool) {
	s, closed, found := firstUnclosed(name, text)
	if !found || closed.Byte == 0 {
		return s, found
	}

	// Decide whether the string should end on its first line or continues to the next quotation mark.
	// It continues only if the rest of the file then has no unclosed string, but would have one if the
	// string ended on its first line.
	if _, _, more := firstUnclosed(name, s.without(text)); more {
		s.end = closed
		if _, _, more = firstUnclosed(name, s.without(text)); more {
			s.end = hcl.Pos{}
		}
	}
	return s, true
}

// firstUnclosed returns the first unclosed string of a file. closed is the position of the next quotation mark, which
// ends the string, or zero if there is none.
func firstUnclosed(name string, text []byte) (s unclosed, closed hcl.Pos, found bool) {
	tokens, _ := hclsyntax.LexConfig(text, name, hcl.InitialPos)
	var open []hcl.Range
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOQuote:
			open = append(open, t.Range)
		case hclsyntax.TokenCQuote:
			if found && len(open) == depth {
				return s, t.Range.End, true
			}
			open = open[:max(0, len(open)-1)]
		case hclsyntax.TokenQuotedNewline, hclsyntax.TokenEOF:
			if !found && len(open) > 0 {
				s, found, depth = unclosedAt(open[len(open)-1], text), true, len(open)
			}
		}
	}
	return s, hcl.Pos{}, found
}

func unclosedAt(open hcl.Range, text []byte) unclosed {
	rest := text[open.Start.Byte:]
	if n := bytes.IndexByte(rest, '\n'); n >= 0 {
		rest = rest[:n]
	}
	rest = bytes.TrimRight(rest, " \t\r")

	line := open
	line.End = hcl.Pos{
		Line:   open.Start.Line,
		Column: open.Start.Column + len(rest),
		Byte:   open.Start.Byte + len(rest),
	}
	return unclosed{line: line}
}

func (s unclosed) diagnostic() *hcl.Diagnostic {
	rng := s.line
	if s.end.Byte > 0 {
		rng.End = s.end
		return errorAt(rng, "String over several lines",
			"A string ends on the line where it begins. Write it on one line, or "+
				"as a heredoc, which begins with <<EOT.")
	}
	return errorAt(rng, "Missing quotation mark",
		"This line has a quotation mark without its counterpart. A string needs one at its beginning and one at its end.")
}

// without returns the text with the lines of the string blanked. The result has the same length, the same lines and
// the same blocks.
func (s unclosed) without(text []byte) []byte {
	out := bytes.Clone(text)
	start := bytes.LastIndexByte(out[:s.line.Start.Byte], '\n') + 1
	line := out[start:s.line.End.Byte]
	if s.end.Byte == 0 {
		blankLine(line)
		return out
	}

	blankLine(line)
	for i := s.line.End.Byte; i < s.end.Byte; i++ {
		if out[i] != '\n' && out[i] != '\r' {
			out[i] = ' '
		}
	}
	return out
}

var (
	// headLine matches the start of a block: its type, its labels, the rest.
	headLine = regexp.MustCompile(`^(\s*[A-Za-z_][\w-]*[ \t]+)([^={]*)(\{.*)$`)
	// valueLine matches an attribute, or a key of an object, with its value.
	valueLine = regexp.MustCompile(`^(\s*(?:"[^"]*"|[\w.-]+)\s*[=:]\s*)(.*?)(,?)$`)
	closing   = regexp.MustCompile(`[\]}),]*$`)
)

// blankLine replaces the strings in a line with harmless text of the same length.
func blankLine(line []byte) {
	if m := headLine.FindSubmatchIndex(line); m != nil {
		labels, rest := line[m[4]:m[5]], line[m[6]:m[7]]
		if bytes.Count(labels, []byte{'"'})%2 == 1 {
			relabel(labels)
			return
		}
		blankValue(rest)
		return
	}
	if m := valueLine.FindSubmatchIndex(line); m != nil {
		blankValue(line[m[4]:m[5]])
		return
	}
	keep := closing.FindIndex(line)[0]
	blank(line[:keep])
}

// relabel turns the words of a block header into labels of the same total length.
func relabel(labels []byte) {
	words := bytes.FieldsFunc(bytes.Clone(labels), func(r rune) bool { return r == '"' || r == ' ' || r == '\t' })
	blank(labels)
	at := 0
	for _, w := range words {
		room := len(labels) - at - len(`""`)
		if room < 1 {
			return
		}
		w = w[:min(len(w), room)]
		at += copy(labels[at:], `"`+string(w)+`"`)
	}
}

// blankValue keeps the brackets around a value and blanks the rest. A value without brackets becomes 0.
func blankValue(value []byte) {
	if len(value) == 0 {
		return
	}
	first, last := value[0], value[len(value)-1]
	blank(value)
	switch counterpart := map[byte]byte{'[': ']', '{': '}', '(': ')'}[first]; {
	case counterpart == 0:
		value[0] = '0'
	case last == counterpart:
		value[0], value[len(value)-1] = first, last
	default:
		value[0] = first
	}
}

func blank(b []byte) {
	for i := range b {
		b[i] = ' '
	}
}
