package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// saved returns the JSON of a record in an answer. more has further members.
func saved(id int, name, typ, content, more string) string {
	return fmt.Sprintf(`{"id":"%032x","name":%q,"type":%q,"content":%q,"ttl":300,"proxied":false,"comment":null,"tags":[],"settings":{}%s}`,
		id, name, typ, content, more)
}

func answer(total int, records ...string) string {
	return fmt.Sprintf(`{"result":[%s],"success":true,"errors":[],"messages":[],"result_info":{"page":1,"per_page":100,"count":%d,"total_count":%d}}`,
		strings.Join(records, ",\n"), len(records), total)
}

func TestCloudflareReadsAnswersInAnyForm(t *testing.T) {
	a, b := saved(1, "a.example.com", "A", "192.0.2.1", ""), saved(2, "b.example.com", "A", "192.0.2.2", "")
	ab := []string{"a 300 A 192.0.2.1", "b 300 A 192.0.2.2"}
	for name, tt := range map[string]struct {
		text string
		want []string
		left []string
	}{
		"an answer":                   {text: answer(2, a, b), want: ab},
		"pages":                       {text: answer(2, a) + "\n" + answer(2, b), want: ab},
		"pages in a list":             {text: "[" + answer(2, a) + "," + answer(2, b) + "]", want: ab},
		"overlapping pages":           {text: answer(2, a, b) + answer(2, b), want: ab},
		"a change between pages":      {text: answer(2, a, b) + answer(2, saved(2, "b.example.com", "A", "192.0.2.9", "")), want: ab},
		"a list":                      {text: "\ufeff[" + a + "," + b + "]\n", want: ab},
		"a list of lists":             {text: "[[" + a + "],[" + b + "]]", want: ab},
		"one record a line":           {text: a + "\n\n" + b + "\n", want: ab},
		"one record":                  {text: `{"result":` + a + `,"success":true}`, want: ab[:1]},
		"an empty page behind others": {text: answer(2, a, b) + answer(2), want: ab},
		"without IDs": {
			text: `[{"name":"a.example.com","type":"A","content":"192.0.2.1","ttl":300},{"name":"b.example.com","type":"A","content":"192.0.2.2","ttl":300}]`,
			want: ab,
		},
		"the data counts, not the content": {
			text: saved(1, "_s._tcp.example.com", "SRV", "5 5060 x.example.net", `,"priority":0,"data":{"priority":0,"weight":5,"port":5061,"target":"sip.example.net"}`) +
				saved(2, "example.com", "CAA", "0 issue x", `,"data":{"flags":0,"tag":"issue","value":"letsencrypt.org"}`) +
				saved(3, "example.com", "MX", "mx.example.net", `,"priority":0`) +
				saved(4, "u.example.com", "URI", `1 "https://example.com"`, `,"priority":10,"data":{"weight":1,"target":"https://example.com"}`),
			want: []string{"_s._tcp 300 SRV 0 5 5061 sip.example.net", `@ 300 CAA 0 issue "letsencrypt.org"`, "@ 300 MX 0 mx.example.net",
				`u 300 URI 10 1 "https://example.com"`},
		},
		"texts in any quotation": {
			text: saved(1, "a.example.com", "TXT", `"one" "two"`, "") + saved(2, "b.example.com", "TXT", `v=spf1 -all`, ""),
			want: []string{`a 300 TXT "onetwo"`, `b 300 TXT "v=spf1 -all"`},
		},
		"other attributes": {
			text: `[{"id":"00000000000000000000000000000001","name":"a.example.com","type":"A","content":"192.0.2.1","ttl":1,"proxied":true,"comment":"web","tags":["Team:web"]}]`,
			want: []string{`a 1 A 192.0.2.1 proxied comment="web" tags=["team:web"]`},
		},
		"left out": {
			text: saved(9, "example.com", "MX", "route1.mx.cloudflare.net", `,"priority":10,"meta":{"email_routing":true,"read_only":true}`) +
				saved(8, "example.com", "NS", "ns1.example.net", "") + saved(3, "x.example.com", "MX", "mx.example.net", "") +
				saved(4, "y.example.com", "WORKER", "z", "") + saved(5, "www.example.org", "A", "192.0.2.1", "") +
				saved(6, "z.example.com", "A", "192.0.2.300", "") + saved(7, "a..example.com", "A", "192.0.2.1", "") + b,
			want: ab[1:],
			left: []string{"1 @ MX: kept by Email Routing", "1 @ NS: Cloudflare answers for the zone's own NS",
				"1 x MX: Cloudflare's answer has no priority for it", "1 y WORKER: Cloudflare's API cannot write this type",
				"1 www.example.org A: its name is outside of the zone", "1 z A: its value is not one that can be declared",
				"1 a. A: its name is not one that can be declared"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			src, diags := readText(Cloudflare, "example.com", tt.text)
			if len(diags) > 0 {
				t.Fatalf("diagnostics: %s", spelledOut(diags))
			}
			if diff := cmp.Diff(tt.want, briefs(src.Zones[0])); diff != "" {
				t.Errorf("records (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.left, briefLeft(src.Zones[0])); diff != "" {
				t.Errorf("left out (-want +got)\n%s", diff)
			}
		})
	}
}

// Old answers have no comment, tags and settings, so the source is silent on them. A null is an explicit
// "none".
func TestCloudflareIsSilentOnAttributesOfOldAnswers(t *testing.T) {
	old := readGood(t, Cloudflare, `[{"id":"00000000000000000000000000000001","zone_id":"000000000000000000000000000000aa","zone_name":"example.com",
		"name":"a.example.com","type":"A","content":"192.0.2.1","ttl":300,"proxied":false,"locked":false}]`)
	want := []dns.Attribute{dns.AttrComment, dns.AttrTags, dns.AttrSettings, dns.AttrPrivateRouting}
	if r := old.Records[0]; !slices.Equal(r.Silent, want) || r.Record.ID != "00000000000000000000000000000001" {
		t.Errorf("record = %+v, want silent %v", r, want)
	}
	if old.ID != "000000000000000000000000000000aa" {
		t.Errorf("zone ID = %q, want 000000000000000000000000000000aa", old.ID)
	}
	if r := readGood(t, Cloudflare, saved(1, "a.example.com", "A", "192.0.2.1", "")).Records[0]; !slices.Equal(r.Silent, want[3:]) {
		t.Errorf("for a newer answer, silent = %v, want %v", r.Silent, want[3:])
	}
}

func TestCloudflareWarnsOfMissingPagesAndOddFields(t *testing.T) {
	a := saved(1, "a.example.com", "A", "192.0.2.1", "")
	for name, tt := range map[string]struct{ text, want string }{
		"missing pages":      {answer(250, a), `"in.dat" has 1 of the 250 records that Cloudflare counts in "example.com"`},
		"a missing page":     {answer(3, a) + answer(3, saved(2, "b.example.com", "A", "192.0.2.1", "")), "has 2 of the 3 records"},
		"overlapping pages":  {answer(3, a) + answer(3, a), "has 1 of the 3 records"},
		"an odd field":       {saved(1, "a.example.com", "A", "192.0.2.1", `,"private_routing":"yes"`), "the field private_routing is a string"},
		"an odd inner field": {saved(1, "a.example.com", "A", "192.0.2.1", `,"meta":{"read_only":3}`), "the field meta.read_only is a number"},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := readText(Cloudflare, "example.com", tt.text)
			if len(diags) != 1 || diags[0].Severity != dns.Warning || !strings.Contains(diags[0].Detail, tt.want) {
				t.Errorf("diagnostics: %s\nwant one warning with %q", spelledOut(diags), tt.want)
			}
		})
	}
}

