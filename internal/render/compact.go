package render

import (
	"github.com/hashicorp/hcl/v2"
)

// writeCompact lists warnings by their summaries, each with its places.
func (t *diagnosticText) writeCompact(warnings hcl.Diagnostics) {
	if len(warnings) == 0 {
		return
	}
	t.printf("\nWarnings:\n\n")
	for _, same := range bySummary(warnings) {
		t.printf("- %s\n", Escape(t.redact(same[0].Summary)))
		if on := places(same, t.shortPlace); on != "" {
			t.printf("%s\n", foldTo("  on "+on, t.options.Width, 2))
		}
	}
	t.printf("\nWithout -compact-warnings, each is shown in full.\n")
}

// bySummary groups diagnostics by their summary. The groups are in the order of their first diagnostics.
func bySummary(diags hcl.Diagnostics) []hcl.Diagnostics {
	index := map[string]int{}
	var out []hcl.Diagnostics
	for _, d := range diags {
		i, known := index[d.Summary]
		if !known {
			i = len(out)
			index[d.Summary] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], d)
	}

	return out
}

// splitWarnings separates the warnings from the other diagnostics.
func splitWarnings(diags hcl.Diagnostics) (warnings, others hcl.Diagnostics) {
	for _, d := range diags {
		if d.Severity == hcl.DiagWarning {
			warnings = append(warnings, d)
		} else {
			others = append(others, d)
		}
	}
	return warnings, others
}
