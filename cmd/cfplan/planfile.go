package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/plan"
)

// savePlan writes a plan to the file of -out and says what to do with it. Without a file
// it says that nothing was saved.
func savePlan(s *services, p *plan.Plan, out, format string) error {
	quiet := s.print.asJSON || format != "text"
	if out == "" {
		if !quiet && p.Mode == plan.Live && p.HasChanges() && s.env.get("TF_IN_AUTOMATION") == "" {
			s.print.printf("\nNote: You didn't use -out to save this plan, so cfplan apply will make a new one and ask before it acts.\n")
		}
		return nil
	}

	if err := writePlan(s.dir.path(out), p); err != nil {
		return failure("Plan could not be saved", "%v.", err)
	}
	switch {
	case quiet:
	case p.Mode == plan.Live:
		s.print.printf("\nSaved the plan to: %s\n\nTo perform exactly these actions, run:\n    cfplan apply %s\n", out, shellQuote(out))
	default:
		s.print.printf("\nSaved the plan to: %s\n\nIt is read-only: cfplan show reads it, cfplan apply refuses it.\n", out)
	}
	return nil
}

// writePlan replaces the file as a whole. A plan has comments, tags and sensitive values, so
// only the owner may read it.
func writePlan(path string, p *plan.Plan) error {
	var text bytes.Buffer
	if err := plan.Encode(&text, p); err != nil {
		return err
	}
	return files.Replace(path, text.Bytes(), 0o600)
}

// readPlan opens a saved plan. What is sensitive in it is kept out of messages from then on.
func readPlan(s *services, name string) (*plan.Plan, error) {
	text, err := readFile(s.dir, name, plan.MaxDocument)
	if err != nil {
		return nil, failure("Plan could not be read", "%v.", err)
	}

	p, err := plan.Decode(bytes.NewReader(text))
	switch {
	case errors.Is(err, plan.ErrAltered):
		return nil, fmt.Errorf("%s: %w", name, err)
	case err != nil:
		return nil, failure("Not a plan that can be used", "%s: %v.", name, err)
	}
	s.print.hidden.add(p.Hidden())
	return p, nil
}

// shellQuote quotes a file name if a shell would take it apart.
func shellQuote(s string) string {
	if strings.ContainsAny(s, " \t\n'\"\\$`&|;<>()*?[]#~!{}") || s == "" {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
