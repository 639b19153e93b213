package guidance_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

var update = flag.Bool("update", false, "write docs/errors.md")

const docsFile = "../../docs/errors.md"

func TestDocsHaveTheCatalogue(t *testing.T) {
	got := document()
	if *update {
		if err := os.WriteFile(docsFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("docs/errors.md differs from the catalogue; to write it again: go test ./internal/guidance -update")
	}
}

const head = `<!-- Written by go test ./internal/guidance -update from internal/guidance; do not edit. -->

# Errors

This page lists what can go wrong between cfplan and Cloudflare, what each failure means, what
causes it, and what to do. ` + "`cfplan explain CODE`" + ` prints an entry, even without a network;
` + "`cfplan explain`" + ` lists all entries. What each command does after a failure is described in
[refusals.md](refusals.md).

Each entry ends with how sure it is: certain, measured in a live answer or in a recording of one,
documented by Cloudflare, reported by users and other tools, or hearsay.
`

// sections maps the name of the first entry of each section to the section's title.
var sections = map[string]string{
	"no-credentials":    "Nothing was sent",
	"unknown-host":      "No answer came from the API",
	"edge-challenge":    "Something else answered",
	"HTTP 429":          "Rate limits and server errors",
	"9109":              "Credentials and permissions",
	"971, 10100, 10300": "Errors in a request",
	"81044":             "Errors in a record",
	"HTTP 401":          "Any other answer",
}

func document() string {
	var b strings.Builder
	b.WriteString(head)
	begun := map[string]bool{}
	for _, e := range guidance.All() {
		if title := sections[e.Name()]; title != "" && !begun[title] {
			begun[title] = true
			fmt.Fprintf(&b, "\n## %s\n", title)
		}
		entry(&b, e)
	}
	return b.String()
}

func entry(b *strings.Builder, e guidance.Entry) {
	fmt.Fprintf(b, "\n### %s: %s\n\n%s\n", e.Name(), e.Title, e.Meaning)
	if when := e.When(); when != "" {
		fmt.Fprintf(b, "\nThis entry applies if %s.\n", when)
	}
	b.WriteString("\nLikely causes:\n\n")
	for _, c := range e.Causes {
		fmt.Fprintf(b, "- %s\n", c)
	}
	b.WriteString("\nWhat to do:\n\n")
	for i, s := range e.Steps {
		fmt.Fprintf(b, "%d. %s\n", i+1, s)
	}
	fmt.Fprintf(b, "\nEffect: %s\\\nWorth trying again? %s\\\nHow sure: %s (%s).\n",
		e.Effect(), e.Retry.Words(), e.Sure.Words(), e.Source)
}
