package importer

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// releaseOctoDNS returns the steps that make octoDNS let go of zones.
func releaseOctoDNS(zones []Zone) []Step {
	steps := []Step{
		{Text: "Stop every job that runs octodns-sync --doit, such as a CI job. If octoDNS runs before the next steps are done, it " +
			"destroys the records that only cfplan declares and writes what its own files say. cfplan plan then shows that, and " +
			"cfplan apply corrects it."},
	}
	whole, shared := sharedZones(zones)
	if len(whole) > 0 {
		steps = append(steps, removeFromOctoDNS(whole))
	}
	for _, z := range shared {
		steps = append(steps, filterInOctoDNS(z))
	}

	return append(steps,
		Step{
			Text:     "Run octodns-sync without --doit, so that it only plans. Its plan must not change " + afterOctoDNS(whole, shared) + ".",
			Commands: [][]string{{"octodns-sync", "--config-file=config.yaml"}},
		},
		Step{Text: "Once octoDNS manages no other zone at Cloudflare, delete the API token that it used."},
	)
}

// removeFromOctoDNS is the step for zones that octoDNS does not keep.
func removeFromOctoDNS(zones []Zone) Step {
	the, file := theZones(zones), "its file"
	if len(zones) > 1 {
		file = "their files"
	}
	return Step{Text: "Remove " + the + " from the key zones in octoDNS's configuration. octoDNS does not touch a zone that the " +
		"configuration does not name. If the configuration has \"*\" there, move " + file + " out of octoDNS's directory instead. " +
		"Never empty the file of a zone that the configuration still names: octoDNS would destroy its records."}
}

// filterInOctoDNS is the step for a zone of which octoDNS keeps a part. Its filter compares the relative names of
// records, with "" for the zone itself, and drops them from the files and from what Cloudflare has.
func filterInOctoDNS(z Zone) Step {
	filter := "cfplan-" + strings.ReplaceAll(z.Name, ".", "-")
	var code strings.Builder
	fmt.Fprintf(&code, "processors:\n  %s:\n    class: octodns.processor.filter.NameRejectlistFilter\n    rejectlist:\n", filter)
	for _, n := range importedNames(z) {
		fmt.Fprintf(&code, "    - %s\n", singleQuoted(strings.TrimPrefix(n.name, "@")))
	}
	fmt.Fprintf(&code, "zones:\n  %s.:\n    processors:\n    - %s\n", z.Name, filter)

	sameName := func(imported, outside dns.Record) bool { return imported.Name == outside.Name }
	return Step{
		Text: keeps(z, "octoDNS") + " Add this filter to its configuration, beside the processors that the zone has. Without the " +
			"filter, octoDNS would destroy the records." + alsoLeft(z, "octoDNS", sameName),
		Code: code.String(),
	}
}

// singleQuoted returns a text in YAML's single quotes, in which only the quote itself is special.
func singleQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// afterOctoDNS names what octoDNS's plan must not change.
func afterOctoDNS(whole, shared []Zone) string {
	switch {
	case len(shared) == 0:
		return theZones(whole)
	case len(whole) == 0:
		return "the imported records"
	default:
		return theZones(whole) + " or the other imported records"
	}
}

// theZones names zones as octoDNS does.
func theZones(zones []Zone) string {
	names := make([]string, len(zones))
	for i, z := range zones {
		names[i] = z.Name + "."
	}
	if len(names) == 1 {
		return "the zone " + names[0]
	}
	return "the zones " + shortList(names)
}
