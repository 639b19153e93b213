package render_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

const siteSource = `zone "example.com" {
  record "A" "www" {
    content = var.web
    ttl     = [
      300,
    ]
  }
}
`

func siteFiles(t *testing.T) map[string]*hcl.File {
	t.Helper()
	f, diags := hclsyntax.ParseConfig([]byte(siteSource), "dns.cf.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return map[string]*hcl.File{"dns.cf.hcl": f, "empty.cf.hcl": {Bytes: []byte{}}}
}

// rangeOf returns the range of a text in siteSource.
func rangeOf(text string) *hcl.Range {
	at := strings.Index(siteSource, text)
	pos := func(offset int) hcl.Pos {
		before := siteSource[:offset]
		return hcl.Pos{
			Line:   1 + strings.Count(before, "\n"),
			Column: offset - strings.LastIndex(before, "\n"),
			Byte:   offset,
		}
	}
	return &hcl.Range{Filename: "dns.cf.hcl", Start: pos(at), End: pos(at + len(text))}
}

func show(t *testing.T, o render.DiagnosticOptions, files map[string]*hcl.File, diags ...*hcl.Diagnostic) string {
	t.Helper()
	var b strings.Builder
	if err := render.Diagnostics(&b, diags, files, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// On a terminal with color a diagnostic looks as hcl's own writer would show it.
func TestDiagnosticsLookLikeThoseOfHCL(t *testing.T) {
	expr, parseDiags := hclsyntax.ParseExpression([]byte("[var.web, var.list, var.secret, var.none, var.list[0], "+
		"var.big]"), "x", hcl.InitialPos)
	if parseDiags.HasErrors() {
		t.Fatal(parseDiags)
	}

	ctx := &hcl.EvalContext{Variables: map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{
		"web":    cty.StringVal("a \"b\""),
		"list":   cty.ListVal([]cty.Value{cty.NumberIntVal(7), cty.NumberIntVal(8)}),
		"secret": cty.StringVal("hunter2").Mark("sensitive"),
		"none":   cty.NullVal(cty.String),
		"big":    cty.ListValEmpty(cty.String),
	})}}

	files := siteFiles(t)
	for name, d := range map[string]*hcl.Diagnostic{
		"no place":         {Severity: hcl.DiagError, Summary: "Wrong", Detail: "It is wrong."},
		"no detail":        {Severity: hcl.DiagWarning, Summary: "Odd"},
		"one line":         {Severity: hcl.DiagWarning, Summary: "Odd", Detail: "It is odd.", Subject: rangeOf("var.web")},
		"several lines":    {Severity: hcl.DiagError, Summary: "Wrong", Detail: "A list.", Subject: rangeOf("[\n      300,\n    ]")},
		"with context":     {Severity: hcl.DiagError, Summary: "Wrong", Subject: rangeOf("300"), Context: rangeOf("ttl     = [\n      300,\n    ]")},
		"an empty range":   {Severity: hcl.DiagError, Summary: "Wrong", Subject: &hcl.Range{Filename: "dns.cf.hcl", Start: rangeOf("ttl").Start, End: rangeOf("ttl").Start}},
		"a file not there": {Severity: hcl.DiagError, Summary: "Wrong", Subject: &hcl.Range{Filename: "x", Start: hcl.InitialPos, End: hcl.InitialPos}},
		"an empty file":    {Severity: hcl.DiagError, Summary: "Wrong", Subject: &hcl.Range{Filename: "empty.cf.hcl", Start: hcl.InitialPos, End: hcl.InitialPos}},
		"values":           {Severity: hcl.DiagError, Summary: "Wrong", Detail: "d", Subject: rangeOf("var.web"), Expression: expr, EvalContext: ctx},
	} {
		var want bytes.Buffer
		if err := hcl.NewDiagnosticTextWriter(&want, files, 80, true).WriteDiagnostic(d); err != nil {
			t.Fatal(err)
		}
		onTerminal := render.DiagnosticOptions{TextOptions: render.TextOptions{Color: true, Width: 80}}
		if got := show(t, onTerminal, files, d); got != want.String() {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want.String())
		}
	}
}

