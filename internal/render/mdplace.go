package render

import (
	"fmt"
	"regexp"

	"github.com/cfplan/cfplan/internal/plan"
)

// linkAddress matches an address without characters that have a meaning in Markdown, in a table or in HTML.
var linkAddress = regexp.MustCompile(`^https?://[A-Za-z0-9%/:@.,?=#+$~_-]+$`)

// where shows a place in the configuration as a file of the repository. If link is true and the
// repository's address is known, it is a link.
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

// mostLink limits the address of a place, in bytes.
const mostLink = 1000
