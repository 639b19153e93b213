package render_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	goldhtml "github.com/yuin/goldmark/renderer/html"
	htmltree "golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// look is a page as a reader sees it: rendered from GitHub-flavored Markdown to HTML, and parsed.
type look struct {
	// text has the pieces of text outside of code, and code the text of each piece of code.
	text, code []string
	// links has the addresses of the links, and rows the number of cells of each row of a table.
	links []string
	rows  []int
	// tags has the elements and attributes that Markdown does not usually produce, and comments the HTML comments.
	tags, comments []string
}

var gfm = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote),
	goldmark.WithRendererOptions(goldhtml.WithUnsafe()))

func lookAt(t rapid.TB, page string) look {
	t.Helper()
	var b bytes.Buffer
	if err := gfm.Convert([]byte(page), &b); err != nil {
		t.Fatal(err)
	}

	root, err := htmltree.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}

	var l look
	l.walk(root)
	return l
}

var usual = strings.Fields("html head body h3 h4 p ul ol li strong em blockquote table thead tbody tr th td pre " +
	"code br details summary sub span a del")

func (l *look) walk(n *htmltree.Node) {
	switch n.Type {
	case htmltree.TextNode:
		l.text = append(l.text, n.Data)
	case htmltree.CommentNode:
		l.comments = append(l.comments, n.Data)
	case htmltree.ElementNode:
		if !slices.Contains(usual, n.Data) {
			l.tags = append(l.tags, n.Data)
		}
		switch n.Data {
		case "code":
			l.code = append(l.code, textOf(n))
			return
		case "tr":
			l.rows = append(l.rows, cells(n))
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "href":
				l.links = append(l.links, a.Val)
			case a.Key != "class" && a.Key != "start":
				l.tags = append(l.tags, n.Data+" "+a.Key)
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		l.walk(c)
	}
}

func textOf(n *htmltree.Node) string {
	if n.Type == htmltree.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

func cells(row *htmltree.Node) int {
	n := 0
	for c := row.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == htmltree.ElementNode {
			n++
		}
	}
	return n
}

// active matches what GitHub and GitLab turn into links, mentions, references, formulas, emoji and
// labels in the text of a rendered page. They leave code alone.
var active = regexp.MustCompile(`(?i)@|#\d|GH-\d|\bGHSA-|[!~%^$&][0-9a-z]|://|\bwww\.|mailto:|\b[0-9a-f]{7,}\b|:\w+:|\$`)

// alert begins a colored box, which goldmark does not support.
var alert = regexp.MustCompile(`^\[!(CAUTION|WARNING|IMPORTANT)]\n?$`)

// harmlessPage fails if anything on the page is more than text: a control character, a command of a forge, HTML, a
// link, a mention or a reference. It also fails if a row of a table does not have four cells.
func harmlessPage(t rapid.TB, page string) look {
	t.Helper()
	for _, r := range page {
		if r != '\n' && r != '\ufe0f' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Fatalf("the page has an unescaped %U: %q", r, page)
		}
	}

	if strings.Contains(page, "&#8203;") {
		t.Fatalf("the page has a zero-width character:\n%s", page)
	}

	for _, line := range strings.Split(page, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") ||
			strings.HasPrefix(line, "/") {
			t.Fatalf("the line %q is a command of a forge", line)
		}
	}

	l := lookAt(t, page)
	if len(l.tags) > 0 || len(l.links) > 0 || len(l.comments) > 1 {
		t.Fatalf("the page has the elements %q, links %q and comments %q, want only its own comment:\n%s",
			l.tags, l.links, l.comments, page)
	}

	for _, text := range l.text {
		text = alert.ReplaceAllString(text, "")
		if found := active.FindString(text); found != "" {
			t.Fatalf("a forge would interpret %q in %q:\n%s", found, text, page)
		}
	}

	for _, n := range l.rows {
		if n != 4 {
			t.Fatalf("a row has %d cells, want 4, in:\n%s", n, page)
		}
	}

	return l
}

func TestNothingInAPlanIsMarkup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := hostilePlan(t)
		p.Hash = genHostile().Draw(t, "hash")
		p.CfplanVersion = genHostile().Draw(t, "version")
		p.Diagnostics = []plan.Diagnostic{{
			Severity: "error",
			Summary:  genHostile().Draw(t, "summary"),
			Detail:   genHostile().Draw(t, "detail"),
		}}
		var b bytes.Buffer
		o := render.MarkdownOptions{
			Most:    rapid.SampledFrom([]int{0, 3000, 10_000, render.JobSummarySize}).Draw(t, "most"),
			ShowAll: "cfplan show " + genHostile().Draw(t, "saved"),
			Path:    func(file string) string { return "dns/" + file },
			Link:    func(file string, line int) string { return "https://github.com/" + file },
		}

		withoutLinks := o
		withoutLinks.Link = nil
		if err := render.Markdown(&b, p, withoutLinks); err != nil {
			t.Fatal(err)
		}

		l := harmlessPage(t, b.String())
		for _, c := range p.Zones[0].Changes {
			if shown := render.Escape(c.Name); strings.TrimSpace(shown) != "" && len(shown) < 30 &&
				!slices.Contains(l.code, shown) {
				t.Fatalf("the name %q cannot be copied from %q:\n%s", shown, l.code, b.String())
			}
		}

		b.Reset()
		if err := render.Markdown(&b, p, o); err != nil {
			t.Fatal(err)
		}

		for _, link := range lookAt(t, b.String()).links {
			if !strings.HasPrefix(link, "https://github.com/") {
				t.Fatalf("the link %q leads elsewhere:\n%s", link, b.String())
			}
		}
	})
}
