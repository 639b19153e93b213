package guidance

import "slices"

// entries in the order in which they are looked through: what happened on this
// side, on the way, at Cloudflare's edge, then by status, by credential, by request, by record.
var entries = slices.Concat(localEntries, networkEntries, edgeEntries, statusEntries, credentialEntries, requestEntries,
	recordEntries, lastEntries)

func table() []Entry { return entries }
