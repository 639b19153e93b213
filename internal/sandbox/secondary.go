package sandbox

// A secondary zone's records come from its primary over zone transfers. The API
// may proxy them (a secondary override) and nothing else. Cloudflare's code for
// the refusal is not known.

func (z *zone) secondary() bool { return z.info.Type == "secondary" }

func secondaryRefused() *refusal {
	return reject(apiError{Code: codeSecondary, Message: "This is a secondary zone: its records come from its primary name server and cannot be changed here."})
}

// override reports whether a change does no more than to switch the proxy, and
// with it the TTL.
func override(old, r Record) bool {
	if r.TTL != old.TTL && !r.Proxied {
		return false
	}
	old.Proxied, old.TTL = r.Proxied, r.TTL
	return r.says(old)
}
