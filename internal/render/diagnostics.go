package render

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// DiagnosticOptions says how diagnostics are shown.
type DiagnosticOptions struct {
	TextOptions
	// Redact removes everything from a text that must not be shown; nil means that all texts may be shown.
	Redact func(string) string
	// Record returns the address of the record that a diagnostic is about, or ""; nil means that no
	// diagnostic is about a record.
	Record func(*hcl.Diagnostic) string
	// CompactWarnings lists warnings by their summaries, before the errors.
	CompactWarnings bool
}

const (
	// maxSourceLines is how many lines of source are shown with a diagnostic.
	maxSourceLines = 8
	// longestDetail is how many bytes of a detail are shown. Some details quote names, and names may be long.
	longestDetail = 8 << 10
)

// Diagnostics writes diagnostics in the format of hcl's own writer: the summary, the place, the source line, the
// values to which its expression refers, and the detail. There are three differences. It reads each file only
// once, not once for each diagnostic. It groups more than ten diagnostics with the same summary. It cuts a long
// line around the place.
//
// Everything is escaped. A subject whose column is 0 means the whole line. With color, the place in the line is
// underlined. Without color, or if the output is not a terminal, the column is written out.
func Diagnostics(w io.Writer, diags hcl.Diagnostics, files map[string]*hcl.File, o DiagnosticOptions) error {
	t := &diagnosticText{files: files, options: o, sources: map[string]*source{}}
	whole := diags
	if o.CompactWarnings {
		warnings, others := splitWarnings(diags)
		t.writeCompact(warnings)
		whole = others
	}

	for _, e := range grouped(whole, func(d *hcl.Diagnostic) string { return severity(d) + d.Summary }) {
		if e.rest != nil {
			t.writeRest(e.first, e.rest)
		} else {
			t.write(e.first)
		}
	}

	if len(diags) == 0 {
		return nil // not even an empty write
	}

	_, err := io.WriteString(w, t.out.String())
	return err
}

// diagnosticText writes the text of diagnostics.
type diagnosticText struct {
	out     strings.Builder
	files   map[string]*hcl.File
	options DiagnosticOptions
	// sources has the files from which a line was shown, by name.
	sources map[string]*source
}

func (t *diagnosticText) printf(format string, args ...any) { fmt.Fprintf(&t.out, format, args...) }

func (t *diagnosticText) redact(text string) string {
	if t.options.Redact == nil {
		return text
	}
	return t.options.Redact(text)
}

func severity(d *hcl.Diagnostic) string {
	if d.Severity == hcl.DiagWarning {
		return "Warning"
	}
	return "Error"
}

// heading writes the first line of a diagnostic. It escapes the summary, so that text from outside in it cannot
// look like another heading.
func (t *diagnosticText) heading(d *hcl.Diagnostic, more string) {
	color, reset := "", ""
	if t.options.Color {
		color, reset = "\x1b[31m", "\x1b[0m"
		if d.Severity == hcl.DiagWarning {
			color = "\x1b[33m"
		}
	}
	t.printf("%s%s%s: %s%s\n\n", color, severity(d), reset, Escape(t.redact(d.Summary)), more)
}

func (t *diagnosticText) write(d *hcl.Diagnostic) {
	t.heading(d, "")
	if d.Subject != nil {
		t.place(d)
		t.values(d)
	}

	if d.Detail != "" {
		detail := shorten(EscapeText(withoutHeadings(t.redact(d.Detail))), longestDetail)
		prose, block := declarationsIn(detail)
		t.printf("%s\n\n", foldTo(prose, t.options.Width, 0))
		if block != "" {
			t.printf("%s\n\n", block)
		}
	}
}

// declarationsIn separates the sentences of a detail from the record blocks at its end. The blocks are
// meant to be copied, so no format may break their lines.
func declarationsIn(detail string) (prose, block string) {
	const begin = "\n\n  record "
	if i := strings.Index(detail, begin); i >= 0 {
		return detail[:i], detail[i+len("\n\n"):]
	}
	return detail, ""
}

// writeRest counts the diagnostics of a summary that are not shown in full.
func (t *diagnosticText) writeRest(first *hcl.Diagnostic, rest []*hcl.Diagnostic) {
	t.heading(first, fmt.Sprintf(" (%d more)", len(rest)))
	on, records := places(rest, t.shortPlace), t.recordsOf(rest)
	if on != "" {
		t.printf("%s\n", foldTo("  on "+on, t.options.Width, 2))
	}
	if records != "" {
		t.printf("%s\n", foldTo("  records "+records, t.options.Width, 2))
	}
	if on != "" || records != "" {
		t.printf("\n")
	}
}

// recordsOf names the records that diagnostics are about if several diagnostics share a place, because a for_each
// creates many records at one place.
func (t *diagnosticText) recordsOf(diags []*hcl.Diagnostic) string {
	at := map[string]bool{}
	for _, d := range diags {
		at[t.shortPlace(d)] = true
	}
	if t.options.Record == nil || len(at) == len(diags) {
		return ""
	}
	return places(diags, func(d *hcl.Diagnostic) string {
		return shorten(Escape(t.redact(t.options.Record(d))), longestExcerpt)
	})
}

