package state_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
)

// secretive returns a state with a secret in every attribute that can be sensitive.
func secretive() *state.State {
	st := state.New()
	r := dns.Record{
		Name:    "zq7name.example.com",
		Type:    dns.A,
		Content: "192.0.2.1",
		TTL:     300,
		Comment: "zq7comment",
		Tags:    []string{"zq7tag"},
	}
	z := st.EnsureZone("example.com", "z")
	z.Owned["1"] = state.Owned{
		Address:   "example.com/A/x",
		Name:      r.Name,
		Type:      r.Type,
		Last:      state.Remember(r),
		Sensitive: dns.Maskable(),
	}
	z.Owned["2"] = state.Owned{
		Address:   "example.com/A/y",
		Name:      "plain.example.com",
		Type:      r.Type,
		Sensitive: []dns.Attribute{dns.AttrComment},
	}
	r.ID = "1"
	z.Journal = &state.Journal{At: time.Unix(1767225600, 0).UTC(), Who: "w", Operations: []state.Operation{
		{Action: "change", Address: "example.com/A/x", Record: r, Sensitive: dns.Maskable()}}}
	return st
}

func TestAMaskedStateShowsNoSecret(t *testing.T) {
	st := secretive()
	before, err := state.Encode(st)
	if err != nil {
		t.Fatal(err)
	}

	shown, err := state.Encode(st.Masked())
	if err != nil {
		t.Fatal(err)
	}

	if strings.Contains(string(shown), "zq7") || !strings.Contains(string(shown), "plain.example.com") {
		t.Errorf("the masked state shows a secret or lacks plain.example.com: %s", shown)
	}
	if after, err := state.Encode(st); err != nil || string(after) != string(before) {
		t.Errorf("masking changed the state itself: %s, %v", after, err)
	}

	for _, r := range st.OwnedRecords() {
		if m := r.Masked(); strings.Contains(m.Name, "zq7") {
			t.Errorf("%s shows its name: %s", m.Address, m.Name)
		}
	}
}

func TestTheStateRemembersSensitiveAttributes(t *testing.T) {
	text, err := state.Encode(secretive())
	if err != nil {
		t.Fatal(err)
	}

	st, err := state.Decode(text)
	if err != nil {
		t.Fatal(err)
	}

	z := st.Zone("example.com")
	if len(z.Owned["1"].Sensitive) != 3 || len(z.Journal.Operations[0].Sensitive) != 3 {
		t.Errorf("the zone read back is %+v, want three sensitive attributes of the record and of the operation", z)
	}

	hidden := st.Hidden()
	if got := hidden.Redact("zq7comment, zq7tag, zq7name.example.com, plain.example.com"); strings.Contains(got,
		"zq7") || !strings.Contains(got, "plain.") {
		t.Errorf("Hidden leaves %q", got)
	}
}
