package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/cfplan/cfplan/internal/plan"
)

// GitHubAnnotations writes a workflow command of GitHub Actions for each reason
// for which the plan is read-only. It writes nothing for a live plan.
func GitHubAnnotations(w io.Writer, p *plan.Plan) error {
	var b bytes.Buffer
	for _, n := range notices(p) {
		fmt.Fprintf(&b, "::%s title=%s::%s\n", n.level, commandValue(n.title, true), commandValue(n.text, false))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// ReadOnlyNotices are the sentences of the annotations, a title and a text each.
func ReadOnlyNotices(p *plan.Plan) [][2]string {
	var out [][2]string
	for _, n := range notices(p) {
		out = append(out, [2]string{n.title, n.text})
	}
	return out
}

type notice struct{ level, title, text string }

func notices(p *plan.Plan) []notice {
	switch {
	case p.Mode == plan.Live:
		return nil
	case len(p.Degraded) == 0:
		return []notice{{"notice", "cfplan: read-only plan", headline(p)}}
	}
	var out []notice
	for _, r := range refusals(p.Degraded) {
		text := EscapeText(fmt.Sprintf("%s: %s\nCause: %s", zoneList(r.zones), Refusal(r.Degradation), r.Cause))
		for i, step := range r.Guidance {
			text += fmt.Sprintf("\n%d. %s", i+1, Escape(step))
		}
		out = append(out, notice{"warning", "cfplan: read-only plan, it cannot be applied", text})
	}
	return out
}

// commandValue escapes a text for a workflow command, whose parser splits at line
// ends, and in a property at colons and commas.
func commandValue(s string, property bool) string {
	pairs := []string{"%", "%25", "\r", "%0D", "\n", "%0A"}
	if property {
		pairs = append(pairs, ":", "%3A", ",", "%2C")
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
