package lint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
)

// Most of the records have something that Cloudflare refuses. A record that Fit accepts must have no error afterwards.
func TestFit(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(r *dns.Record)
		want   func(r *dns.Record)
		left   bool
		words  []string
	}{
		"nothing wrong": {change: func(*dns.Record) {}, want: func(*dns.Record) {}},
		"TTL of zero": {
			change: func(r *dns.Record) { r.TTL = 0 }, want: func(r *dns.Record) { r.TTL = 60 },
			words: []string{"TTL brought into range: The A record at \"www.example.com\" gets a TTL of 60 instead of 0."},
		},
		"TTL of an Enterprise zone": {change: func(r *dns.Record) { r.TTL = 30 }, want: func(r *dns.Record) { r.TTL = 30 }},
		"TTL of a week": {
			change: func(r *dns.Record) { r.TTL = 604800 }, want: func(r *dns.Record) { r.TTL = 86400 },
			words: []string{"gets a TTL of 86400 instead of 604800. Cloudflare accepts 60 to 86400"},
		},
		"long comment with a line break": {
			change: func(r *dns.Record) { r.Comment = strings.Repeat("x", 501) + "\n" }, want: func(r *dns.Record) { r.Comment = "" },
			words: []string{"Comment left out: The A record at \"www.example.com\" is taken without its comment. This comment has 502 characters"},
		},
		"tags": {
			change: func(r *dns.Record) { r.Tags = []string{"a b", "cf-x", "team:web"} }, want: func(r *dns.Record) { r.Tags = []string{"team:web"} },
			words: []string{"Tags left out"},
		},
		"settings of other types": {
			change: func(r *dns.Record) {
				r.Type, r.Content, r.Proxied, r.PrivateRouting, r.Settings.FlattenCNAME = dns.TXT, `"x"`, true, true, true
			},
			want:  func(r *dns.Record) { r.Type, r.Content = dns.TXT, `"x"` },
			words: []string{"taken without proxying", "without private_routing", "without its settings"},
		},
		"doubled name": {
			change: func(r *dns.Record) { r.Name = "www.example.com.example.com" }, want: func(r *dns.Record) { r.Name = "www.example.com.example.com" },
			words: []string{`Did you mean "www.example.com"?`},
		},
		"an alias to itself": {
			change: func(r *dns.Record) { r.TTL, r.Type, r.Content = 5, dns.CNAME, "www.example.com" }, left: true,
			words: []string{`Record left out: The CNAME record at "www.example.com" is left out. "www.example.com" points at itself`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := dns.Record{Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300}
			want := r
			tt.change(&r)

			got, warnings, fits := Fit(r, "example.com")
			if fits == tt.left {
				t.Fatalf("fits = %v, want %v", fits, !tt.left)
			}
			if len(warnings) != len(tt.words) {
				t.Fatalf("warnings = %v, want %q", warnings, tt.words)
			}
			for i, w := range warnings {
				if w.Severity != dns.Warning || !strings.Contains(w.Summary+": "+w.Detail, tt.words[i]) {
					t.Errorf("warning %d = %v, want %q", i, w, tt.words[i])
				}
			}

			if tt.left {
				return
			}
			tt.want(&want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, p := range Record(got, "example.com") {
				if p.Severity == dns.Error {
					t.Errorf("the fitted record has the error %v, want none", p)
				}
			}
		})
	}
}

// Several records may share their tags, so Fit must not modify them.
func TestFitDoesNotChangeItsInput(t *testing.T) {
	tags := []string{"a b", "team:web"}
	_, _, _ = Fit(dns.Record{Name: "example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300, Tags: tags}, "example.com")
	if diff := cmp.Diff([]string{"a b", "team:web"}, tags); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// FitZone leaves out records that resolvers never see. The user must decide about other conflicts.
func TestFitZone(t *testing.T) {
	z := zone(t, `
		www A 192.0.2.1
		sub NS ns1.example.net
		sub TXT hidden
		sub A 192.0.2.2
		signed DS 1 13 2 `+strings.Repeat("ab", 32)+`
		alias CNAME example.net
		alias A 192.0.2.3`)
	left, refused := FitZone(z)
	var got []string
	for _, p := range left {
		for _, i := range p.Records {
			got = append(got, z.Records[i].Name+" "+string(z.Records[i].Type))
		}
		if p.Severity != dns.Warning {
			t.Errorf("the problem %v of records that are left out has the severity %s, want a warning", p, p.Severity)
		}
	}
	if diff := cmp.Diff([]string{"sub.example.com A", "sub.example.com TXT", "signed.example.com DS"}, got); diff != "" {
		t.Errorf("left out (-want +got)\n%s", diff)
	}
	if len(refused) != 1 || refused[0].Rule != "cname-alone" {
		t.Errorf("refused = %v, want only the CNAME beside an address", refused)
	}
}
