package importer

import (
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/plan"
)

// Source has the zones that a source describes.
type Source struct {
	// Zones are sorted by name. Their names are unique.
	Zones []Zone
	// Remarks are sentences for the user about the source as a whole, such as how many resources
	// of other types it has.
	Remarks []string
	// release returns the steps that make the other tool let go. It is nil for formats without such steps.
	release func(zones []Zone) []Step
}

// Zone is one zone of a source.
type Zone struct {
	// Name is canonical.
	Name string
	// ID is Cloudflare's ID of the zone, or "" if the source does not say.
	ID string
	// Records are the records that can be declared, in the order of the source.
	Records []Record
	// Left are the records that cannot be imported.
	Left []Left
	// Outside are records that stay with the other tool, because the configuration must not declare them.
	Outside []Record
	// Exclusive reports whether the other tool owned the zone as a whole, that is, whether it destroys
	// records that it does not know.
	Exclusive bool
	// Ignore are patterns for records that the other tool was configured to leave alone.
	Ignore []dns.Pattern
}

// Record is a record of a source.
type Record struct {
	// Named has the record in canonical form. Its ID is Cloudflare's, or "" if the source has none.
	genconfig.Named
	// Silent lists the attributes on which the source is silent: the format cannot express them, or the
	// record leaves them open, such as proxied in a zone file. For them, the configuration gets the live
	// values.
	Silent []dns.Attribute
	// At is where the source describes the record.
	At Origin
}

// Left is a record that is left out.
type Left struct {
	// Omission has the record, as far as it could be read and as the source spells it, and the reason, a
	// clause without a full stop.
	genconfig.Omission
	At Origin
}

// Origin is a place in a source.
type Origin struct {
	// Position is the file and line, or nil if the line would not help the user.
	*plan.Position
	// Address is the other tool's name for the record, such as
	// `module.zones["example.com"].cloudflare_record.www`, or "".
	Address string
}

// Step is one step of making the other tool let go of the records.
type Step struct {
	// Text says what to do, in one or two sentences.
	Text string
	// Code are lines for a file of the other tool, or "".
	Code string
	// Commands are command lines, split into words. Quote the words before you show them for a shell.
	Commands [][]string
}

// Release returns the steps that make the other tool let go of the imported zones. It skips zones whose
// records all stay with that tool.
func (s *Source) Release(imported []Zone) []Step {
	if s.release == nil {
		return nil
	}
	imported = slices.DeleteFunc(slices.Clone(imported), func(z Zone) bool {
		return len(z.Records) == 0 && len(z.Outside) > 0
	})
	if len(imported) == 0 {
		return nil
	}
	return s.release(imported)
}