// Each want is a line number and words of an error.
func TestCloudflareReportsMistakesWithTheirLines(t *testing.T) {
	a := saved(1, "a.example.com", "A", "192.0.2.1", "")
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"a refusal": {
			a + "\n" + `{"success":false,"errors":[{"code":9109,"message":"Invalid access token","error_chain":[{"code":6003,"message":"x\u001b[31m"}]}],"result":null}`,
			[]string{`2 code 9109, "Invalid access token"; code 6003, "x\x1b[31m"`},
		},
		"a refusal without reasons": {`{"success":false,"errors":null}`, []string{"1 refused the request. Send it"}},
		"zones": {
			`{"success":true,"result":[{"id":"x","name":"example.com","type":"full","name_servers":[]}]}`, []string{"1 a zone and not a DNS record"},
		},
		"records that cannot be read": {
			"[\n" + `{"id":"x y","name":"a.example.com","type":"A","content":"192.0.2.1"},` + "\n" + a + ",\n" + `{"name":"b.example.com","type":"A"}]`,
			[]string{"2 id cannot be read", "4 content cannot be read"},
		},
		"something else":  {"[\n{\"a\": 1}]", []string{"2 neither an answer"}},
		"a list of texts": {"[\"a\"]", []string{"1 must be an object"}},
		"too deep":        {strings.Repeat("[", 100), []string{"1 nested too deeply"}},
		"cut off":         {answer(1, a) + "\n" + answer(1, a)[:80], []string{"2 cut off"}},
		"a cut key":       {`{"success":true,"result":`, []string{"1 cut off"}},
		"a broken line":   {a + "\n" + a + "\n{\"id\": tru}\n", []string{"3 not JSON"}},
		"another zone":    {saved(1, "www.example.org", "A", "192.0.2.1", `,"zone_name":"example.org"`), []string{`0 has records of "example.org"`}},
		"nothing":         {answer(0), []string{"0 describes no record"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := readText(Cloudflare, "example.com", tt.text)
			checkErrors(t, diags, tt.want)
		})
	}
}

