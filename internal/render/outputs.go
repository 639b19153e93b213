package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/plan"
)

// Outputs writes the values of the configuration's outputs, as Terraform does after an apply.
// It writes nothing if there are none.
func Outputs(w io.Writer, p *plan.Plan) error {
	if len(p.Outputs) == 0 {
		return nil
	}
	if _, err := io.WriteString(w, "\nOutputs:\n\n"); err != nil {
		return err
	}
	return OutputList(w, p.Outputs)
}

// OutputList writes outputs as NAME = VALUE, sorted by name. It hides sensitive values.
func OutputList(w io.Writer, outputs []plan.Output) error {
	byName := func(a, b plan.Output) int { return strings.Compare(a.Name, b.Name) }
	var b bytes.Buffer
	for _, o := range slices.SortedFunc(slices.Values(outputs), byName) {
		fmt.Fprintf(&b, "%s = %s\n", Escape(o.Name), OutputValue(o))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// OutputValue returns the value of an output for a terminal, as JSON: a text in quotes, or several lines. It hides a
// sensitive value.
func OutputValue(o plan.Output) string {
	if o.Sensitive {
		return "<sensitive>"
	}
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // the output is not HTML
	e.SetIndent("", "  ")
	if err := e.Encode(o.Value); err != nil {
		return "?" // cannot happen: the value came from JSON or HCL
	}
	return EscapeText(strings.TrimSuffix(text.String(), "\n"))
}
