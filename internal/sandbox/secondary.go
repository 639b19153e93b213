package sandbox

// A secondary zone gets its records from its primary server by zone transfer. Through the API, clients can
// proxy them (a secondary override) but change nothing else. We do not know Cloudflare's code for the
// refusal.

func (z *zone) secondary() bool { return z.info.Type == "secondary" }

func secondaryRefused() *refusal {
	return reject(apiError{
		Code: codeSecondary,
		Message: "This is a secondary zone: its records come from its primary name server and cannot be " +
			"changed here.",
	})
}

// override reports whether a change only switches the proxy on or off, and sets the TTL accordingly.
func override(old, r Record) bool {
	if r.TTL != old.TTL && !r.Proxied {
		return false
	}
	old.Proxied, old.TTL = r.Proxied, r.TTL
	return r.says(old)
}
