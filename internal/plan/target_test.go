package plan

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
)

func targets(t *testing.T, texts ...string) []Target {
	t.Helper()
	var out []Target
	for _, text := range texts {
		target, err := ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, target)
	}
	return out
}

func TestTargetMatchesAddressesAndNames(t *testing.T) {
	type record struct {
		address string
		typ     dns.Type
		name    string
	}
	www := record{"example.com/A/www", dns.A, "www.example.com"}
	apex := record{"example.com/MX/@", dns.MX, "example.com"}
	keyed := record{`example.com/A/h["1"]`, dns.A, "host-1.example.com"}
	slash := record{"example.com/PTR/0/25", dns.PTR, "0/25.example.com"}
	counted := record{"example.com/A/c[1]", dns.A, "c1.example.com"}
	inside := record{`example.com/A/module.site["a/b"].module.nested[0].www["x"]`, dns.A, "x.example.com"}

	for _, c := range []struct {
		target string
		record
		want bool
	}{
		{"example.com", www, true},
		{"EXAMPLE.com.", www, true},
		{"example.org", www, false},
		{"example.*", www, true},
		{"example.com/A", www, true},
		{"example.com/MX", www, false},
		{"example.com/*", www, true},
		{"example.com/a/www", www, true},
		{"example.com/A/www.example.com", www, true},
		{"example.com/A/w*", www, true},
		{"*/A/www", www, true},
		{"www.example.com", www, true},
		{"api.example.com", www, false},
		{"*.example.com", www, true},
		{"*.example.com", apex, false},
		{"example.com/MX/@", apex, true},
		{"example.com/MX/example.com", apex, true},
		{"example.com/A/h", keyed, true},
		{`example.com/A/h["1"]`, keyed, true},
		{`example.com/A/h["2"]`, keyed, false},
		{"example.com/A/host-1", keyed, true},
		{"example.com/PTR/0/25", slash, true},
		{"example.com/A/c", counted, true},
		{"example.com/A/c[1]", counted, true},
		{"example.com/A/c[2]", counted, false},
		{"module.site", inside, true},
		{`module.site["a/b"]`, inside, true},
		{`module.site["c"]`, inside, false},
		{"module.sit", inside, false},
		{"module.nested", inside, false},
		{`module.site["a/b"].module.nested`, inside, true},
		{`module.site["a/b"].module.nested[0]`, inside, true},
		{`module.site["a/b"].module.nested[1]`, inside, false},
		{"module.site", www, false},
		{`example.com/A/module.site["a/b"].module.nested[0].www["x"]`, inside, true},
		{`example.com/A/module.site["a/b"].module.nested[0].www`, inside, true},
		{`example.com/A/module.site["a/b"].module.nested[0].ww`, inside, false},
		{`example.com/A/module.site["a/b"]`, inside, true},
		{"example.com/A/www", inside, false},
		{"example.com/MX/module.site", inside, false},
		{"module.example", record{"module.example/A/@", dns.A, "module.example"}, true},
	} {
		if got := newTargetSet(targets(t, c.target)).match("example.com", c.address, c.typ, c.name); got != c.want {
			t.Errorf("-target=%s matches %s: %v, want %v", c.target, c.address, got, c.want)
		}
	}

	for _, text := range []string{
		"", "/", "example.com/", "example.com/X/www", "example.com//www", "example.com/A/",
		"module.a[k]", "module.a[k].module.b", "module.a['k']",
	} {
		if target, err := ParseTarget(text); err == nil {
			t.Errorf("ParseTarget(%q) = %+v, want an error", text, target)
		}
	}
}

