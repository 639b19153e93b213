package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/importer"
	"github.com/cfplan/cfplan/internal/render"
)

// mostDifferences is how many differences between a source and a live zone are listed.
const mostDifferences = 100

// sayDifferences shows, before anything is written, how the source differs from the live zone.
func (i *importRun) sayDifferences(z *sourceZone) {
	say := i.print.printf
	if z.file == "-" {
		say = i.print.errorf // stdout is for the HCL
	}
	source, zone := render.Escape(inputName(i.options.in)), render.Escape(z.zone)

	lines, adds := differenceLines(z.matched.Pairs)
	if len(lines) > 0 {
		say("%s is not as %s describes it. The next plan would make these changes:\n", zone, source)
	}
	for n, line := range lines {
		if n == mostDifferences {
			say("  and %d more\n", len(lines)-n)
			break
		}
		say("  %s\n", line)
	}
	say("%s: %s describes %s: %d live as described, %d different, %d not live.\n",
		zone, source, english.Count(len(z.matched.Pairs), "record"), len(z.matched.Pairs)-len(lines), len(lines)-adds, adds)
	if z.matched.Others > 0 {
		say("Live records of %s that %s does not describe: %d. cfplan leaves them alone.\n", zone, source, z.matched.Others)
	}
	say("\n")
}

// differenceLines returns a line for each described record that differs from its live record or has none. adds counts
// the records that have none.
func differenceLines(pairs []importer.Pair) (lines []string, adds int) {
	for _, p := range pairs {
		if p.Live == nil {
			adds++
			lines = append(lines, "+ "+recordText(p.Record.Record))
			continue
		}
		if differs := p.Differs(); len(differs) > 0 {
			lines = append(lines, "~ "+recordText(p.Record.Record)+": "+differencesText(p.Record.Record, *p.Live, differs))
		}
	}
	return lines, adds
}

func recordText(r dns.Record) string {
	return fmt.Sprintf("%s %s %s", render.Escape(string(r.Type)), render.Escape(r.Name), render.Escape(shortened(r.Content)))
}

func differencesText(described, live dns.Record, differs []dns.Attribute) string {
	var out []string
	for _, a := range differs {
		out = append(out, fmt.Sprintf("%s %s → %s", a,
			render.Escape(attributeText(live, a)), render.Escape(attributeText(described, a))))
	}
	return strings.Join(out, ", ")
}

// attributeText returns the value of an attribute for people.
func attributeText(r dns.Record, a dns.Attribute) string {
	switch a {
	case dns.AttrName:
		return r.Name
	case dns.AttrContent:
		return shortened(r.Content)
	case dns.AttrPriority:
		return r.PriorityText()
	case dns.AttrTTL:
		if r.TTL == dns.AutoTTL {
			return "auto"
		}
		return strconv.Itoa(r.TTL)
	case dns.AttrProxied:
		return strconv.FormatBool(r.Proxied)
	case dns.AttrComment:
		return strconv.Quote(shortened(r.Comment))
	case dns.AttrTags:
		return "[" + shortened(strings.Join(r.Tags, ", ")) + "]"
	case dns.AttrSettings:
		return settingsText(r.Settings)
	case dns.AttrPrivateRouting:
		return strconv.FormatBool(r.PrivateRouting)
	}
	return string(r.Type)
}

func settingsText(s dns.Settings) string {
	var on []string
	for _, one := range []struct {
		name dns.Attribute
		on   bool
	}{
		{dns.AttrFlattenCNAME, s.FlattenCNAME},
		{dns.AttrIPv4Only, s.IPv4Only},
		{dns.AttrIPv6Only, s.IPv6Only},
	} {
		if one.on {
			on = append(on, string(one.name))
		}
	}
	return "[" + strings.Join(on, ", ") + "]"
}

// shortened cuts a long value.
func shortened(s string) string {
	const most = 80
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
