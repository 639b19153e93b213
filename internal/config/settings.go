package config

import (
	"maps"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// settings are the contents of the cfplan blocks. All of them are constants.
type settings struct {
	backend    *Backend
	encryption *Encryption
	// maxDestroy is the limit for zones without a limit of their own.
	maxDestroy *dns.Limit
	// scope says which records the configuration may touch.
	scope dns.Scope
	// ignored are the checks whose warnings are switched off for all zones.
	ignored ignoredWarnings
}

// readSettings reads the cfplan blocks. There may be several cfplan blocks, but together they may have only one backend
// block, one limits block, one scope block and one encryption block. Their ignore_warnings add up.
func readSettings(r *report, blocks hcl.Blocks, version string) settings {
	out := settings{ignored: ignoredWarnings{}}
	var limits, encryption, scopes hcl.Blocks
	for _, b := range blocks {
		content, diags := b.Body.Content(settingsSchema)
		r.add(diags...)
		checkVersion(r, content.Attributes["required_version"], version)
		maps.Copy(out.ignored, readIgnoreWarnings(r, content.Attributes["ignore_warnings"]))

		for _, inner := range content.Blocks {
			switch {
			case inner.Type == "limits":
				limits = append(limits, inner)
			case inner.Type == "encryption":
				encryption = append(encryption, inner)
			case inner.Type == "scope":
				scopes = append(scopes, inner)
			case out.backend != nil:
				r.errorAt(inner.DefRange, "Duplicate backend",
					"A backend was already declared at %s. The state can be in one place only: remove one of the two.",
					at(out.backend.Range))
			default:
				out.backend = readBackend(r, inner)
			}
		}
	}

	out.maxDestroy = readLimits(r, limits).value
	out.encryption = readEncryption(r, encryption)
	out.scope = readScope(r, scopes)
	return out
}
