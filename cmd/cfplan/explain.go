package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/guidance"
)

func explainCommand(s *services) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [flags] [CODE]",
		Short: "Say what a Cloudflare error code means and what to do",
		Long: `Prints what cfplan knows about an error: what it means, its likely causes, what to
do, what cfplan does when it happens, and how sure this is. CODE is one of
Cloudflare's error codes, the number on a page of its edge ("error code: 1020"), an
HTTP status, or the name of a failure that has no code. If a code has several
meanings, a table tells them apart first. Without CODE, explain lists everything
that it knows. It needs neither a configuration nor a network.`,
		Example: `  cfplan explain 9109
  cfplan explain 429
  cfplan explain no-credentials
  cfplan explain`,
		Args: atMostOne("code"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return explainAll(s.print)
			}
			return explain(s.print, args[0])
		},
	}
}

func explain(p *printer, asked string) error {
	entries, err := lookUp(asked)
	if err != nil {
		return err
	}
	if p.asJSON {
		return explainJSON(p, entries)
	}
	if len(entries) > 1 {
		showMeanings(p, asked, entries)
	}
	for i, e := range entries {
		if i > 0 {
			p.printf("\n")
		}
		showEntry(p, e)
	}
	return nil
}

// showMeanings prints a table that tells the meanings of one code apart.
func showMeanings(p *printer, asked string, entries []guidance.Entry) {
	width := 0
	for _, e := range entries {
		width = max(width, utf8.RuneCountInString(e.Sign()))
	}

	p.printf("%s has %d meanings. To tell them apart:\n\n", asked, len(entries))
	for _, e := range entries {
		sign := e.Sign()
		p.printf("  %s%*s  %s\n", sign, width-utf8.RuneCountInString(sign), "", e.Title)
	}
	p.printf("\n")
}

// lookUp finds the entries for a code, a status or a name. For an unknown number, it returns
// general advice.
func lookUp(asked string) ([]guidance.Entry, error) {
	number, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(asked), "HTTP"))
	if err != nil {
		if entries := guidance.ExplainTrouble(guidance.Trouble(strings.ToLower(asked))); len(entries) > 0 {
			return entries, nil
		}
		return nil, usage("%q is neither an error code nor the name of a failure; cfplan explain lists them all", asked)
	}
	if entries := guidance.Explain(number); len(entries) > 0 {
		return entries, nil
	}
	unknown := guidance.Unknown()
	unknown.Title = fmt.Sprintf("%d is not in cfplan's catalogue", number)
	return []guidance.Entry{unknown}, nil
}

func showEntry(p *printer, e guidance.Entry) {
	p.printf("%s: %s\n\n%s\n", e.Name(), e.Title, e.Meaning)
	if when := e.When(); when != "" {
		p.printf("This applies if %s.\n", when)
	}
	p.printf("\nLikely causes:\n")
	for _, c := range e.Causes {
		p.printf("  - %s\n", c)
	}
	p.printf("\nWhat to do:\n")
	for i, s := range e.Steps {
		p.printf("  %d. %s\n", i+1, s)
	}
	p.printf("\nEffect: %s\nWorth trying again? %s\nHow sure: %s (%s).\n",
		e.Effect(), e.Retry.Words(), e.Sure.Words(), e.Source)
}

// explained is an entry as -json prints it.
type explained struct {
	Name     string   `json:"name"`
	Codes    []int    `json:"codes"`
	Kind     string   `json:"kind"`
	ReadOnly bool     `json:"read_only"`
	Title    string   `json:"title"`
	Meaning  string   `json:"meaning"`
	When     string   `json:"when,omitempty"`
	Causes   []string `json:"causes"`
	Guidance []string `json:"guidance"`
	Retry    string   `json:"retry"`
	Evidence string   `json:"evidence"`
	Source   string   `json:"source"`
}

func explainJSON(p *printer, entries []guidance.Entry) error {
	list := []explained{}
	for _, e := range entries {
		codes := e.Codes
		if codes == nil {
			codes = []int{}
		}
		list = append(list, explained{
			Name:     e.Name(),
			Codes:    codes,
			Kind:     string(e.Kind),
			ReadOnly: e.Kind.ReadOnly(),
			Title:    e.Title,
			Meaning:  e.Meaning,
			When:     e.When(),
			Causes:   e.Causes,
			Guidance: e.Steps,
			Retry:    string(e.Retry),
			Evidence: string(e.Sure),
			Source:   e.Source,
		})
	}
	return p.json(list)
}

func explainAll(p *printer) error {
	entries := guidance.All()
	if p.asJSON {
		return explainJSON(p, entries)
	}
	width := 0
	for _, e := range entries {
		width = max(width, len(e.Name()))
	}
	for _, e := range entries {
		p.printf("%-*s  %s\n", width, e.Name(), e.Title)
	}
	return nil
}
