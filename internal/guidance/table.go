package guidance

import "slices"

// entries are in the order in which For searches them: what happened in cfplan, on the way and at
// Cloudflare's edge, then by status, by credential, by request and by record.
var entries = slices.Concat(localEntries, networkEntries, edgeEntries, statusEntries, credentialEntries, requestEntries,
	recordEntries, lastEntries)

func table() []Entry { return entries }
