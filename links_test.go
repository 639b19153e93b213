package cfplan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

const docsIndex = "docs/README.md"

// Each relative link and picture in the documentation must lead to a file that exists, and an anchor to a
// heading of that file. The test does not open links to other sites.
func TestRelativeLinksLeadToFilesAndHeadings(t *testing.T) {
	checked := 0
	for _, file := range documents(t) {
		for _, link := range parsePage(t, file).links {
			if strings.Contains(link, ":") { // another site
				continue
			}

			checked++
			if err := followLink(t, file, link); err != nil {
				t.Errorf("%s links to %s: %v", file, link, err)
			}
		}
	}

	if checked < 100 {
		t.Errorf("checked %d links, want at least 100; perhaps the test no longer finds them", checked)
	}
}

// docs/README.md must lead to each file in docs and list a page at most once for each role. The README must
// lead to docs/README.md.
func TestIndexOfDocsListsEachPage(t *testing.T) {
	index := parsePage(t, docsIndex)
	files, err := filepath.Glob("docs/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if file == docsIndex || filepath.Ext(name) == "" { // a directory, such as docs/img
			continue
		}
		if !slices.ContainsFunc(index.links, func(link string) bool { return withoutAnchor(link) == name }) {
			t.Errorf("%s does not lead to %s: add it to the roles that need it", docsIndex, file)
		}
	}

	for _, role := range strings.Split(read(t, docsIndex), "\n## ")[1:] {
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(`\]\(([^)#]+)`).FindAllStringSubmatch(role, -1) {
			if seen[m[1]] {
				t.Errorf("%s lists %s twice below %q", docsIndex, m[1], strings.SplitN(role, "\n", 2)[0])
			}
			seen[m[1]] = true
		}
	}

	if !slices.Contains(parsePage(t, "README.md").links, docsIndex) {
		t.Errorf("README.md does not link to %s", docsIndex)
	}
}

// documents returns the Markdown files for readers, without the files of tests.
func documents(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md", "examples/*.md", "examples/*/*.md", "ci/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	return files
}

// followLink returns an error if the target of a relative link in a file does not exist.
func followLink(t *testing.T, file, link string) error {
	t.Helper()
	target := file
	if path := withoutAnchor(link); path != "" {
		target = filepath.Join(filepath.Dir(file), path)
	}
	if _, err := os.Stat(target); err != nil {
		return err
	}

	_, anchor, found := strings.Cut(link, "#")
	if !found || filepath.Ext(target) != ".md" {
		return nil
	}
	if anchors := parsePage(t, target).anchors; !slices.Contains(anchors, anchor) {
		return fmt.Errorf("%s has no heading with that anchor; it has %q", target, anchors)
	}
	return nil
}

func withoutAnchor(link string) string {
	path, _, _ := strings.Cut(link, "#")
	return path
}

// page has the targets of the links in a Markdown file, and the anchors that other files can link to.
type page struct{ links, anchors []string }

func parsePage(t *testing.T, file string) page {
	t.Helper()
	source := []byte(read(t, file))
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))

	var p page
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			p.links = append(p.links, string(n.Destination))
		case *ast.Image:
			p.links = append(p.links, string(n.Destination))
		case *ast.Heading:
			p.anchors = append(p.anchors, anchorOf(string(n.Lines().Value(source)), p.anchors))
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}

	for _, m := range regexp.MustCompile(`<a (?:id|name)="([^"]+)">`).FindAllSubmatch(source, -1) {
		p.anchors = append(p.anchors, string(m[1]))
	}
	return p
}

// anchorOf returns the anchor that GitHub gives to a heading: in lower case, without punctuation, with
// hyphens for spaces, and with a number if the page already has the anchor.
func anchorOf(heading string, taken []string) string {
	heading = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`).ReplaceAllString(heading, "$1")
	base := strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return '-'
		case r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))

	anchor := base
	for n := 1; slices.Contains(taken, anchor); n++ {
		anchor = fmt.Sprintf("%s-%d", base, n)
	}
	return anchor
}
