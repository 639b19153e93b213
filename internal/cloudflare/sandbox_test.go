package cloudflare_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/sandbox"
)

const token = "Vq3tT0k3n-0123456789abcdefghijklmnopqrst"

func start(t *testing.T) (*cloudflare.Client, *sandbox.Server, string) {
	t.Helper()
	s := sandbox.New(sandbox.Options{Seed: sandbox.Seed{Tokens: []sandbox.Token{{Value: token}},
		Zones: []sandbox.Zone{{Name: "example.com", Plan: "business"}}}})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c := cloudflare.NewAtOnce(cloudflare.Options{BaseURL: server.URL + "/client/v4", Credentials: cloudflare.Credentials{Token: token}})
	zones, err := c.FindZones(context.Background(), []string{"example.com"})
	if err != nil || len(zones["example.com"]) != 1 || zones["example.com"][0].Tier != "business" {
		t.Fatalf("zones = %+v (%v), want one on Business", zones, err)
	}
	return c, s, zones["example.com"][0].ID
}

// everyType returns a record of each type, in canonical form.
func everyType(t *testing.T) []dns.Record {
	contents := map[dns.Type]string{
		dns.A: "192.0.2.1", dns.AAAA: "2001:db8::1", dns.CAA: `0 issue "letsencrypt.org"`, dns.CERT: "1 2 3 YWJj",
		dns.CNAME: "target.example.net", dns.DNSKEY: "257 3 13 YWJj", dns.DS: "2371 13 2 1F987CC6583E92DF0890718C42A3C8F1CE0C4B4B4F6B8B8B8A4C3D2E1F0A9B8C",
		dns.HTTPS: `1 . alpn="h2"`, dns.LOC: "37 46 46.000 N 122 23 35.000 W 0.00m 100.00m 0.00m 0.00m", dns.MX: "mx.example.net",
		dns.NAPTR: `30 100 "S" "SIP+D2T" "" _sip._tls.example.net.`, dns.NS: "ns.example.net", dns.OPENPGPKEY: "YWJj", dns.PTR: "host.example.net",
		dns.SMIMEA: "3 1 1 abcd", dns.SRV: "0 5 5060 sip.example.com", dns.SSHFP: "1 1 123456789abcdef67890123456789abcdef67890", dns.SVCB: `1 svc.example.net. port="8443"`,
		dns.TLSA: "3 1 1 1F987CC6583E92DF0890718C42A3C8F1CE0C4B4B4F6B8B8B8A4C3D2E1F0A9B8C", dns.TXT: `v=spf1 "quoted" \ -all`, dns.URI: `0 1 "https://example.com/a"`,
	}

	var out []dns.Record
	for _, typ := range dns.Types() {
		value, problem := dns.ParseContent(typ, contents[typ])
		if problem != nil {
			t.Fatalf("%s %s: %v", typ, contents[typ], problem)
		}
		out = append(out, dns.Record{Name: "type-" + lower(typ) + ".example.com", Type: typ, Content: value.Content, TTL: 300})
	}

	// The NS records of a name must exist before its DS.
	out = append(out, dns.Record{Name: "type-ds.example.com", Type: dns.NS, Content: "ns.example.net", TTL: 300})
	out[0], out[len(out)-1] = out[len(out)-1], out[0]
	return out
}

func lower(t dns.Type) string {
	b := []byte(t)
	for i := range b {
		b[i] |= 0x20
	}
	return string(b)
}

func withoutIDs(records []dns.Record) []dns.Record {
	out := append([]dns.Record{}, records...)
	for i := range out {
		out[i].ID = ""
	}
	return out
}

func sameRecords(t *testing.T, what string, want, got []dns.Record) {
	t.Helper()
	byOrder := cmp.Transformer("sorted", func(r []dns.Record) map[dns.Key]dns.Record {
		m := map[dns.Key]dns.Record{}
		for _, r := range r {
			m[r.Key()] = r
		}
		return m
	})
	if diff := cmp.Diff(withoutIDs(want), withoutIDs(got), byOrder); diff != "" || len(want) != len(got) {
		t.Errorf("%s: %d records, want %d (-want +got):\n%s", what, len(got), len(want), diff)
	}
}

func TestRecordsOfEveryTypeAreReadBackAsSent(t *testing.T) {
	c, _, zone := start(t)
	want := everyType(t)
	result, err := c.ApplyBatch(context.Background(), zone, cloudflare.Batch{Posts: want})
	if err != nil {
		t.Fatal(err)
	}
	sameRecords(t, "answer to the batch", want, result.Created)
	live, err := c.Records(context.Background(), zone)
	if err != nil {
		t.Fatal(err)
	}
	sameRecords(t, "list", want, live)
}

