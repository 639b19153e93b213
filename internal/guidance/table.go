package guidance

import "slices"

// entries are in the order in which For searches them: first failures in cfplan, on the way and at Cloudflare's
// edge, then the answers of the API: those that the status explains, and those about credentials, the request and
// a record.
var entries = slices.Concat(localEntries, networkEntries, edgeEntries, statusEntries, credentialEntries, requestEntries,
	recordEntries, lastEntries)

func table() []Entry { return entries }
