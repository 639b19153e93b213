package importer

import (
	"fmt"
	"strconv"
	"strings"
)

// releaseDNSControl returns the steps that make DNSControl let go of zones.
func releaseDNSControl(zones []Zone) []Step {
	steps := []Step{
		{Text: "Stop every job that runs dnscontrol push, such as a CI job. If DNSControl runs before the next steps are done, it " +
			"writes what dnsconfig.js says, and without NO_PURGE it destroys the records that only cfplan declares. cfplan plan " +
			"then shows that, and cfplan apply corrects it."},
	}
	whole, shared := sharedZones(zones)
	if len(whole) > 0 {
		steps = append(steps, removeFromDNSControl(whole))
	}
	for _, z := range shared {
		steps = append(steps, ignoreInDNSControl(z))
	}

	names := make([]string, len(zones))
	for i, z := range zones {
		names[i] = z.Name
	}
	return append(steps,
		Step{
			Text:     "Check that DNSControl's plan changes nothing in " + shortList(names) + " at Cloudflare.",
			Commands: [][]string{{"dnscontrol", "preview"}},
		},
		Step{Text: "Once DNSControl manages no other zone at Cloudflare, delete the API token that it used."},
	)
}

// removeFromDNSControl is the step for zones that DNSControl does not keep.
func removeFromDNSControl(zones []Zone) Step {
	names := make([]string, len(zones))
	for i, z := range zones {
		names[i] = z.Name
	}
	return Step{
		Text: "Delete the D(…) and D_EXTEND(…) of " + shortList(names) + " from dnsconfig.js. DNSControl does not touch " +
			"a zone that is not in dnsconfig.js. If a D(…) must stay, for its registrar or another provider, remove only " +
			"Cloudflare's DnsProvider(…) from it. " +
			"Never delete the records alone: without NO_PURGE, DNSControl would destroy them.",
	}
}

// ignoreInDNSControl is the step for a zone of which DNSControl keeps a part.
func ignoreInDNSControl(z Zone) Step {
	var code strings.Builder
	for _, n := range importedNames(z) {
		types := make([]string, len(n.types))
		for i, t := range n.types {
			types[i] = string(t)
		}
		fmt.Fprintf(&code, "IGNORE(%s, %q),\n", strconv.QuoteToASCII(globQuoted(n.name)), strings.Join(types, ","))
	}

	return Step{
		Text: keeps(z, "DNSControl") + " In its D(…), replace the imported records by these lines. Without the lines, and " +
			"without NO_PURGE, DNSControl would destroy the records.",
		Code: code.String(),
	}
}

// globQuoted returns a pattern of IGNORE that matches only the text itself.
func globQuoted(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(`\*?[]{}`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