// checkErrors checks that the diagnostics are errors. Each want is a line number and words of one error.
func checkErrors(t *testing.T, diags []plan.Diagnostic, want []string) {
	t.Helper()
	if len(diags) != len(want) {
		t.Fatalf("%d diagnostics, want %d:%s", len(diags), len(want), spelledOut(diags))
	}
	for i, d := range diags {
		line, words, _ := strings.Cut(want[i], " ")
		at := 0
		if d.Position != nil {
			at = d.Position.Line
		}
		if d.Severity != dns.Error || strconv.Itoa(at) != line || !strings.Contains(d.Detail, words) {
			t.Errorf("diagnostic %d: %s\nwant an error in line %s with %q", i, spelledOut(diags[i:i+1]), line, words)
		}
	}
}

// An answer may have several zones. A record that states no zone belongs to the longest known zone that
// contains its name.
func TestCloudflareAssignsRecordsToZones(t *testing.T) {
	zoned := func(record, zone string) string { return strings.Replace(record, "{", `{"zone_name":"`+zone+`",`, 1) }
	text := zoned(saved(1, "a.example.com", "A", "192.0.2.1", ""), "example.com") +
		zoned(saved(2, "a.lab.example.com", "A", "192.0.2.1", ""), "lab.example.com") +
		saved(3, "b.lab.example.com", "A", "192.0.2.1", "") +
		strings.Replace(saved(4, "x.example.org", "A", "192.0.2.1", ""), "{", `{"zone_id":"000000000000000000000000000000bb",`, 1)

	asked := 0
	src, diags := Read(Cloudflare, Input{Name: "in.dat", Text: []byte(text + text), ZoneName: func(id string) string {
		asked++
		return sampleZones[id]
	}})
	var got []string
	for _, z := range src.Zones {
		got = append(got, fmt.Sprintf("%s %d", z.Name, len(z.Records)))
	}
	if want := []string{"example.com 1", "example.org 1", "lab.example.com 2"}; !slices.Equal(got, want) || len(diags) > 0 || asked != 1 {
		t.Errorf("zones = %q, %d look-ups, %s; want %q", got, asked, spelledOut(diags), want)
	}

	_, diags = readText(Cloudflare, "", saved(1, "a.example.com", "A", "192.0.2.1", ""))
	checkErrors(t, diags[:1], []string{"1 Name the zone"})
}

func TestCloudflareRoundTrip(t *testing.T) {
	checkRoundTrip(t, Cloudflare, func(r dns.Record) dns.Record { return r }, func(z dns.Zone) string {
		var out strings.Builder
		for _, r := range z.Records {
			members := map[string]any{"id": r.ID, "zone_name": z.Name, "name": r.Name, "type": r.Type, "content": r.Content, "ttl": r.TTL,
				"proxied": r.Proxied, "comment": r.Comment, "tags": r.Tags, "settings": r.Settings, "private_routing": r.PrivateRouting}
			if data := r.Data(); data != nil {
				members["data"] = data
			}
			if r.Type == dns.MX {
				members["priority"] = r.Priority
			}
			line, err := json.Marshal(members)
			if err != nil {
				panic(err)
			}
			out.Write(append(line, '\n'))
		}
		return out.String()
	})
}
