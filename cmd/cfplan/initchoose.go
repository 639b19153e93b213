package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/render"
)

// chooseZones asks which of the zones that the token can see should be imported. It returns none if there is no
// token, or if the run must not ask.
func (o *initOptions) chooseZones(ctx context.Context, s *services) ([]string, error) {
	if !s.print.input || s.env.get("CI") != "" || !isTerminal(s.print.in) || !isTerminal(s.print.out) {
		return nil, nil
	}
	conn, err := s.provider.connect(&config.Config{}, config.Files{})
	if err != nil || conn.accounts[0].found.Missing() {
		return nil, err
	}

	var zones []string
	conn.progress.during(func() { zones, err = visibleZones(ctx, conn, o.account) })
	if err != nil {
		s.print.report(err)
		s.print.errorf("\nThe zones of the token could not be listed. An example is written instead.\n\n")
		return nil, nil //nolint:nilerr // it is reported above, and the example needs no zones
	}
	if len(zones) == 0 {
		s.print.printf("The token can see no zone. An example is written instead.\n\n")
		return nil, nil
	}
	return askForZones(ctx, s.print, zones)
}

const (
	// longestAnswer is the most that is read of an answer, in bytes.
	longestAnswer = 64 << 10
	// mostQuestions is how often the question is asked before init gives up.
	mostQuestions = 5
)

// askForZones lists zones and returns those that the user chooses.
func askForZones(ctx context.Context, p *printer, zones []string) ([]string, error) {
	p.printf("The token can see %s:\n\n", english.Count(len(zones), "zone"))
	for i, zone := range zones {
		p.printf("  %*d  %s\n", len(strconv.Itoa(len(zones))), i+1, render.Escape(dns.Unicode(zone)))
	}
	question := "\nWhich zones should cfplan import? No record is changed.\n" +
		"  Enter numbers or names, separated by blanks, or all. Press Enter to import none and to write an example.\n\n" +
		"  Enter a value: "

	for range mostQuestions {
		answer, err := p.answer(ctx, question, longestAnswer)
		if err != nil {
			return nil, err
		}
		p.printf("\n")
		chosen, unknown := zonesOfAnswer(answer, zones)
		if len(unknown) == 0 {
			return chosen, nil
		}
		p.printf("Not in the list: %s\n", render.Escape(strings.Join(unknown, ", ")))
	}
	return nil, failure("No zone was chosen", "Run cfplan init again, or name the zones: cfplan init ZONE. Nothing was written.")
}

// zonesOfAnswer returns the zones that an answer names, in the order of the list, and its words that are not in the list.
func zonesOfAnswer(answer string, zones []string) (chosen, unknown []string) {
	words := strings.FieldsFunc(answer, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	wanted := map[string]bool{}
	for _, word := range words {
		if word == "all" {
			return zones, nil
		}
		zone, ok := zoneOfWord(word, zones)
		if !ok {
			unknown = append(unknown, fmt.Sprintf("%q", shortened(word)))
			continue
		}
		wanted[zone] = true
	}
	return slices.DeleteFunc(slices.Clone(zones), func(zone string) bool { return !wanted[zone] }), unknown
}

// zoneOfWord returns the zone of a list with this number or name.
func zoneOfWord(word string, zones []string) (string, bool) {
	if n, err := strconv.Atoi(word); err == nil {
		if n < 1 || n > len(zones) {
			return "", false
		}
		return zones[n-1], true
	}
	name, problem := dns.CanonicalName(word)
	return name, problem == nil && slices.Contains(zones, name)
}
