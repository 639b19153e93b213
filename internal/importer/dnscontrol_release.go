package importer

// releaseDNSControl says how DNSControl lets go of zones.
func releaseDNSControl(zones []Zone) []Step {
	names := make([]string, len(zones))
	for i, z := range zones {
		names[i] = z.Name
	}
	return []Step{
		{Text: "Let nothing run dnscontrol push any more, such as a job of a CI. If it runs before the next steps are done, it " +
			"writes what dnsconfig.js says, and without NO_PURGE it destroys what only cfplan has. cfplan plan shows that, " +
			"and cfplan apply puts it right."},
		{
			Text: "Delete the D(…) and D_EXTEND(…) of " + shortList(names) + " from dnsconfig.js. Records of a zone that it does " +
				"not have stay as they are. If a D(…) must stay, for its registrar or another provider, take only Cloudflare's " +
				"DnsProvider(…) out of it. " +
				"Never delete the records alone: without NO_PURGE, DNSControl would destroy them.",
		},
		{
			Text:     "Check that DNSControl's plan has nothing for Cloudflare there.",
			Commands: [][]string{{"dnscontrol", "preview"}},
		},
		{Text: "Withdraw the token that DNSControl used, once no zone needs it."},
	}
}
