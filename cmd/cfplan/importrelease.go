package main

import (
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/importer"
	"github.com/cfplan/cfplan/internal/render"
)

// sayRemarks prints the remarks on the source as a whole, and a hint about zones that the other tool owned as a whole.
func (i *importRun) sayRemarks(src *importer.Source, zones []sourceZone) {
	for _, remark := range src.Remarks {
		i.print.errorf("\n%s\n", render.EscapeText(remark))
	}
	var exclusive []string
	for _, z := range zones {
		if z.described.Exclusive {
			exclusive = append(exclusive, z.zone)
		}
	}
	if len(exclusive) > 0 {
		i.print.errorf("\n%s", render.EscapeText(exclusiveHint(exclusive)))
	}
}

// exclusiveHint says how cfplan can own whole zones, as the other tool did.
func exclusiveHint(zones []string) string {
	return "The other tool owned " + english.List(zones, "and") + " as a whole: it removes records that it does not describe. " +
		"cfplan leaves such records alone. To have them removed, add ownership = \"exclusive\" to the zone block, and read the " +
		"plan: it destroys every record of the zone that no file declares.\n"
}

// sayRelease prints the steps that make the other tool let go.
func (i *importRun) sayRelease(src *importer.Source, zones []sourceZone) {
	var imported []importer.Zone
	for _, z := range zones {
		imported = append(imported, z.described)
	}
	steps := src.Release(imported)
	if len(steps) == 0 {
		return
	}

	i.print.errorf("\n%s\n", i.releaseHeading(zones))
	for n, step := range steps {
		i.print.errorf("\n%d. %s\n", n+1, render.EscapeText(step.Text))
		for line := range strings.Lines(step.Code) {
			i.print.errorf("    %s\n", render.Escape(strings.TrimSuffix(line, "\n")))
		}
		for _, command := range step.Commands {
			i.print.errorf("    %s\n", render.Escape(commandText(command)))
		}
	}
}

// releaseHeading introduces the steps. If nothing was taken over, it says that they are for later: if the other tool lets
// go too early, no tool manages the records.
func (i *importRun) releaseHeading(zones []sourceZone) string {
	tool := toolNames[importer.Kind(i.options.from)]
	for _, z := range zones {
		if belongs(i.dir, z.file) {
			return "To make " + tool + " let go:"
		}
	}
	return "Nothing was taken over. Once cfplan owns these records and its plan has no changes, make " + tool + " let go:"
}

// toolNames are the names of the tools that can let go of records.
var toolNames = map[importer.Kind]string{
	importer.Terraform:  "Terraform",
	importer.OctoDNS:    "octoDNS",
	importer.DNSControl: "DNSControl",
}

// commandText quotes a command line of another tool for a shell.
func commandText(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shellQuote(w)
	}
	return strings.Join(quoted, " ")
}
