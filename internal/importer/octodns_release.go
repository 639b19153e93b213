package importer

// releaseOctoDNS returns the steps that make octoDNS let go of zones.
func releaseOctoDNS(zones []Zone) []Step {
	names := make([]string, len(zones))
	for i, z := range zones {
		names[i] = z.Name + "."
	}
	the, file := "the zone "+names[0], "its file"
	if len(zones) > 1 {
		the, file = "the zones "+shortList(names), "their files"
	}
	return []Step{
		{Text: "Stop every job that runs octodns-sync --doit, such as a CI job. If octoDNS runs before the next steps are done, it " +
			"destroys the records that only cfplan declares and writes what its own files say. cfplan plan then shows that, and " +
			"cfplan apply corrects it."},
		{Text: "Remove " + the + " from the key zones in octoDNS's configuration. octoDNS does not touch a zone that the " +
			"configuration does not name. If the configuration has \"*\" there, move " + file + " out of octoDNS's directory instead. " +
			"Never empty the file of a zone that the configuration still names: octoDNS would destroy its records."},
		{
			Text:     "Run octodns-sync without --doit, so that it only plans. Its plan must not contain " + the + ".",
			Commands: [][]string{{"octodns-sync", "--config-file=config.yaml"}},
		},
		{Text: "Once octoDNS manages no other zone at Cloudflare, delete the API token that it used."},
	}
}