func TestColumnIsWrittenOutUnlessThePlaceIsUnderlined(t *testing.T) {
	for name, c := range map[string]struct {
		options render.TextOptions
		want    string
	}{
		"terminal":               {render.TextOptions{Color: true, Width: 80}, "on dns.cf.hcl line 3, in zone \"example.com\":\n   3:     content = \x1b[1;4mvar.web\x1b[0m\n"},
		"terminal without color": {render.TextOptions{Width: 80}, "on dns.cf.hcl line 3, column 15, in zone \"example.com\":\n   3:     content = var.web\n"},
		"pipe":                   {render.TextOptions{}, "on dns.cf.hcl line 3, column 15, in zone \"example.com\":\n   3:     content = var.web\n"},
		"pipe with color":        {render.TextOptions{Color: true}, "on dns.cf.hcl line 3, column 15, in zone \"example.com\":\n   3:     content = \x1b[1;4mvar.web\x1b[0m\n"},
	} {
		d := &hcl.Diagnostic{Summary: "Wrong", Subject: rangeOf("var.web")}
		if got := show(t, render.DiagnosticOptions{TextOptions: c.options}, siteFiles(t), d); !strings.Contains(got,
			c.want) {
			t.Errorf("%s: want %q in %q", name, c.want, got)
		}
	}
}

// A plan has the lines of its diagnostics but not the columns. Such a place is the whole line.
func TestPlaceWithoutColumnIsTheWholeLine(t *testing.T) {
	at := func(file string, line int) *hcl.Diagnostic {
		return &hcl.Diagnostic{Summary: "Wrong", Subject: &hcl.Range{Filename: file, Start: hcl.Pos{Line: line}}}
	}

	color := render.DiagnosticOptions{TextOptions: render.TextOptions{Color: true}}
	for want, d := range map[string]*hcl.Diagnostic{
		"on dns.cf.hcl line 3:\n   3:     \x1b[1;4mcontent = var.web\x1b[0m\n\n": at("dns.cf.hcl", 3),
		"on dns.cf.hcl line 99:\n\n":                         at("dns.cf.hcl", 99),
		"on dns.cf.hcl line 0:\n\n":                          at("dns.cf.hcl", 0),
		"on gone line 2:\n  (source code not available)\n\n": at("gone", 2),
	} {
		if got := show(t, color, siteFiles(t), d); !strings.Contains(got, want) {
			t.Errorf("want %q in %q", want, got)
		}
	}
}

func TestDiagnosticNamesItsRecord(t *testing.T) {
	o := render.DiagnosticOptions{
		Record: func(*hcl.Diagnostic) string { return "example.com/A/hunter2" },
		Redact: func(s string) string { return strings.ReplaceAll(s, "hunter2", "(sensitive value)") },
	}
	got := show(t, o, siteFiles(t), &hcl.Diagnostic{Summary: "Wrong", Subject: rangeOf("300")})
	if want := `line 5, column 7, in zone "example.com", record example.com/A/(sensitive value):`; !strings.Contains(got, want) {
		t.Errorf("want %q in\n%s", want, got)
	}
}