// shortPlace returns the place of a diagnostic in the form FILE:LINE:COLUMN, which editors understand, or "" if it
// has none.
func (t *diagnosticText) shortPlace(d *hcl.Diagnostic) string {
	switch {
	case d.Subject == nil || d.Subject.Filename == "":
		return ""
	case !t.namesColumns() || d.Subject.Start.Column == 0:
		return fmt.Sprintf("%s:%d", Escape(d.Subject.Filename), d.Subject.Start.Line)
	}
	return fmt.Sprintf("%s:%d:%d", Escape(d.Subject.Filename), d.Subject.Start.Line, d.Subject.Start.Column)
}

// namesColumns reports whether the column of a place is written out. On a terminal with color, the place is
// underlined in the source line instead.
func (t *diagnosticText) namesColumns() bool { return t.options.Width == 0 || !t.options.Color }

// place writes where a diagnostic is and the lines there.
func (t *diagnosticText) place(d *hcl.Diagnostic) {
	at := d.Subject.Start
	t.printf("  on %s line %d", Escape(d.Subject.Filename), at.Line)
	if t.namesColumns() && at.Column > 0 {
		t.printf(", column %d", at.Column)
	}

	f := t.files[d.Subject.Filename]
	if f != nil && at.Column > 0 {
		t.about(", in ", blockAt(f, at.Byte))
	}
	if t.options.Record != nil {
		t.about(", record ", t.redact(t.options.Record(d)))
	}

	t.printf(":\n")
	if f == nil || f.Bytes == nil {
		t.printf("  (source code not available)\n\n")
		return
	}

	t.lines(d, f)
	t.printf("\n")
}

// about writes the block that a place belongs to, if it is known.
func (t *diagnosticText) about(prefix, what string) {
	if what != "" {
		t.printf("%s%s", prefix, shorten(Escape(what), longestExcerpt))
	}
}

// blockAt returns the header of the top-level block that contains an offset, or "".
func blockAt(f *hcl.File, offset int) string {
	if nav, ok := f.Nav.(interface{ ContextString(offset int) string }); ok {
		return nav.ContextString(offset)
	}
	return ""
}

// lines writes the source lines of a diagnostic. If its place spans many lines, it writes only the first of them.
func (t *diagnosticText) lines(d *hcl.Diagnostic, f *hcl.File) {
	src := t.sources[d.Subject.Filename]
	if src == nil {
		src = newSource(f.Bytes)
		t.sources[d.Subject.Filename] = src
	}

	mark, shown, ok := src.extent(d)
	if !ok {
		return
	}

	first, last := src.lineAt(shown.from), src.lineAt(max(shown.from, shown.to-1))
	first = max(first, src.lineAt(mark.from)-maxSourceLines/2)
	end := min(last, first+maxSourceLines-1)
	before := 0 // the number of lines before the source, which may be a part of a larger text, such as an input
	if d.Subject.Start.Column > 0 {
		before = max(0, d.Subject.Start.Line-1-src.lineAt(mark.from))
	}

	for i := first; i <= end; i++ {
		t.line(src, i, before+i+1, mark)
	}

	if end < last {
		t.printf("      %s\n", ellipsis)
	}
}

// line writes one line of source with its number. With color, it underlines the place of the diagnostic, unless
// the line contains something that must not be shown.
func (t *diagnosticText) line(src *source, index, number int, mark extent) {
	from, to := src.line(index)
	if text := string(src.text[from:to]); t.redact(text) != text {
		t.printf("%4d: %s\n", number, shorten(Escape(t.redact(text)), longestExcerpt))
		return
	}
	before, marked, after := excerpt(src.text[from:to], mark.from-from, mark.to-from)
	if marked != "" && t.options.Color {
		marked = "\x1b[1;4m" + marked + "\x1b[0m"
	}
	t.printf("%4d: %s%s%s\n", number, before, marked, after)
}

// extent is a part of a source, by its offsets.
type extent struct{ from, to int }

// extent returns the part of a source that a diagnostic is about (mark), and the part that is shown, which
// includes the context of the diagnostic. ok is false if the source has no such line.
func (s *source) extent(d *hcl.Diagnostic) (mark, shown extent, ok bool) {
	if d.Subject.Start.Column == 0 {
		mark, ok = s.wholeLine(d.Subject.Start.Line)
		return mark, mark, ok
	}

	mark = s.bounded(*d.Subject)
	shown = mark
	if d.Context != nil {
		around := s.bounded(*d.Context)
		shown = extent{min(shown.from, around.from), max(shown.to, around.to)}
	}

	afterEnd := mark.from == len(s.text) && (len(s.text) == 0 || s.text[len(s.text)-1] == '\n')
	return mark, shown, !afterEnd
}

// bounded returns a range as offsets within the source. An empty range becomes one byte long, so that it can be
// marked.
func (s *source) bounded(r hcl.Range) extent {
	from := max(0, min(r.Start.Byte, len(s.text)))
	return extent{from, max(from+1, min(r.End.Byte, len(s.text)))}
}

// wholeLine returns a line without its indentation. Lines are counted from 1.
func (s *source) wholeLine(number int) (extent, bool) {
	if number < 1 || number > len(s.starts) {
		return extent{}, false
	}
	from, to := s.line(number - 1)
	return extent{to - len(strings.TrimLeft(string(s.text[from:to]), " \t")), to}, true
}

// heading matches the beginning of a line that looks like the heading of a diagnostic.
var heading = regexp.MustCompile(`(?m)^([ \t│╷╵|]*(?:Error|Warning))[ \t]*:`)

// withoutHeadings escapes the colon in each line of a detail that looks like the heading of a diagnostic, because
// such lines come from outside.
func withoutHeadings(s string) string { return heading.ReplaceAllString(s, `$1\u{3a}`) }
