package plan

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestPlanThatContradictsItselfIsRefused(t *testing.T) {
	adding, destroying := addOf("new.example.com", "192.0.2.3"), to(Destroy, ourRecord, nil)
	moves := []Move{{RecordID: "ours", From: "example.com/A/ours", To: "example.com/A/new"}}
	for _, c := range []struct {
		name   string
		change func(*Plan)
		why    string
	}{
		{"honest", func(*Plan) {}, ""},
		{"a zone twice", func(p *Plan) { p.Zones = append(p.Zones, p.Zones[0]) }, "twice"},
		{"a destroy", func(p *Plan) { p.Destroy, p.Zones[0].Changes = true, []Change{destroying} }, ""},
		{"a destroy that adds", func(p *Plan) { p.Destroy, p.Zones[0].Changes = true, []Change{destroying, adding} }, "something else"},
		{"a destroy and a rollback", func(p *Plan) { p.Destroy, p.Rollback, p.Zones[0].Changes = true, 1, nil }, "both"},
		{"drift that changes", func(p *Plan) { p.RefreshOnly = true }, "only drift"},
		{"a rollback that moves", func(p *Plan) { p.Rollback, p.Zones[0].Moved = 1, moves }, "rollback"},
	} {
		z := Zone{Name: "example.com", Source: Source{Kind: SourceLive}, Changes: []Change{adding}}
		p := New("0.0.0", time.Unix(1767225600, 0), []Zone{z}, nil, nil)
		c.change(p)
		p.Recount()
		err := p.WellFormed()
		if (err == nil) != (c.why == "") || err != nil && !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: WellFormed = %v, want an error with %q (none if empty)", c.name, err, c.why)
		}
	}
}

// Apply sends the content, so the structured fields that a user sees must come from the content, too.
func TestDecodeDerivesStructuredFieldsFromTheContent(t *testing.T) {
	r := dns.Record{Name: "_sip._tcp.example.com", Type: dns.SRV, Content: "10 20 5060 sip.example.com", TTL: 300}
	z := Zone{Name: "example.com", Source: Source{Kind: SourceLive}, Changes: []Change{
		{Action: Add, Address: "example.com/SRV/x", Type: r.Type, Name: r.Name, After: ValuesOf(r), Risks: []Risk{}},
	}}
	z.Changes[0].After.Data = map[string]any{"target": "harmless.example.com"}
	p := New("0.0.0", time.Unix(1767225600, 0), []Zone{z}, nil, nil)
	p.Recount()
	p.Seal()

	var b bytes.Buffer
	if err := Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(&b)
	if err != nil || got.Zones[0].Changes[0].After.Data["target"] != "sip.example.com" {
		t.Errorf("Decode = %+v, %v; want the target sip.example.com, as in the content", got, err)
	}
}