// A long text from a file must not flood the output, neither of a terminal nor of annotations.
func TestLongAddressesAndDetailsAreCut(t *testing.T) {
	long := strings.Repeat("a", 100_000)
	o := render.DiagnosticOptions{Record: func(*hcl.Diagnostic) string { return "example.com/A/" + long }}
	got := show(t, o, siteFiles(t), &hcl.Diagnostic{
		Summary: "Wrong",
		Detail:  "There is no " + long,
		Subject: rangeOf("300"),
	})
	if !strings.Contains(got, "record example.com/A/aaa") || !strings.Contains(got, "There is no aaa") ||
		len(got) > 10_000 {
		t.Errorf("want the beginnings of address and detail, got %d bytes: %.500s", len(got), got)
	}

	var b strings.Builder
	if err := render.GitHubErrors(&b, []plan.Diagnostic{{Severity: dns.Error,
		Detail: "There is no " + long}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "There is no aaa") || b.Len() > 10_000 {
		t.Errorf("want the beginning of the detail in the annotation, got %d bytes: %.500s", b.Len(), b.String())
	}
}

// Errors and warnings with the same summary are two groups, and the rest of each names its places.
func TestDiagnosticsOfOneSummaryAreGrouped(t *testing.T) {
	var diags hcl.Diagnostics
	for i := range 23 {
		rng := hcl.Range{Filename: "dns.cf.hcl", Start: hcl.Pos{Line: i + 1, Column: 5, Byte: i}}
		rng.End = rng.Start
		for _, s := range []hcl.DiagnosticSeverity{hcl.DiagError, hcl.DiagWarning} {
			diags = append(diags, &hcl.Diagnostic{
				Severity: s,
				Summary:  "Wrong",
				Detail:   fmt.Sprintf("Number %d.", i),
				Subject:  &rng,
			})
		}
	}

	got := show(t, render.DiagnosticOptions{}, siteFiles(t), diags...)
	for _, want := range []string{
		"Error: Wrong (20 more)\n\n  on dns.cf.hcl:4:5, dns.cf.hcl:5:5, ",
		"dns.cf.hcl:23:5\n\nWarning: Wrong (20 more)\n",
		"Number 2.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}

	if n := strings.Count(got, "\nNumber "); n != 6 {
		t.Errorf("%d diagnostics are shown in full, want 3 errors and 3 warnings:\n%s", n, got)
	}

	onTerminal := render.DiagnosticOptions{TextOptions: render.TextOptions{Color: true, Width: 60}}
	folded := show(t, onTerminal, siteFiles(t), diags...)
	if want := "  on dns.cf.hcl:4, dns.cf.hcl:5, dns.cf.hcl:6, dns.cf.hcl:7,\n    dns.cf.hcl:8, "; !strings.Contains(folded, want) {
		t.Errorf("want %q in\n%s", want, folded)
	}
}

// All records of a for_each have the same place, so the rest of their diagnostics must name the records.
func TestRestOfDiagnosticsAtOnePlaceNamesTheRecords(t *testing.T) {
	var diags hcl.Diagnostics
	for i := range 40 {
		diags = append(diags, &hcl.Diagnostic{
			Summary: "Wrong",
			Detail:  fmt.Sprint(i),
			Subject: rangeOf("300"),
			Extra:   i,
		})
	}
	o := render.DiagnosticOptions{Record: func(d *hcl.Diagnostic) string { return fmt.Sprintf("example.com/A/www[%v]", d.Extra) }}
	got := show(t, o, siteFiles(t), diags...)
	want := "Error: Wrong (37 more)\n\n  on dns.cf.hcl:5:7\n  records example.com/A/www[3], example.com/A/www[4], "
	if !strings.Contains(got, want) || !strings.HasSuffix(got, ", example.com/A/www[22], and 17 more\n\n") {
		t.Errorf("want %q and the rest counted, got\n%s", want, got)
	}
}

func TestPlaceOfManyLinesIsCut(t *testing.T) {
	text := []byte("x = [\n" + strings.Repeat("  1,\n", 500) + "]\n")
	rng := &hcl.Range{Filename: "a", Start: hcl.InitialPos, End: hcl.Pos{Line: 502, Column: 2, Byte: len(text) - 1}}
	got := show(t, render.DiagnosticOptions{}, map[string]*hcl.File{"a": {Bytes: text}},
		&hcl.Diagnostic{Summary: "Wrong", Subject: rng})
	if !strings.Contains(got, "   1: x = [\n") || !strings.HasSuffix(got, "   8:   1,\n      …\n\n") {
		t.Errorf("want the first lines of the place, got\n%s", got)
	}
}

// A name, a line, a label or a value from outside must not control a terminal or a CI job, and must not look like
// another diagnostic.
func TestHostileDiagnosticsAreHarmless(t *testing.T) {
	const attack = "\x1b[2J\u202e\r\n::error::x\n##[error]x\nError: pwned\n"
	source := "zone \"##[error]\u202e\" {\n  x = \"\x1b[2J\rover ##[error]\"\n}\n"
	f, _ := hclsyntax.ParseConfig([]byte(source), "a", hcl.InitialPos)
	expr, _ := hclsyntax.ParseExpression([]byte("var.x"), "x", hcl.InitialPos)
	at := strings.Index(source, "##[error]\"\n")
	rng := &hcl.Range{
		Filename: attack,
		Start:    hcl.Pos{Line: 2, Column: 9, Byte: at + 1},
		End:      hcl.Pos{Line: 2, Column: 11, Byte: at + 2},
	}

	d := &hcl.Diagnostic{
		Severity:   hcl.DiagWarning,
		Summary:    attack,
		Detail:     attack,
		Subject:    rng,
		Expression: expr,
		EvalContext: &hcl.EvalContext{Variables: map[string]cty.Value{
			"var": cty.ObjectVal(map[string]cty.Value{"x": cty.StringVal(attack)}),
		}},
	}

	list := make([]*hcl.Diagnostic, 12)
	for i := range list {
		list[i] = d
	}

	got := show(t, render.DiagnosticOptions{}, map[string]*hcl.File{attack: f}, list...)
	for _, line := range strings.Split(got, "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Errorf("the line %q has unescaped control or format characters", line)
		}
		if strings.Contains(line, "##[") || strings.HasPrefix(strings.TrimSpace(line), "::") ||
			strings.HasPrefix(line, "Error:") {
			t.Errorf("the line %q is a command for GitHub's runner, or looks like a diagnostic", line)
		}
	}
}

// A sensitive text must be hidden wherever it comes from, even in a value that is too long to be shown.
func TestRedactedTextsAreNotShown(t *testing.T) {
	secret := strings.Repeat("hunter2", 200)
	expr, _ := hclsyntax.ParseExpression([]byte("var.x"), "x", hcl.InitialPos)
	ctx := &hcl.EvalContext{Variables: map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{"x": cty.StringVal(secret)})}}
	o := render.DiagnosticOptions{Redact: func(s string) string { return strings.ReplaceAll(s, secret, "(sensitive value)") }}
	d := &hcl.Diagnostic{
		Summary:     "s " + secret,
		Detail:      "d " + secret,
		Subject:     rangeOf("300"),
		Expression:  expr,
		EvalContext: ctx,
	}
	if got := show(t, o, siteFiles(t), d); strings.Contains(got, "hunter2") ||
		strings.Count(got, "(sensitive value)") != 3 {
		t.Errorf("want three hidden texts, got\n%s", got)
	}
}