func TestEveryAttributeCanBePatched(t *testing.T) {
	c, _, zone := start(t)
	result, err := c.ApplyBatch(context.Background(), zone, cloudflare.Batch{Posts: everyType(t)})
	if err != nil {
		t.Fatal(err)
	}

	for _, before := range result.Created {
		for _, after := range variants(before) {
			b := cloudflare.Batch{Patches: []cloudflare.Patch{{Record: after, Changed: dns.Changed(before, after)}}}
			got, err := c.ApplyBatch(context.Background(), zone, b)
			if err != nil {
				t.Fatalf("%s: %v: %v", before.Name, b.Patches[0].Changed, err)
			}
			sameRecords(t, string(before.Type), []dns.Record{after}, got.Patched)
			before = after
		}
	}
}

// variants returns copies of r, each with one more change, and r at the end.
func variants(r dns.Record) []dns.Record {
	var out []dns.Record
	next := func(change func(*dns.Record)) {
		change(&r)
		out = append(out, r)
	}

	next(func(r *dns.Record) { r.TTL = 600 })
	next(func(r *dns.Record) { r.Comment = "ours" })
	next(func(r *dns.Record) { r.Comment = "" })
	next(func(r *dns.Record) { r.Tags = []string{"a", "b:C"} })
	next(func(r *dns.Record) { r.Tags = nil })
	switch r.Type {
	case dns.A:
		next(func(r *dns.Record) { r.Proxied, r.TTL = true, dns.AutoTTL })
		next(func(r *dns.Record) { r.Proxied, r.TTL = false, 120 })
		next(func(r *dns.Record) { r.Content = "192.0.2.77" })
	case dns.MX:
		next(func(r *dns.Record) { r.Priority = 20 })
		next(func(r *dns.Record) { r.Priority = 0 })
	case dns.CNAME:
		next(func(r *dns.Record) { r.Settings.FlattenCNAME = true })
		next(func(r *dns.Record) { r.Settings.FlattenCNAME = false })
	case dns.URI:
		next(func(r *dns.Record) { r.Content = `7 1 "https://example.com/b"` })
		next(func(r *dns.Record) { r.Content = `0 1 "https://example.com/a"` })
	}

	return out
}

func TestBatchWithALostAnswerIsInDoubt(t *testing.T) {
	c, s, zone := start(t)
	s.Fail(sandbox.CutAfterCommit().Once())
	post := dns.Record{Name: "a.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300}
	_, err := c.ApplyBatch(context.Background(), zone, cloudflare.Batch{Posts: []dns.Record{post}})
	var e *cloudflare.Error
	if !errors.As(err, &e) || !e.InDoubt || len(s.Writes()) != 1 {
		t.Errorf("error = %v after %d writes, want one in doubt after 1", err, len(s.Writes()))
	}
	live, err := c.Records(context.Background(), zone)
	if err != nil {
		t.Fatal(err)
	}
	sameRecords(t, "list", []dns.Record{post}, live)
}

func TestRefusalsOfTheSandboxAreKnown(t *testing.T) {
	tests := map[string]struct {
		fault sandbox.Fault
		kind  guidance.Kind
		code  int
	}{
		"location":         {sandbox.RefuseIP("203.0.113.7"), guidance.Refused, 9109},
		"unknown token":    {sandbox.InvalidAccessToken(), guidance.Refused, 9109},
		"invisible zone":   {sandbox.InvalidZoneIdentifier(), guidance.Refused, 9109},
		"out of scope":     {sandbox.UnauthorizedResource(), guidance.Refused, 9109},
		"too many logins":  {sandbox.MaxAuthFailures(), guidance.Refused, 9109},
		"no permission":    {sandbox.AuthenticationError(), guidance.Refused, 10000},
		"not JSON":         {sandbox.NotJSON(), guidance.Unreachable, 0},
		"silent failure":   {sandbox.Unsuccessful(9005, "no"), guidance.Rejected, 9005},
		"missing keys":     {sandbox.MissingKeys(), "", 0},
		"additional keys":  {sandbox.ExtraFields(), "", 0},
		"gateway for once": {sandbox.GatewayError(502).Once(), "", 0},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, s, zone := start(t)
			s.Fail(test.fault)
			_, err := c.Records(context.Background(), zone)
			if test.kind == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var e *cloudflare.Error
			if !errors.As(err, &e) || e.Kind != test.kind || e.Code != test.code || e.RayID == "" {
				t.Errorf("error = %v, want %s, code %d, with a ray ID", err, test.kind, test.code)
			}
		})
	}
}
