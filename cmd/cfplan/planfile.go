package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/plan"
)

// savePlan writes a plan to the file of -out. Without a file it does nothing.
func savePlan(s *services, p *plan.Plan, out, format string) error {
	if out == "" {
		return nil
	}
	if err := writePlan(s.dir.path(out), p); err != nil {
		return failure("Plan could not be saved", "%v.", err)
	}
	if !s.print.asJSON && format == "text" {
		s.print.printf("\nSaved the plan to: %s\n", out)
	}
	return nil
}

// writePlan replaces the file as a whole. A plan contains comments, tags and sensitive values, so
// only the owner may read it.
func writePlan(path string, p *plan.Plan) error {
	var text bytes.Buffer
	if err := plan.Encode(&text, p); err != nil {
		return err
	}
	return files.Replace(path, text.Bytes(), 0o600)
}

// readPlan reads a saved plan. Sensitive texts in it are kept out of messages from then on.
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
		return nil, failure("Saved plan cannot be used", "%s: %v.", name, err)
	}
	s.print.hidden.add(p.Hidden())
	return p, nil
}