func manyPlanDiagnostics(severity dns.Severity, n int) []plan.Diagnostic {
	var out []plan.Diagnostic
	for i := range n {
		out = append(out, plan.Diagnostic{
			Severity: severity,
			Summary:  "Wrong",
			Detail:   fmt.Sprintf("Number %d.", i),
			Position: &plan.Position{File: "dns.cf.hcl", Line: i + 1},
		})
	}
	return out
}

// GitHub shows ten annotations of each level.
func TestAnnotationsAreGroupedAndBounded(t *testing.T) {
	var b strings.Builder
	if err := render.GitHubErrors(&b, manyPlanDiagnostics(dns.Error, 40)); err != nil {
		t.Fatal(err)
	}

	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[3], "::error file=dns.cf.hcl,line=4,title=cfplan%3A Wrong (37 "+
		"more)::At dns.cf.hcl:4, ") ||
		!strings.HasSuffix(lines[3], ", and 17 more.") {
		t.Errorf("want three errors and the rest, got\n%s", b.String())
	}

	var different []plan.Diagnostic
	for i := range 15 {
		different = append(different, plan.Diagnostic{Severity: dns.Error, Summary: fmt.Sprintf("Wrong %d", i)})
	}

	b.Reset()
	if err := render.GitHubErrors(&b, different); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "::error "); n != 10 ||
		!strings.Contains(b.String(), "and 6 more of this level") {
		t.Errorf("%d annotations, want ten, the last of which counts the rest:\n%s", n, b.String())
	}

	b.Reset()
	p := plan.New("1", made, nil, nil, manyPlanDiagnostics(dns.Warning, 40))
	if err := render.GitHubAnnotations(&b, p, func(file string) string { return "dns/" + file }); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "::warning "); n != 4 ||
		!strings.Contains(b.String(), "::At dns/dns.cf.hcl:4, ") {
		t.Errorf("%d warnings, want three and the rest, at places of the repository:\n%s", n, b.String())
	}
}

func TestPlanDiagnosticsAreGroupedOnPages(t *testing.T) {
	p := plan.New("1", made, nil, nil, manyPlanDiagnostics(dns.Warning, 40))
	var markdown, html strings.Builder
	if err := render.Markdown(&markdown, p, render.MarkdownOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := render.HTML(&html, p); err != nil {
		t.Fatal(err)
	}

	for name, page := range map[string]string{"Markdown": markdown.String(), "HTML": html.String()} {
		if n := strings.Count(page, "Number "); n != 3 || !strings.Contains(page, "Wrong (37 more)") &&
			!strings.Contains(page, "Wrong** (37 more)") ||
			!strings.Contains(page, "and 17 more.") {
			t.Errorf("%s shows %d diagnostics in full, want three and the rest with its places:\n%s", name, n, page)
		}
	}
}