func TestSelectionHasTheZonesOfItsTargets(t *testing.T) {
	for _, c := range []struct {
		targets, exclude []string
		want             bool
	}{
		{nil, nil, true},
		{[]string{"example.com/A/www"}, nil, true},
		{[]string{"www.example.com"}, nil, true},
		{[]string{"*"}, nil, true},
		{[]string{"example.org/A/www"}, nil, false},
		{[]string{"www.example.org"}, nil, false},
		{nil, []string{"example.com"}, false},
		{nil, []string{"example.com/A/www"}, true},
	} {
		s := Select(targets(t, c.targets...), targets(t, c.exclude...))
		if got := s.Zone("example.com"); got != c.want {
			t.Errorf("targets %v, exclude %v: zone selected: %v, want %v", c.targets, c.exclude, got, c.want)
		}
	}
}

func TestChangesThatNeedEachOtherAreSelectedTogether(t *testing.T) {
	before := []string{
		"www 300 CNAME web.example.net", "a 300 A 192.0.2.1", "sub 300 NS ns1.example.net", "sub 300 DS 1 13 2 aa",
		"gone 300 A 192.0.2.1", `lab 300 TXT "x"`, `@ 300 TXT "x"`,
	}
	after := []string{
		"www 300 A 192.0.2.2", "www 300 AAAA 2001:db8::2", "a 300 A 192.0.2.9", "b 300 A 192.0.2.1",
		"lab 300 NS ns1.example.net", "@ 300 NS ns1.example.net",
	}

	for _, c := range []struct {
		name             string
		targets, exclude []string
		want             []string
	}{
		{"an alias with its replacement", []string{"example.com/CNAME/www"}, nil, []string{"- CNAME", "+ A", "+ AAAA"}},
		{"a replacement with its alias", []string{"example.com/AAAA/www"}, nil, []string{"- CNAME", "+ A", "+ AAAA"}},
		{"excluding one excludes all", []string{"example.com/*/www"}, []string{"example.com/CNAME/www"}, nil},
		{"a delegation with its DS", []string{"example.com/DS/sub"}, nil, []string{"- DS", "- NS"}},
		{"a delegation with any type that it replaces", []string{"example.com/NS/lab"}, nil, []string{"- TXT", "+ NS"}},
		{"a replaced type with the delegation", []string{"example.com/TXT/lab"}, nil, []string{"- TXT", "+ NS"}},
		{"other types stay beside the zone's own servers", []string{"example.com/TXT/@"}, nil, []string{"- TXT"}},
		{"independent changes are left out", []string{"example.com/A/a", "b.example.com"}, nil, []string{"~ A", "+ A"}},
		{"all but one", nil, []string{"www.example.com", "sub.example.com", "gone.example.com", "lab.example.com", "example.com/*/@"},
			[]string{"~ A", "+ A"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := inputOf(t, before, after)
			whole, _ := Diff(in)
			in.Selection = Select(targets(t, c.targets...), targets(t, c.exclude...))
			z, diags := Diff(in)

			var got []string
			sign := map[Action]string{Add: "+", Update: "~", Destroy: "-"}
			for _, change := range z.Changes {
				got = append(got, sign[change.Action]+" "+string(change.Type))
			}
			slices.Sort(got)
			if d := cmp.Diff(slices.Sorted(slices.Values(c.want)), got); d != "" || len(diags) > 0 {
				t.Errorf("changes (-want +got):\n%s%v", d, diags)
			}

			s := z.Summary
			if len(z.Changes)+z.LeftOut != len(whole.Changes) || s.Add+s.Change+s.Destroy+s.Adopt != len(z.Changes) {
				t.Errorf("%d of %d changes, %d left out, summary %+v; the numbers must add up",
					len(z.Changes), len(whole.Changes), z.LeftOut, s)
			}
		})
	}
}

