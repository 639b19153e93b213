package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestListFiltersSelectRecords(t *testing.T) {
	c, records := zoned(t, "pro",
		Record{Type: "A", Name: "@", Content: "192.0.2.1", Proxied: true, Comment: "Front", Tags: []string{"team:web", "Solo"}},
		Record{Type: "A", Name: "www", Content: "192.0.2.2", Tags: []string{"team:api"}},
		Record{Type: "TXT", Name: "www", Content: "hello"},
		Record{Type: "MX", Name: "mail", Content: "m.example.net", Priority: 1, Comment: "old"})

	for query, want := range map[string]string{
		"":                                "@A mailMX wwwA wwwTXT",
		"name=WWW.example.com":            "wwwA wwwTXT",
		"name=www":                        "",
		"name.exact=www.example.com":      "wwwA wwwTXT",
		"name.exact=":                     "",
		"name=":                           "@A mailMX wwwA wwwTXT",
		"name=contains:www":               "",
		"name.contains=w":                 "wwwA wwwTXT",
		"name.startswith=ma":              "mailMX",
		"name.endswith=w.example.com":     "wwwA wwwTXT",
		"content=192.0.2.2":               "wwwA",
		"content.startswith=192.":         "@A wwwA",
		"type=A":                          "@A wwwA",
		"type=A&name=www.example.com":     "wwwA",
		"match=any&type=MX&content=hello": "mailMX wwwTXT",
		"proxied=true":                    "@A",
		"proxied=false&type=A":            "wwwA",
		"comment=front":                   "@A",
		"comment.present=":                "@A mailMX",
		"comment.absent=true":             "wwwA wwwTXT",
		"tag=team":                        "@A wwwA",
		"tag=TEAM:web":                    "@A",
		"tag.absent=team":                 "mailMX wwwTXT",
		"tag=team:web&tag=solo":           "@A",
		"tag=team:web&tag=team:api":       "",
		"tag_match=any&tag=team:web&tag=team:api": "@A wwwA",
		"tag.startswith=team:a":                   "wwwA",
		"search=FRONT":                            "@A",
		"nonsense=1&names=www":                    "@A mailMX wwwA wwwTXT",
	} {
		rs := c.want(200, 0, "GET", records+"?"+query, "").records(t)
		var got []string
		for _, r := range rs {
			name := strings.TrimSuffix(strings.Replace(r.Name, "example.com", "", 1), ".")
			if name == "" {
				name = "@"
			}
			got = append(got, name+r.Type)
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != want {
			t.Errorf("?%s = %q, want %q", query, s, want)
		}
	}
}

func TestInvalidListParametersAreRefused(t *testing.T) {
	c, records := zoned(t, "free")
	for _, q := range []string{"page=0", "page=x", "per_page=0", "per_page=5000001", "proxied=yes", "order=age"} {
		c.want(400, 6008, "GET", records+"?"+q, "")
	}
	for _, q := range []string{"per_page=4", "per_page=51", "order=age"} {
		c.want(400, 6008, "GET", "/zones?"+q, "")
	}
}

func TestPagesTogetherAreTheWholeList(t *testing.T) {
	var rs []Record
	for i := range 250 {
		typ, content := "A", "192.0.2.1"
		if i%2 == 0 {
			typ, content = "TXT", "text"
		}
		rs = append(rs, Record{Type: typ, Name: fmt.Sprintf("n%03d", i), Content: content})
	}

	c, records := zoned(t, "pro", rs...)
	first := c.want(200, 0, "GET", records, "")
	if want := (resultInfo{Page: 1, PerPage: 100, Count: 100, TotalCount: 250, TotalPages: 3}); first.ResultInfo != want {
		t.Errorf("result_info = %+v, want %+v", first.ResultInfo, want)
	}

	all := first.records(t)
	for _, page := range []string{"2", "3", "4"} {
		all = append(all, c.want(200, 0, "GET", records+"?page="+page, "").records(t)...)
	}

	whole := c.want(200, 0, "GET", records+"?per_page=5000000", "").records(t)
	if diff := cmp.Diff(whole, all); diff != "" {
		t.Errorf("the pages together differ from the whole list (-whole +pages):\n%s", diff)
	}
	if !slices.IsSortedFunc(whole, func(a, b record) int { return strings.Compare(a.Type, b.Type) }) {
		t.Error("the list is not sorted by type")
	}
	if slices.IsSortedFunc(whole[:125], func(a, b record) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("records of one type are sorted by name, want an order that means nothing, as Cloudflare promises none")
	}

	desc := c.want(200, 0, "GET", records+"?order=name&direction=desc&per_page=1", "").records(t)
	if desc[0].Name != "n249.example.com" {
		t.Errorf("the first name in descending order = %s, want n249.example.com", desc[0].Name)
	}
}

func TestSettingsAreSometimesLeftOut(t *testing.T) {
	var rs []Record
	for i := range 30 {
		rs = append(rs, Record{Type: "CNAME", Name: fmt.Sprint("n", i), Content: "x.example.net"})
	}

	c, records := zoned(t, "pro", rs...)
	with := 0
	for _, r := range c.do("GET", records, "").records(t) {
		if r.Settings != nil {
			with++
		}
	}

	if with == 0 || with == 30 {
		t.Errorf("%d of 30 CNAMEs have settings, want some but not all", with)
	}
}

// zoneNames lists zones and returns their names and the result_info.
func zoneNames(c *client, query string) (string, resultInfo) {
	c.t.Helper()
	r := c.want(200, 0, "GET", "/zones?"+query, "")
	var names []string
	for _, z := range into[[]struct{ Name string }](c.t, r.Result) {
		names = append(names, z.Name)
	}
	return strings.Join(names, " "), r.ResultInfo
}

func TestZoneFiltersSelectZones(t *testing.T) {
	other := strings.Repeat("b", 32)
	c := start(t, Options{Seed: Seed{Zones: []Zone{
		{Name: "example.com", AccountName: "Home"}, {Name: "example.org", Status: "pending"},
		{Name: "bücher.example", UnicodeName: true}, {Name: "inside.example", Type: "internal"},
		{Name: "example.com", AccountID: other, AccountName: "Other", Status: "moved"}}}})

	for query, want := range map[string]string{
		"":                                     "example.com example.com example.org bücher.example",
		"name=example.com":                     "example.com example.com",
		"name=EXAMPLE.com&status=active":       "example.com",
		"name=example.com&account.id=" + other: "example.com",
		"account.name=contains:OTH":            "example.com",
		"account.name=contains_case_sensitive:OTH": "",
		"name=equal:example.org":                   "example.org",
		"name=not_equal:example.com":               "example.org bücher.example",
		"name=starts_with:example.o":               "example.org",
		"name=ends_with:.org":                      "example.org",
		"name=contains:cher":                       "bücher.example",
		"name=bücher.example":                      "bücher.example",
		"name=xn--bcher-kva.example":               "bücher.example",
		"type=internal":                            "inside.example",
		"match=any&status=pending&name=nobody":     "example.org",
		"name=nobody.example":                      "",
		"unknown=parameter&name=example.org":       "example.org",
		"direction=desc&name=contains:example.o":   "example.org",
	} {
		if got, _ := zoneNames(c, encodeQuery(query)); got != want {
			t.Errorf("?%s = %q, want %q", query, got, want)
		}
	}
}

// encodeQuery escapes characters that a URL cannot contain.
func encodeQuery(q string) string {
	v, _ := url.ParseQuery(q)
	return v.Encode()
}

func TestZonesAreListedInPages(t *testing.T) {
	var seed Seed
	for i := range 23 {
		seed.Zones = append(seed.Zones, Zone{Name: fmt.Sprintf("n%02d.example", i)})
	}

	c := start(t, Options{Seed: seed})
	first, info := zoneNames(c, "")
	if want := (resultInfo{Page: 1, PerPage: 20, Count: 20, TotalCount: 23, TotalPages: 2}); info != want {
		t.Errorf("result_info = %+v, want %+v", info, want)
	}

	second, _ := zoneNames(c, "page=2")
	if n := len(strings.Fields(first + " " + second)); n != 23 {
		t.Errorf("%d zones on two pages, want 23", n)
	}
	if past, info := zoneNames(c, "page=3"); past != "" || info.Count != 0 {
		t.Errorf("page 3 = %q with %+v, want no zones", past, info)
	}
}

func TestZoneHasCloudflaresShape(t *testing.T) {
	c := start(t, Options{Seed: Seed{Zones: []Zone{{Name: "example.com", Plan: "pro", NameServers: []string{"a.ns.cloudflare.com"}},
		{Name: "example.org", Type: "partial"}}}})
	r := c.want(200, 0, "GET", "/zones/"+c.zoneID("example.com"), "")
	z := into[struct {
		ID, Name, Status, Type string
		NameServers            []string `json:"name_servers"`
		Plan                   struct {
			LegacyID string `json:"legacy_id"`
		}
		Account struct{ ID string }
	}](t, r.Result)

	known := z.Name == "example.com" && z.Plan.LegacyID == "pro" && z.Status == "active" && z.Type == "full"
	if !known || !isIdentifier(z.Account.ID) || len(z.NameServers) != 1 {
		t.Errorf("zone = %+v, want the active full zone example.com with plan pro, an account ID and one name server", z)
	}
	if !strings.HasPrefix(r.Body, `{"success":true,"errors":[],"messages":[],"result":{`) {
		t.Errorf("envelope = %.80s, want success, errors and messages before the result", r.Body)
	}
	if body := c.do("GET", "/zones/"+c.zoneID("example.org"), "").Body; strings.Contains(body, `"name_servers"`) {
		t.Errorf("a partial zone shows name servers: %s", body)
	}
}
