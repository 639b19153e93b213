package render

import (
	"fmt"
	"regexp"

	"github.com/cfplan/cfplan/internal/plan"
)

// linkAddress matches a web address without characters that have a meaning in Markdown, in a table or in HTML.
var linkAddress = regexp.MustCompile(`^https?://[A-Za-z0-9%/:@.,?=#+$~_-]+$`)

// where returns a place in the configuration as a file and line of the repository. The result is a link if link is
// true and the address of the line is known.
func (m *md) where(p plan.Position, code func(string) string, link bool) string {
	shown := code(fmt.Sprintf("%s:%d", shorten(m.Path(p.File), cellValue), p.Line))
	if m.Link == nil || !link {
		return shown
	}
	address := m.Link(p.File, p.Line)
	if !linkAddress.MatchString(address) || len(address) > mostLink {
		return shown
	}
	return "[" + shown + "](" + address + ")"
}

// mostLink is the maximum length of the address of a place, in bytes. A place with a longer address is not a link.
const mostLink = 1000
