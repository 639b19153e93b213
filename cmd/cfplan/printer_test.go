package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
)

// A diagnostic shows names and lines that others wrote. A terminal or CI runner must not obey them.
func TestDiagnosticsAreEscaped(t *testing.T) {
	const attack = "\x1b[2J\x1b]0;t\x07\u202e\u009b31m\n::error::pwned\n##[error]x"
	var b strings.Builder
	p := &printer{streams: streams{err: &b}, env: environment{"GITHUB_ACTIONS=true"}, dir: &directory{}}
	rng := &hcl.Range{Filename: "a" + attack, Start: hcl.Pos{Line: 1, Column: 1, Byte: 0}, End: hcl.Pos{Line: 1, Column: 9, Byte: 8}}
	p.diagnose(hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "s" + attack, Detail: "d" + attack, Subject: rng, Context: rng}},
		config.Files{"a" + attack: {Bytes: []byte("content = \"\x1b[2J\x1b]0;pwn\x07\u202e##[error]hi\"\n")}})
	commands := 0
	for _, line := range strings.Split(b.String(), "\n") {
		for _, r := range line {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("raw %U in %q", r, line)
			}
		}
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			commands++
		}
		if strings.Contains(line, "##[") {
			t.Errorf("%q is a command", line)
		}
	}
	if commands != 1 {
		t.Errorf("%d workflow commands, want only our own:\n%s", commands, b.String())
	}
}

// Texts that others wrote into a zone are \u escapes in the output of -json.
func TestJSONDocumentsAreEscaped(t *testing.T) {
	const attack = "\x7f\u009b31m\u202e##[error]x"
	var out strings.Builder
	p := &printer{streams: streams{out: &out}, asJSON: true}

	if err := showRefreshedJSON(p, []plan.Zone{{Name: attack}}); err != nil {
		t.Fatal(err)
	}
	view := reconcile.Observed{Zone: dns.Zone{Name: "example.com", Records: []dns.Record{{Comment: attack}}}}
	if err := exportJSON(&out, view); err != nil {
		t.Fatal(err)
	}

	for _, r := range out.String() {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Errorf("raw %U in the document", r)
		}
	}
	if strings.Contains(out.String(), "##[") {
		t.Errorf("a command of GitHub's runner in %s", out.String())
	}
	for doc := json.NewDecoder(strings.NewReader(out.String())); doc.More(); {
		var v any
		if err := doc.Decode(&v); err != nil || !strings.Contains(fmt.Sprint(v), attack) {
			t.Errorf("a document has %v (%v), want the text that was read", v, err)
		}
	}
}
