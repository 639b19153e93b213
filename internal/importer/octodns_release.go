package importer

// releaseOctoDNS says how octoDNS lets go of zones.
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
		{Text: "Let nothing run octodns-sync --doit any more, such as a job of a CI. If it runs before the next steps are done, it " +
			"destroys what only cfplan has, and writes what its files say. cfplan plan shows that, and cfplan apply puts it right."},
		{Text: "Take " + the + " out of zones: in octoDNS's configuration. Records of a zone that the configuration does not name " +
			"stay as they are. If a \"*\" stands there, move " + file + " out of octoDNS's directory instead. " +
			"Never empty the file of a zone that the configuration still names: octoDNS would destroy its records."},
		{
			Text:     "Look at octoDNS's plan: " + the + " must not be in it. Without --doit, it only plans.",
			Commands: [][]string{{"octodns-sync", "--config-file=config.yaml"}},
		},
		{Text: "Withdraw the token that octoDNS used, once no zone needs it."},
	}
}
