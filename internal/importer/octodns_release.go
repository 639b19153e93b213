package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
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
	filter := "cfplan-" + z.Name
	var code strings.Builder
	fmt.Fprintf(&code, "processors:\n  %s:\n    class: octodns.processor.filter.NameRejectlistFilter\n    rejectlist:\n", filter)
	for _, n := range importedNames(z) {
		fmt.Fprintf(&code, "    - %s\n", singleQuoted(filterPattern(n.name)))
	}
	fmt.Fprintf(&code, "zones:\n  %s.:\n    processors:\n    - %s\n", z.Name, filter)

	return Step{
		Text: keeps(z, "octoDNS") + " Add this filter to its configuration, beside the processors that the zone has. Without the " +
			"filter, octoDNS would destroy the records." + alsoLeft(z),
		Code: code.String(),
	}
}

// filterPattern returns the pattern of octoDNS's filters that matches only a relative name. The filters take a pattern
// that begins with a slash for a regular expression between two slashes.
func filterPattern(name string) string {
	switch {
	case name == "@":
		return ""
	case strings.HasPrefix(name, "/"):
		return "/^" + regexp.QuoteMeta(name) + "$/"
	}
	return name
}

// singleQuoted returns a text in YAML's single quotes, in which only the quote itself is special.
func singleQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// alsoLeft is a sentence about the records outside of the scope that have the name of an imported record. octoDNS's
// filter drops them, too. It is "" if there is no such record. (DNSControl's IGNORE also compares types. A scope selects
// records by name and type, so no record outside of it has both of an imported one.)
func alsoLeft(z Zone) string {
	var names []string
	for _, o := range z.Outside {
		if slices.ContainsFunc(z.Records, func(r Record) bool { return r.Record.Name == o.Record.Name }) {
			names = append(names, string(o.Record.Type)+" "+o.Record.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return fmt.Sprintf(" octoDNS then leaves %s alone, too.", shortList(slices.Compact(names)))
}

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
