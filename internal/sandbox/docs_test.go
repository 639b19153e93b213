package sandbox

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func documentation(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheDocumentedSeedFileLoads(t *testing.T) {
	block := regexp.MustCompile("(?s)```json\n(.*?)```").FindStringSubmatch(documentation(t))
	if block == nil {
		t.Fatal("docs/sandbox.md has no seed file")
	}

	seed, err := LoadSeed(strings.NewReader(block[1]))
	if err != nil {
		t.Fatal(err)
	}

	c := start(t, Options{Seed: seed})
	c = c.with("Authorization", "Bearer reader")
	records := "/zones/" + c.zoneID("example.com") + "/dns_records"
	if got := shown(t, c, records); got != 4 {
		t.Errorf("the token reader sees %d records, want 4", got)
	}

	c.want(403, 10000, "POST", records, anA)
	c.with("Authorization", "Bearer office-only").want(403, 9109, "GET", "/zones", "")
	c.with("Authorization", "Bearer writer").want(200, 0, "POST", records, anA)
	if names, _ := zoneNames(c.with("Authorization", "Bearer writer"), "name=xn--bcher-kva.example"); names != "bücher.example" {
		t.Errorf("zones = %q, want bücher.example in Unicode", names)
	}
}

// docs/sandbox.md must name every fault, flag, seed key and knob.
func TestDocumentationIsComplete(t *testing.T) {
	text := documentation(t)
	for _, k := range kinds() {
		if !strings.Contains(text, "`"+k.name+"`") {
			t.Errorf("docs/sandbox.md does not mention the fault %s", k.name)
		}
	}

	quirks := reflect.TypeFor[Quirks]()
	for i := range quirks.NumField() {
		if name := quirks.Field(i).Name; !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/sandbox.md does not mention the flag %s", name)
		}
	}

	for _, kind := range []reflect.Type{reflect.TypeFor[Zone](), reflect.TypeFor[Account](), reflect.TypeFor[Token]()} {
		for i := range kind.NumField() {
			name, _, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ",")
			if !strings.Contains(text, "`"+name+"`") {
				t.Errorf("docs/sandbox.md does not mention the seed's %s", name)
			}
		}
	}

	for _, m := range regexp.MustCompile(`(?m)^(GET|POST|DELETE) +(/_sandbox/[a-zA-Z/]*)`).FindAllStringSubmatch(help(), -1) {
		if !strings.Contains(text, "`"+m[1]+" "+m[2]) {
			t.Errorf("docs/sandbox.md does not mention the knob %s %s", m[1], m[2])
		}
	}
}