// A problem with a record that is left out must not stop the changes of the others.
func TestProblemsOfRecordsLeftOutAreNotReported(t *testing.T) {
	in := inputOf(t, []string{"www 300 A 192.0.2.1"}, []string{"www 300 CNAME web.example.net", "b 300 A 192.0.2.1"})
	in.Owned = nil // so that the alias collides with an unmanaged record
	if _, diags := Diff(in); len(diags) != 1 {
		t.Fatalf("diagnostics = %v, want a collision", diags)
	}
	in.Selection = Select(targets(t, "example.com/A/b"), nil)
	if z, diags := Diff(in); len(diags) > 0 || z.Summary.Add != 1 {
		t.Errorf("diagnostics = %v, summary %+v; want no diagnostics and one add", diags, z.Summary)
	}
}

func TestIdleReturnsTargetsThatMatchNothing(t *testing.T) {
	in := inputOf(t, []string{"gone 300 A 192.0.2.1"}, []string{"www 300 A 192.0.2.1"})
	s := Select(targets(t, "example.com/A/www", "example.com/A/gone", "example.com/A/wwww"), nil)
	z, _ := Diff(in)
	if got, _ := s.Idle([]dns.Zone{in.Desired}, []Zone{z}, nil); len(got) != 1 || got[0].String() != "example.com/A/wwww" {
		t.Errorf("Idle = %v, want example.com/A/wwww", got)
	}
}

func TestIdleReturnsExcludesThatMatchNothing(t *testing.T) {
	in := inputOf(t, []string{"gone 300 A 192.0.2.1"}, []string{"www 300 A 192.0.2.1"})
	in.Selection = Select(nil, targets(t, "example.com/A/www", "example.com/A/gone", "old.example", "example.org/A/x", "example.org"))
	z, _ := Diff(in)
	_, got := in.Selection.Idle([]dns.Zone{in.Desired}, []Zone{z}, []string{"example.com", "old.example"})
	if fmt.Sprint(got) != "[example.org/A/x example.org]" {
		t.Errorf("Idle = %v, want example.org/A/x and example.org", got)
	}
}

// If a target needs the change of another record, Diff must also report the problems of that other change.
func TestTargetDoesNotEvadeChecks(t *testing.T) {
	alias := func(protected bool) Input {
		in := inputOf(t, []string{"www 300 A 192.0.2.1"}, []string{"web 300 A 192.0.2.1", "www 300 CNAME web.example.com"})
		in.Owned["id0"] = "example.com/A/www"
		in.Desired.Records[0].Declared = &dns.Declaration{Address: "example.com/A/www", PreventDestroy: protected}
		in.Desired.Records[1].Declared = &dns.Declaration{Address: "example.com/CNAME/alias"}
		return in
	}
	for _, target := range []string{"example.com/CNAME/alias", "www.example.com"} {
		in := alias(true)
		in.Selection = Select(targets(t, target), nil)
		if _, diags := Diff(in); len(diags) != 1 {
			t.Errorf("-target=%s: diagnostics = %v, want an error about prevent_destroy", target, diags)
		}
	}

	in := alias(false)
	in.Seen.Records = append(in.Seen.Records, dns.Record{
		ID: "theirs", Name: "www.example.com", Type: dns.AAAA, Content: "2001:db8::1", TTL: 300,
	})
	in.Selection = Select(targets(t, "example.com/A/www"), nil)
	if _, diags := Diff(in); len(diags) != 1 {
		t.Errorf("diagnostics = %v, want that the required alias collides with an unmanaged record", diags)
	}
}

func TestTargetMatchesNamesInOtherSpellings(t *testing.T) {
	if s := Select(targets(t, "WWW.Example.com"), nil); !s.Zone("example.com") {
		t.Error("a target in upper case does not select its zone")
	}

	const puny = "xn--bcher-kva.example"
	if !newTargetSet(targets(t, "bücher.example/A/www")).match(puny, puny+"/A/www", dns.A, "www."+puny) {
		t.Error("a target with an internationalized name does not match its record in punycode")
	}

	const com = "example.com"
	if !newTargetSet(targets(t, "example.com/A/www.example.com.")).match(com, com+"/A/www", dns.A, "www."+com) {
		t.Error("a target with a full name and a final dot does not match its record")
	}
}
