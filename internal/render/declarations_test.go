package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// Users copy the declarations at the end of a diagnostic, so no format may break or escape their lines.
func TestDeclarationsInADiagnosticCanBeCopied(t *testing.T) {
	long := strings.Repeat("a long value ", 20)
	declaration := "  record \"TXT\" \"www\" {\n    content = \"" + long + "`x` ::error::y\"\n  }"
	p := &plan.Plan{Mode: plan.Live, Diagnostics: []plan.Diagnostic{{
		Severity: dns.Error,
		Summary:  "Record collides with an unmanaged one",
		Detail:   "Put this in place of your own record.\n\n" + declaration,
	}}}

	var text, markdown, page bytes.Buffer
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Wrong", Detail: p.Diagnostics[0].Detail}
	if err := Diagnostics(&text, hcl.Diagnostics{d}, nil, DiagnosticOptions{TextOptions: TextOptions{Width: 60}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "\n\n"+declaration+"\n") {
		t.Errorf("text = %s, want the declaration unchanged", text.String())
	}

	if err := Markdown(&markdown, p, MarkdownOptions{}); err != nil {
		t.Fatal(err)
	}
	if want := "\n\n  ```\n" + declaration + "\n  ```\n"; !strings.Contains(markdown.String(), want) {
		t.Errorf("markdown = %s, want %s in it", markdown.String(), want)
	}

	if err := HTML(&page, p); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "<pre>  record &#34;TXT&#34; &#34;www&#34; {\n    content = ") {
		t.Error("the HTML page lacks the declaration on lines of its own, in <pre>")
	}
}
