package main

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The schema for editors repeats the list of backends, because internal/config does not know them.
func TestEditorSchemaKnowsTheBackends(t *testing.T) {
	text, err := os.ReadFile("../../docs/config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Definitions struct {
			Backend struct {
				Properties map[string]any `json:"properties"`
			} `json:"cfplan.backend"`
		} `json:"definitions"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}

	var want []string
	for quoted := range strings.SplitSeq(availableBackends, ", ") {
		name, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(schema.Definitions.Backend.Properties)); !slices.Equal(got, want) {
		t.Errorf("docs/config.schema.json has the backends %q, want %q: change the list in "+
			"internal/config/jsonschema_test.go", got, want)
	}
}
