package state_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

// A large document of nearly empty entries would take many times its size in memory, so reading stops at the
// first entry that is not valid.
func TestDecodeStopsAtTheFirstEmptyEntry(t *testing.T) {
	const head = `{"version": 2, "lineage": "x", "serial": 1, `
	for name, tt := range map[string]struct{ text, want string }{
		"owned records": {`"zones": {"example.com": {"owned": {` + many(`"@": {}`, ",") + `}}}`, `owned record "0"`},
		"operations":    {`"zones": {"example.com": {"journal": {"operations": [` + many(`{}`, ",") + `]}}}`, "operation"},
		"applied plans": {`"applied": [` + many(`{}`, ",") + `]`, "more than 1000 applied plans"},
	} {
		allocated := testing.AllocsPerRun(1, func() {
			if _, err := state.Decode([]byte(head + tt.text + "}")); err == nil ||
				!strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: Decode = %v, want an error with %q", name, err, tt.want)
			}
		})
		if allocated > 50_000 {
			t.Errorf("%s: %.0f allocations for 100,000 entries, want at most 50,000", name, allocated)
		}
	}
}

// many repeats an entry 100,000 times, with its number for each @.
func many(entry, separator string) string {
	var b strings.Builder
	for i := range 100_000 {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(strings.ReplaceAll(entry, "@", strconv.Itoa(i)))
	}
	return b.String()
}
