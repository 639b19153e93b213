package render

import (
	"fmt"
	"regexp"

	"github.com/cfplan/cfplan/internal/plan"
)

// linkAddress matches an address that has nothing of Markdown's, of a table's or of HTML's.
var linkAddress = regexp.MustCompile(`^https?://[A-Za-z0-9%/:@.,?=#+$~_-]+$`)

// where is a place in the configuration, as a file of the repository. With link it leads there,
// if the repository's address is known.
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

// mostLink bounds the address of a place, in bytes.
const mostLink = 1000
