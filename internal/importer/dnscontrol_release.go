package importer

// releaseDNSControl returns the steps that make DNSControl let go of zones.
func releaseDNSControl(zones []Zone) []Step {
	names := make([]string, len(zones))
	for i, z := range zones {
		names[i] = z.Name
	}
	return []Step{
		{Text: "Stop every job that runs dnscontrol push, such as a CI job. If DNSControl runs before the next steps are done, it " +
			"writes what dnsconfig.js says, and without NO_PURGE it destroys the records that only cfplan declares. cfplan plan " +
			"then shows that, and cfplan apply corrects it."},
		{
			Text: "Delete the D(…) and D_EXTEND(…) of " + shortList(names) + " from dnsconfig.js. DNSControl does not touch " +
				"a zone that is not in dnsconfig.js. If a D(…) must stay, for its registrar or another provider, remove only " +
				"Cloudflare's DnsProvider(…) from it. " +
				"Never delete the records alone: without NO_PURGE, DNSControl would destroy them.",
		},
		{
			Text:     "Check that DNSControl's plan changes nothing in " + shortList(names) + " at Cloudflare.",
			Commands: [][]string{{"dnscontrol", "preview"}},
		},
		{Text: "Once DNSControl manages no other zone at Cloudflare, delete the API token that it used."},
	}
}
