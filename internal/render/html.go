package render

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"

	"github.com/cfplan/cfplan/internal/plan"
)

// A plan as an HTML page follows these rules:
//
//   - The first screen, even on a phone, shows the verdict, the counts and the first risk.
//   - Each risk is a link to its change. The reason why a plan cannot be applied is a link, too.
//   - Destroys come before all other changes. Among the others, risky changes come first.
//   - Long parts are folded: zones of a large plan, the rest of a long list, low risks. A link opens
//     the folds around its target.
//   - If a value changes, the characters that differ are marked. Color only repeats what signs and
//     words say.
//   - The page is complete without its script. The script only filters, and opens and closes folds.

var (
	//go:embed page/*.gohtml
	pageTemplates embed.FS
	//go:embed page/style.css
	pageStyle string
	//go:embed page/script.js
	pageScript string
)

var pageHTML = template.Must(template.ParseFS(pageTemplates, "page/*.gohtml"))

// HTML writes the plan as one self-contained page, which needs no network and no other file. Its content security
// policy allows only the page's own script and style, by their hashes. Without scripts, the whole page is still
// readable.
func HTML(w io.Writer, p *plan.Plan) error {
	out := bufio.NewWriter(w)
	if err := pageHTML.ExecuteTemplate(out, "page.gohtml", newPage(p.Masked())); err != nil {
		return err
	}
	return out.Flush()
}

// page is the data of the template. All texts in it are already escaped as for a terminal, so that they contain
// nothing invisible; the template escapes them for HTML.
type page struct {
	Policy, Title, Heading string
	Style                  template.CSS
	Script                 template.JS
	Verdict                pageVerdict
	Counts                 []pageCount
	Replaced               string
	Notes                  []string
	Errors, Warnings       *pageDiagnostics
	Risks                  *pageRisks
	ReadOnly               *pageReadOnly
	Drift, Moved           *pageLists
	Changes                *pageChanges
	Version, Hash          string
}

func newPage(p *plan.Plan) *page {
	heading, verdict := pageHeading(p), newPageVerdict(p)
	out := &page{
		Policy:   policy(),
		Style:    template.CSS(pageStyle), //nolint:gosec // our own file
		Script:   template.JS(pageScript), //nolint:gosec // our own file
		Title:    heading + " (" + verdict.Word + ") · cfplan",
		Heading:  heading,
		Verdict:  verdict,
		Replaced: replacement(p),
		Notes:    pageNotes(p),
		Errors:   pageErrors(p),
		Warnings: pageWarnings(p),
		Risks:    newPageRisks(p),
		ReadOnly: newPageReadOnly(p),
		Drift:    pageDrift(p),
		Moved:    pageMoved(p),
		Version:  Escape(p.CfplanVersion),
		Hash:     Escape(p.Hash),
	}

	if p.HasChanges() {
		out.Counts = pageCounts(p)
		out.Changes = newPageChanges(p)
	}

	return out
}

// policy returns a content security policy that allows only the page's own style and script, by their hashes (CSP
// level 3).
func policy() string {
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; style-src " + hash(pageStyle) + "; script-src " + hash(pageScript) +
		"; base-uri 'none'; form-action 'none'"
}
