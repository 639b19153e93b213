package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRecordsAreNormalized(t *testing.T) {
	for _, tt := range []struct {
		send    string
		name    string
		content string
	}{
		{`{"type":"A","name":"@","content":"192.0.2.1"}`, "example.com", "192.0.2.1"},
		{`{"type":"A","name":"WWW","content":"192.0.2.1"}`, "www.example.com", "192.0.2.1"},
		{`{"type":"A","name":"www.Example.COM.","content":"192.0.2.1"}`, "www.example.com", "192.0.2.1"},
		{`{"type":"A","name":"a.b","content":"192.0.2.1"}`, "a.b.example.com", "192.0.2.1"},
		{`{"type":"A","name":"notexample.com","content":"192.0.2.1"}`, "notexample.com.example.com", "192.0.2.1"},
		{`{"type":"A","name":"*.sub","content":"192.0.2.1"}`, "*.sub.example.com", "192.0.2.1"},
		{`{"type":"A","name":"Bücher","content":"192.0.2.1"}`, "xn--bcher-kva.example.com", "192.0.2.1"},
		{`{"type":"AAAA","name":"@","content":"2001:DB8:0:0::1"}`, "example.com", "2001:db8::1"},
		{`{"type":"CNAME","name":"c","content":"Target.Example.NET."}`, "c.example.com", "target.example.net"},
		{`{"type":"CNAME","name":"c","content":"@"}`, "c.example.com", "example.com"},
		{`{"type":"MX","name":"@","content":"Mail.example.net.","priority":0}`, "example.com", "mail.example.net"},
		{`{"type":"MX","name":"@","content":".","priority":0}`, "example.com", "."},
		{`{"type":"NS","name":"sub","content":"ns1.example.net."}`, "sub.example.com", "ns1.example.net"},
		{`{"type":"PTR","name":"1","content":"host.example.net."}`, "1.example.com", "host.example.net"},
		{`{"type":"TXT","name":"@","content":"v=spf1 -all"}`, "example.com", "v=spf1 -all"},
		{`{"type":"TXT","name":"@","content":"\"v=spf1 -all\""}`, "example.com", `"v=spf1 -all"`},
		{`{"type":"TXT","name":"@","content":"\"a\"   \"b\""}`, "example.com", `"a"   "b"`},
		{`{"type":"TXT","name":"@","content":"\"say \\\"hi\\\" \\\\ \\065\""}`, "example.com", `"say \"hi\" \\ \065"`},
		{`{"type":"TXT","name":"@","content":"` + strings.Repeat("x", 300) + `"}`, "example.com", strings.Repeat("x", 300)},
		{`{"type":"TXT","name":"@","content":"\"` + strings.Repeat("x", 300) + `\""}`, "example.com",
			`"` + strings.Repeat("x", 255) + `" "` + strings.Repeat("x", 45) + `"`},
		{`{"type":"TXT","name":"@","content":"\"` + strings.Repeat("x", 255) + `\""}`, "example.com", `"` + strings.Repeat("x", 255) + `"`},
		{`{"type":"TXT","name":"@","content":"\"` + strings.Repeat("x", 256) + `\""}`, "example.com",
			`"` + strings.Repeat("x", 255) + `" "x"`},
		{`{"type":"CAA","name":"@","data":{"flags":0,"tag":"issue","value":"letsencrypt.org"}}`, "example.com", `0 issue "letsencrypt.org"`},
		{`{"type":"SRV","name":"_sip._tcp","data":{"priority":10,"weight":5,"port":5060,"target":"Sip.example.com."}}`, "_sip._tcp.example.com", "5 5060 sip.example.com"},
		{`{"type":"SRV","name":"_sip._tcp","data":{"priority":10,"weight":5,"port":5060,"target":".","name":"x","service":"_sip","proto":"_tcp"}}`, "_sip._tcp.example.com", "5 5060 ."},
		{`{"type":"HTTPS","name":"@","data":{"priority":1,"target":".","value":" alpn=h2,h3 no-default-alpn port=8443"}}`, "example.com", `1 . alpn="h2,h3" no-default-alpn port="8443"`},
		{`{"type":"HTTPS","name":"@","data":{"priority":1,"target":"a.example.net","value":"key65280=\"a;b(c)\" port=443"}}`, "example.com", `1 a.example.net key65280="a\;b(c)" port="443"`},
		{`{"type":"HTTPS","name":"@","data":{"priority":1,"target":"a.example.net","value":"key65280=a;b(c)"}}`, "example.com", `1 a.example.net key65280="a\;b(c)"`},
		{`{"type":"SVCB","name":"@","data":{"priority":0,"target":"www.example.net.","value":""}}`, "example.com", `0 www.example.net.`},
		{`{"type":"HTTPS","name":"@","data":{"priority":1,"target":"www.example.net","value":"alpn=\"h2\""}}`, "example.com", `1 www.example.net alpn="h2"`},
		{`{"type":"TLSA","name":"_443._tcp","data":{"usage":3,"selector":1,"matching_type":1,"certificate":"ABcd"}}`, "_443._tcp.example.com", "3 1 1 ABcd"},
		{`{"type":"SSHFP","name":"h","data":{"algorithm":1,"type":1,"fingerprint":"859b"}}`, "h.example.com", "1 1 859b"},
		{`{"type":"NAPTR","name":"n","data":{"order":30,"preference":100,"flags":"S","service":"SIP+D2T","regex":"","replacement":"_sip._tls.example.com."}}`,
			"n.example.com", `30 100 "S" "SIP+D2T" "" _sip._tls.example.com.`},
		{`{"type":"URI","name":"u","priority":10,"data":{"weight":5,"target":"https://example.com/a"}}`, "u.example.com", `5 "https://example.com/a"`},
		{`{"type":"CERT","name":"k","data":{"type":1,"key_tag":2,"algorithm":3,"certificate":"AAEC"}}`, "k.example.com", "1 2 3 AAEC"},
		{`{"type":"DNSKEY","name":"k","data":{"flags":257,"protocol":3,"algorithm":13,"public_key":"AAEC"}}`, "k.example.com", "257 3 13 AAEC"},
		{`{"type":"LOC","name":"l","data":{"lat_degrees":37,"lat_minutes":46,"lat_seconds":46,"lat_direction":"N","long_degrees":122,"long_minutes":23,"long_seconds":35,"long_direction":"W","altitude":0,"size":100}}`,
			"l.example.com", "37 46 46.000 N 122 23 35.000 W 0.00 100.00 0.00 0.00"},
		{`{"type":"OPENPGPKEY","name":"o","content":"AAEC"}`, "o.example.com", "AAEC"},
	} {
		t.Run(tt.send[:min(70, len(tt.send))], func(t *testing.T) {
			c, records := zoned(t, "free")
			r := c.want(200, 0, "POST", records, tt.send).record(t)
			if r.Name != tt.name || r.Content != tt.content {
				t.Errorf("stored %q %q, want %q %q", r.Name, r.Content, tt.name, tt.content)
			}
			again := c.want(200, 0, "GET", records+"/"+r.ID, "").record(t)
			if diff := cmp.Diff(r, again); diff != "" {
				t.Errorf("GET differs from POST (-post +get):\n%s", diff)
			}
		})
	}
}

func TestQuirksChangeTheBehavior(t *testing.T) {
	c := start(t, Options{
		Quirks: Quirks{RefuseProxiedTTL: true, OldProxyRefusal: true, KeepHostCase: true, LowerHex: true, TabInSRV: true},
		Seed:   Seed{Zones: []Zone{{Name: "example.com"}}}})

	records := "/zones/" + c.zoneID("example.com") + "/dns_records"
	c.want(400, 9021, "POST", records, `{"type":"A","name":"@","content":"192.0.2.1","proxied":true,"ttl":300}`)
	c.want(400, 9041, "POST", records, `{"type":"A","name":"@","content":"10.0.0.1","proxied":true}`)
	for send, want := range map[string]string{
		`{"type":"CNAME","name":"c","content":"Target.Example.net."}`:                                      "Target.Example.net",
		`{"type":"SSHFP","name":"s","data":{"algorithm":1,"type":1,"fingerprint":"ABCD"}}`:                 "1 1 abcd",
		`{"type":"SRV","name":"_a._b","data":{"priority":1,"weight":2,"port":3,"target":"h.example.net"}}`: "2\t3\th.example.net",
	} {
		if got := c.want(200, 0, "POST", records, send).record(t).Content; got != want {
			t.Errorf("%s is stored as %q, want %q", send, got, want)
		}
	}
}

func TestInvalidRecordsAreRefused(t *testing.T) {
	long := strings.Repeat("x", 64)
	for _, tt := range []struct {
		plan string
		send string
		code int
	}{
		{"free", `{"type":"A","name":"x","content":"192.0.2.01"}`, 9005},
		{"free", `{"type":"A","name":"x","content":"2001:db8::1"}`, 9005},
		{"free", `{"type":"A","name":"x","content":null}`, 9100},
		{"free", `{"type":"A","name":"x"}`, 9100},
		{"free", `{"type":"AAAA","name":"x","content":"192.0.2.1"}`, 9006},
		{"free", `{"type":"AAAA","name":"x","content":"fe80::1%eth0"}`, 9006},
		{"free", `{"type":"CNAME","name":"x","content":"192.0.2.1"}`, 9007},
		{"free", `{"type":"CNAME","name":"x","content":"https://example.net/"}`, 9007},
		{"free", `{"type":"CNAME","name":"x","content":"."}`, 9007},
		{"free", `{"type":"CNAME","name":"x","content":"X.example.com."}`, 9039},
		{"free", `{"type":"MX","name":"x","content":"192.0.2.1","priority":1}`, 9009},
		{"free", `{"type":"MX","name":"x","content":"m.example.net"}`, 9100},
		{"free", `{"type":"MX","name":"x","content":"m.example.net","priority":65536}`, 9008},
		{"free", `{"type":"MX","name":"x","content":"m.example.net","priority":1.5}`, 9008},
		{"free", `{"type":"TXT","name":"x","content":""}`, codeContent},
		{"free", `{"type":"TXT","name":"x","content":"\"\""}`, codeContent},
		{"free", `{"type":"TXT","name":"x","content":"\""}`, codeContent},
		{"free", `{"type":"TXT","name":"x","content":"a\"b"}`, codeContent},
		{"free", `{"type":"TXT","name":"x","content":"\"a\" b"}`, codeContent},
		{"free", `{"type":"TXT","name":"x","content":"\"a\\\""}`, codeContent},
		{"free", `{"type":"TXT","name":"x","content":"\"\\999\""}`, codeContent},
		{"free", `{"type":"TXT","name":"x","content":"a\nb"}`, 9051},
		{"free", `{"type":"TXT","name":"x","content":"` + strings.Repeat("x", 4081) + `"}`, codeRecordSize},
		{"free", `{"type":"SPF","name":"x","content":"v=spf1 -all"}`, 9002},
		{"free", `{"type":"a","name":"x","content":"192.0.2.1"}`, 9002},
		{"free", `{"name":"x","content":"192.0.2.1"}`, 9100},
		{"free", `{"type":"A","content":"192.0.2.1"}`, 9000},
		{"free", `{"type":"A","name":"","content":"192.0.2.1"}`, 9000},
		{"free", `{"type":"A","name":"a..b","content":"192.0.2.1"}`, 9000},
		{"free", `{"type":"A","name":"a b","content":"192.0.2.1"}`, 9000},
		{"free", `{"type":"A","name":"a.*","content":"192.0.2.1"}`, 9000},
		{"free", `{"type":"A","name":"` + long + `","content":"192.0.2.1"}`, 9000},
		{"free", `{"type":"A","name":"www.example.org.","content":"192.0.2.1"}`, 9000},
		{"free", `{"type":"TXT","name":"x","content":"a","proxied":true}`, 9004},
		{"free", `{"type":"A","name":"x","content":"10.0.0.1","proxied":true}`, 9003},
		{"free", `{"type":"A","name":"x","content":"1.1.1.1","proxied":true}`, 9003},
		{"free", `{"type":"AAAA","name":"x","content":"fd00::1","proxied":true}`, 9003},
		{"free", `{"type":"CNAME","name":"x","content":"_1.acm-validations.aws.","proxied":true}`, 9003},
		{"free", `{"type":"CNAME","name":"x","content":"dkim.amazonses.com","proxied":true}`, 9003},
		{"free", `{"type":"CNAME","name":"x","content":"Dkim2.mcsv.net","proxied":true}`, 9003},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","ttl":59}`, 9021},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","ttl":0}`, 9021},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","ttl":60.5}`, 9021},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","ttl":86401}`, 9021},
		{"business", `{"type":"A","name":"x","content":"192.0.2.1","ttl":30}`, 9021},
		{"enterprise", `{"type":"A","name":"x","content":"192.0.2.1","ttl":29}`, 9021},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","ttl":"300"}`, 9208},
		{"free", `{"type":"A","name":"x","content":1}`, 9208},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","proxied":"true"}`, 9208},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","tags":"a"}`, 9208},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","settings":{"ipv4_only":1}}`, 9208},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","tags":["a"]}`, 9300},
		{"pro", `{"type":"A","name":"x","content":"192.0.2.1","tags":["cf-x"]}`, codeTagSyntax},
		{"pro", `{"type":"A","name":"x","content":"192.0.2.1","tags":["a b"]}`, codeTagSyntax},
		{"pro", `{"type":"A","name":"x","content":"192.0.2.1","tags":["a","a"]}`, codeTagSyntax},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","comment":"` + strings.Repeat("ü", 101) + `"}`, 9313},
		{"pro", `{"type":"A","name":"x","content":"192.0.2.1","comment":"` + strings.Repeat("x", 501) + `"}`, 9313},
		{"free", `{"type":"A","name":"x","content":"192.0.2.1","comment":"a\nb"}`, codeCommentText},
		{"free", `{"type":"CNAME","name":"x","content":"y.example.net","settings":{"flatten_cname":true}}`, codeFlattenOnFree},
		{"free", `{"type":"SRV","name":"_a._b","content":"5 5060 sip.example.com","priority":10}`, 9101},
		{"free", `{"type":"CAA","name":"x","content":"0 issue \"letsencrypt.org\""}`, 9101},
		{"free", `{"type":"CAA","name":"x","data":{"flags":256,"tag":"issue","value":"x"}}`, codeDataValue},
		{"free", `{"type":"CAA","name":"x","data":{"flags":"0","tag":"issue","value":"x"}}`, 9208},
		{"free", `{"type":"CAA","name":"x","data":{"flags":0,"tag":"is sue","value":"x"}}`, codeDataValue},
		{"free", `{"type":"CAA","name":"x","data":[]}`, 9208},
		{"free", `{"type":"HTTPS","name":"x","data":{"priority":0,"target":"a.example.net","value":"alpn=h2"}}`, codeDataValue},
		{"free", `{"type":"HTTPS","name":"x","data":{"priority":1,"target":".","value":"alpn=h2) x"}}`, codeDataValue},
		{"free", `{"type":"HTTPS","name":"x","data":{"priority":1,"target":".","value":"alpn=\"h2"}}`, codeDataValue},
		{"free", `{"type":"HTTPS","name":"x","data":{"priority":1,"target":".","value":"port=x"}}`, codeDataValue},
		{"free", `{"type":"TLSA","name":"x","data":{"usage":3,"selector":1,"matching_type":1,"certificate":"xyz"}}`, codeDataValue},
		{"free", `{"type":"LOC","name":"x","data":{"lat_degrees":91,"lat_direction":"N","long_degrees":1,"long_direction":"E"}}`, codeDataValue},
		{"free", `{"type":"LOC","name":"x","data":{"lat_degrees":1,"lat_direction":"W","long_degrees":1,"long_direction":"E"}}`, codeDataValue},
		{"free", `{"type":"DS","name":"x","data":{"key_tag":1,"algorithm":13,"digest_type":2,"digest":"ab"}}`, codeDSWithoutNS},
		{"free", `not json`, 6007},
		{"free", ``, 6007},
		{"free", `[]`, 6007},
		{"free", `null`, 6007},
		{"free", `{"type":"A"} {}`, 6007},
	} {
		t.Run(tt.plan+" "+tt.send[:min(70, len(tt.send))], func(t *testing.T) {
			c, records := zoned(t, tt.plan)
			c.want(400, tt.code, "POST", records, tt.send)
			if rs := c.server.Records("example.com"); len(rs) != 0 {
				t.Errorf("a refused record was stored: %v", rs)
			}
		})
	}
}

func TestSeveralErrorsAtOnce(t *testing.T) {
	c, records := zoned(t, "free")
	r := c.want(400, 9101, "POST", records, `{"type":"SRV","name":"_a._b","content":"5 5060 x","priority":1,"ttl":5}`)
	var got []int
	for _, e := range r.Errors {
		got = append(got, e.Code)
	}
	if diff := cmp.Diff([]int{9101, 9101, 9101, 9021}, got); diff != "" {
		t.Errorf("the codes differ, want an error each for weight, port, target and TTL (-want +got):\n%s", diff)
	}
	if r.Errors[0].Message != "weight is a required data field." {
		t.Errorf("message = %q, want %q", r.Errors[0].Message, "weight is a required data field.")
	}
}

func TestHarmlessMembersAreAccepted(t *testing.T) {
	for plan, sends := range map[string][]string{
		"free": {
			`{"type":"TXT","name":"x","content":"a","proxied":false,"priority":0}`,
			`{"type":"A","name":"x","content":"192.0.2.1","ttl":60,"id":"mine","zone_id":"y","meta":{"read_only":true},"proxiable":false,"x":1}`,
			`{"type":"A","name":"x","content":"192.0.2.1","ttl":86400,"comment":null,"tags":null,"settings":null,"proxied":null,"data":null}`,
			`{"type":"CAA","name":"x","data":{"flags":0,"tag":"issue","value":"x","weight":0,"port":0,"target":"","lat_degrees":0}}`,
			`{"type":"TXT","name":"x","content":"` + strings.Repeat("x", 4080) + `"}`,
			`{"type":"TXT","name":"x","content":"Grüße"}`,
		},
		"pro":        {`{"type":"A","name":"x","content":"192.0.2.1","tags":["team:web","Solo"],"comment":"` + strings.Repeat("x", 500) + `"}`},
		"enterprise": {`{"type":"A","name":"x","content":"192.0.2.1","ttl":30}`},
	} {
		for _, send := range sends {
			c, records := zoned(t, plan)
			r := c.want(200, 0, "POST", records, send).record(t)
			if r.ID == "mine" || c.server.Records("example.com")[0].readOnly() {
				t.Errorf("%s: the sandbox stored the client's values for read-only members", send)
			}
		}
	}
}

func TestRecordHasCloudflaresShape(t *testing.T) {
	c, records := zoned(t, "free")
	body := c.do("POST", records, `{"type":"MX","name":"@","content":"m.example.net","priority":0}`).Body
	got := into[struct{ Result map[string]any }](t, []byte(body)).Result
	want := map[string]any{"id": got["id"], "name": "example.com", "type": "MX", "content": "m.example.net",
		"priority": 0.0, "proxiable": false, "proxied": false, "ttl": 1.0, "settings": map[string]any{},
		"meta": map[string]any{}, "comment": nil, "tags": []any{},
		"created_on": "2026-05-01T12:00:00.000000Z", "modified_on": "2026-05-01T12:00:00.000000Z"}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the record differs (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(body, `{"result":{"id":"`) || !strings.HasSuffix(body, `"success":true,"errors":[],"messages":[]}`) {
		t.Errorf("envelope = %s, want the result first, then success, errors and messages", body)
	}
	if id, _ := got["id"].(string); !isIdentifier(id) {
		t.Errorf("id = %q, want 32 hexadecimal digits", id)
	}
}

func TestTopLevelPriorityOfAnSRVIsUsed(t *testing.T) {
	c, records := zoned(t, "free")
	r := c.want(200, 0, "POST", records, `{"type":"SRV","name":"_a._b","priority":7,"data":{"weight":0,"port":1,"target":"h.example.net"}}`).record(t)
	if r.Priority == nil || *r.Priority != 7 || r.Data["priority"] != 7.0 {
		t.Errorf("priority %v, data %v, want 7 in both", r.Priority, r.Data)
	}
}

func TestPriorityOfAnSRVIsInDataAndOnTop(t *testing.T) {
	c, records := zoned(t, "free")
	r := c.want(200, 0, "POST", records, `{"type":"SRV","name":"_a._b","priority":0,"data":{"priority":7,"weight":0,"port":1,"target":"h.example.net"}}`).record(t)
	if r.Priority == nil || *r.Priority != 7 || r.Data["priority"] != 7.0 {
		t.Errorf("priority %v, data %v, want 7 in both", r.Priority, r.Data)
	}
}

func TestProxiedForcesAutomaticTTL(t *testing.T) {
	c, records := zoned(t, "free")
	r := c.want(200, 0, "POST", records, `{"type":"A","name":"@","content":"192.0.2.1","proxied":true,"ttl":300}`).record(t)
	if r.TTL != 1 || !r.Proxied || !r.Proxiable {
		t.Errorf("got %+v, want proxied with TTL 1", r)
	}
}

func TestFlatteningOfAProxiedCNAMEIsDropped(t *testing.T) {
	c, records := zoned(t, "pro")
	plain := c.want(200, 0, "POST", records, `{"type":"CNAME","name":"a","content":"x.example.net","settings":{"flatten_cname":true}}`).record(t)
	proxied := c.want(200, 0, "POST", records, `{"type":"CNAME","name":"b","content":"x.example.net","proxied":true,"settings":{"flatten_cname":true}}`).record(t)
	if plain.Settings["flatten_cname"] != true || proxied.Settings["flatten_cname"] == true {
		t.Errorf("settings = %v, if proxied %v, want flatten_cname true, if proxied not", plain.Settings, proxied.Settings)
	}
}

// full is a record with every member that an overwrite can reset.
const full = `{"type":"A","name":"x","content":"192.0.2.1","ttl":300,"comment":"note","tags":["a:b"],"settings":{"ipv4_only":true}}`

func TestPutResetsMissingMembers(t *testing.T) {
	c, records := zoned(t, "pro")
	r := c.want(200, 0, "POST", records, full).record(t)
	got := c.want(200, 0, "PUT", records+"/"+r.ID, `{"type":"A","name":"x","content":"192.0.2.2"}`).record(t)
	if got.ID != r.ID || got.TTL != 1 || got.Comment != nil || len(got.Tags) != 0 || len(got.Settings) != 0 || got.Content != "192.0.2.2" {
		t.Errorf("the record after PUT = %+v, want 192.0.2.2 and defaults with the same ID", got)
	}
	c.want(400, 9100, "PUT", records+"/"+r.ID, `{"name":"x","content":"192.0.2.2"}`)
}

func TestPatchKeepsMissingMembers(t *testing.T) {
	now := noon
	c := start(t, Options{Now: func() time.Time { return now }, Seed: Seed{Zones: []Zone{{Name: "example.com", Plan: "pro"}}}})
	records := "/zones/" + c.zoneID("example.com") + "/dns_records"
	r := c.want(200, 0, "POST", records, full).record(t)
	now = now.Add(time.Hour)
	same := c.want(200, 0, "PATCH", records+"/"+r.ID, `{"ttl":300}`).record(t)
	if diff := cmp.Diff(r, same); diff != "" {
		t.Errorf("a PATCH with the same TTL changed the record (-before +after):\n%s", diff)
	}

	got := c.want(200, 0, "PATCH", records+"/"+r.ID, `{"content":"192.0.2.2"}`).record(t)
	want := r
	want.Content, want.ModifiedOn = "192.0.2.2", stamp(now)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the record after a PATCH of its content differs (-want +got):\n%s", diff)
	}

	cleared := c.want(200, 0, "PATCH", records+"/"+r.ID, `{"comment":"","tags":[]}`).record(t)
	if cleared.Comment != nil || len(cleared.Tags) != 0 || cleared.CommentModifiedOn != "" {
		t.Errorf("the record after PATCH = %+v, want no comment and no tags", cleared)
	}
}

func TestPatchCannotChangeTheContentOfADataType(t *testing.T) {
	c, records := zoned(t, "free", Record{Type: "SRV", Name: "_a._b", Data: map[string]any{"priority": 1, "weight": 2, "port": 3, "target": "h.example.net"}})
	path := records + "/" + c.server.Records("example.com")[0].ID
	c.want(400, 9101, "PATCH", path, `{"content":"9 9 other.example.net"}`)
	c.want(200, 0, "PATCH", path, `{"content":"2 3 h.example.net","ttl":60}`)
	got := c.want(200, 0, "PATCH", path, `{"data":{"priority":4,"weight":2,"port":3,"target":"h.example.net"}}`).record(t)
	if *got.Priority != 4 || got.TTL != 60 {
		t.Errorf("the record after PATCH = %+v, want priority 4 and TTL 60", got)
	}
}

func TestTypeCannotChange(t *testing.T) {
	c, records := zoned(t, "free", Record{Type: "A", Name: "x", Content: "192.0.2.1"})
	path := records + "/" + c.server.Records("example.com")[0].ID
	c.want(400, codeTypeChange, "PATCH", path, `{"type":"TXT","content":"a"}`)
	c.want(400, codeTypeChange, "PUT", path, `{"type":"TXT","name":"x","content":"a"}`)
	c.want(200, 0, "PATCH", path, `{"type":"A","name":"y"}`)
}

func TestDeleteRemovesTheRecord(t *testing.T) {
	c, records := zoned(t, "free", Record{Type: "A", Name: "x", Content: "192.0.2.1"})
	id := c.server.Records("example.com")[0].ID
	r := c.want(200, 0, "DELETE", records+"/"+id, "")
	if got := string(r.Result); got != fmt.Sprintf(`{"id":%q}`, id) {
		t.Errorf("result = %s, want only the id %s", got, id)
	}
	c.want(404, 81044, "DELETE", records+"/"+id, "")
}

func TestConflictingRecordsAreRefused(t *testing.T) {
	a := Record{Type: "A", Name: "x", Content: "192.0.2.1"}
	cname := Record{Type: "CNAME", Name: "x", Content: "y.example.net"}
	mx := Record{Type: "MX", Name: "x", Content: "m.example.net", Priority: 10}
	ns := Record{Type: "NS", Name: "x", Content: "ns1.example.net"}
	srv := Record{Type: "SRV", Name: "x", Data: map[string]any{"priority": 1, "weight": 2, "port": 3, "target": "h.example.net"}}
	ds := Record{Type: "DS", Name: "x", Data: map[string]any{"key_tag": 1, "algorithm": 13, "digest_type": 2, "digest": "ab"}}
	for _, tt := range []struct {
		name string
		have []Record
		send string
		code int
	}{
		{"identical", []Record{a}, `{"type":"A","name":"X.example.com","content":"192.0.2.1","ttl":300,"comment":"other"}`, 81058},
		{"identical except for the MX priority", []Record{mx}, `{"type":"MX","name":"x","content":"M.example.net.","priority":20}`, 81058},
		{"SRV of another priority", []Record{srv}, `{"type":"SRV","name":"x","data":{"priority":9,"weight":2,"port":3,"target":"h.example.net"}}`, 0},
		{"TXT in another spelling", []Record{{Type: "TXT", Name: "x", Content: "a"}}, `{"type":"TXT","name":"x","content":"\"a\""}`, 0},
		{"second address", []Record{a}, `{"type":"A","name":"x","content":"192.0.2.2"}`, 0},
		{"CNAME over A", []Record{a}, `{"type":"CNAME","name":"x","content":"y.example.net"}`, 81053},
		{"second CNAME", []Record{cname}, `{"type":"CNAME","name":"x","content":"z.example.net"}`, 81053},
		{"A over CNAME", []Record{cname}, `{"type":"A","name":"x","content":"192.0.2.1"}`, 81054},
		{"TXT with CNAME", []Record{cname}, `{"type":"TXT","name":"x","content":"a"}`, 0},
		{"CNAME with MX", []Record{mx}, `{"type":"CNAME","name":"x","content":"z.example.net"}`, 0},
		{"NS over A", []Record{a}, `{"type":"NS","name":"x","content":"ns1.example.net"}`, 81055},
		{"NS over TXT", []Record{{Type: "TXT", Name: "x", Content: "a"}}, `{"type":"NS","name":"x","content":"ns1.example.net"}`, 81055},
		{"TXT over NS", []Record{ns}, `{"type":"TXT","name":"x","content":"a"}`, 81055},
		{"MX over NS", []Record{ns}, `{"type":"MX","name":"x","content":"mx.example.net","priority":1}`, 81055},
		{"NS with NS and DS", []Record{ns, ds}, `{"type":"NS","name":"x","content":"ns2.example.net"}`, 0},
		{"NS at the apex", []Record{{Type: "A", Name: "@", Content: "192.0.2.1"}}, `{"type":"NS","name":"@","content":"ns1.example.net"}`, 0},
		{"A over NS", []Record{ns}, `{"type":"A","name":"x","content":"192.0.2.1"}`, 81056},
		{"A below NS", []Record{ns}, `{"type":"A","name":"a.x","content":"192.0.2.1"}`, 0},
		{"DS with NS", []Record{ns}, `{"type":"DS","name":"x","data":{"key_tag":1,"algorithm":13,"digest_type":2,"digest":"ab"}}`, 0},
		{"DS of another name", []Record{ns}, `{"type":"DS","name":"y","data":{"key_tag":1,"algorithm":13,"digest_type":2,"digest":"ab"}}`, codeDSWithoutNS},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, records := zoned(t, "free", tt.have...)
			status := 400
			if tt.code == 0 {
				status = 200
			}
			c.want(status, tt.code, "POST", records, tt.send)
		})
	}
}

func TestConflictingEditsAreRefused(t *testing.T) {
	c, records := zoned(t, "free", Record{Type: "A", Name: "x", Content: "192.0.2.1"}, Record{Type: "A", Name: "x", Content: "192.0.2.2"},
		Record{Type: "CNAME", Name: "y", Content: "x.example.com"})
	path := records + "/" + c.server.Records("example.com")[0].ID
	c.want(400, 81058, "PATCH", path, `{"content":"192.0.2.2"}`)
	c.want(400, 81054, "PATCH", path, `{"name":"y"}`)
	c.want(200, 0, "PUT", path, `{"type":"A","name":"x","content":"192.0.2.1","ttl":60}`)
}

func TestRecordSetsHaveLimits(t *testing.T) {
	c, records := zoned(t, "pro")
	for i := range maxNSPerName {
		c.want(200, 0, "POST", records, fmt.Sprintf(`{"type":"NS","name":"x","content":"ns%d.example.net"}`, i))
	}
	c.want(400, codeTooManyNS, "POST", records, `{"type":"NS","name":"x","content":"ns10.example.net"}`)
	for i := range 2 {
		c.want(200, 0, "POST", records, fmt.Sprintf(`{"type":"TXT","name":"t","content":"%d%s"}`, i, strings.Repeat("x", 4000)))
	}
	c.want(400, codeSetSize, "POST", records, `{"type":"TXT","name":"t","content":"`+strings.Repeat("y", 191)+`"}`)
	c.want(200, 0, "POST", records, `{"type":"TXT","name":"t","content":"`+strings.Repeat("y", 190)+`"}`)
}

func TestLastNSStaysWhileThereIsADS(t *testing.T) {
	c, records := zoned(t, "free", Record{Type: "NS", Name: "x", Content: "ns1.example.net"},
		Record{Type: "DS", Name: "x", Data: map[string]any{"key_tag": 1, "algorithm": 13, "digest_type": 2, "digest": "ab"}})
	rs := c.server.Records("example.com") // DS, NS
	c.want(400, codeDSWithoutNS, "DELETE", records+"/"+rs[1].ID, "")
	c.want(400, codeDSWithoutNS, "PATCH", records+"/"+rs[1].ID, `{"name":"y"}`)
	c.want(200, 0, "PATCH", records+"/"+rs[1].ID, `{"content":"ns2.example.net"}`)
	c.want(200, 0, "DELETE", records+"/"+rs[0].ID, "")
	c.want(200, 0, "DELETE", records+"/"+rs[1].ID, "")
}

func TestQuotaDependsOnThePlan(t *testing.T) {
	for _, tt := range []struct {
		zone  Zone
		quota int
	}{
		{Zone{Plan: "free"}, 200},
		{Zone{Plan: "free", CreatedOn: time.Date(2024, 8, 31, 0, 0, 0, 0, time.UTC)}, 1000},
		{Zone{Plan: "pro"}, 3500},
		{Zone{Plan: "enterprise", RecordQuota: 20000}, 20000},
	} {
		tt.zone.Name = "example.com"
		c := start(t, Options{Seed: Seed{Zones: []Zone{tt.zone}}})
		r := c.want(200, 0, "GET", "/zones/"+c.zoneID("example.com")+"/dns_records/usage", "")
		if want := fmt.Sprintf(`{"record_quota":%d,"record_usage":0}`, tt.quota); string(r.Result) != want {
			t.Errorf("usage = %s, want %s", r.Result, want)
		}
	}
}

func TestRecordBeyondTheQuotaIsRefused(t *testing.T) {
	c := start(t, Options{Seed: Seed{Zones: []Zone{{Name: "example.com", RecordQuota: 1, Records: []Record{{Type: "A", Name: "x", Content: "192.0.2.1"}}}}}})
	records := "/zones/" + c.zoneID("example.com") + "/dns_records"
	c.want(400, 81045, "POST", records, `{"type":"A","name":"y","content":"192.0.2.1"}`)
	// A batch deletes first, so it can replace a record in a full zone.
	c.want(200, 0, "POST", records+"/batch", fmt.Sprintf(`{"posts":[{"type":"A","name":"y","content":"192.0.2.1"}],"deletes":[{"id":%q}]}`, c.server.Records("example.com")[0].ID))
}

func TestReadOnlyRecordsCannotBeChanged(t *testing.T) {
	kept := Record{Type: "MX", Name: "@", Content: "route1.mx.cloudflare.net", Priority: 5, Meta: map[string]any{"email_routing": true, "read_only": true}}
	worker := Record{Type: "AAAA", Name: "w", Content: "100::", Proxied: true, Meta: map[string]any{"read_only": true}}
	c, records := zoned(t, "free", kept, worker)
	rs := c.server.Records("example.com")
	mx, w := records+"/"+rs[0].ID, records+"/"+rs[1].ID
	c.want(400, 890190, "DELETE", mx, "")
	c.want(400, 890190, "PATCH", mx, `{"priority":6}`)
	c.want(400, 890190, "PUT", mx, `{"type":"MX","name":"@","content":"m.example.net","priority":6}`)
	c.want(400, 890190, "POST", records, `{"type":"MX","name":"@","content":"m.example.net","priority":6}`)
	c.want(200, 0, "POST", records, `{"type":"MX","name":"sub","content":"m.example.net","priority":6}`)
	c.want(403, codeReadOnly, "DELETE", w, "")
	if body := c.do("GET", mx, "").Body; !strings.Contains(body, `"meta":{"email_routing":true,"read_only":true}`) {
		t.Errorf("the record is %s, want it with its meta", body)
	}
}

func TestFreenomZonesCannotBeChanged(t *testing.T) {
	c := start(t, Options{Seed: Seed{Zones: []Zone{{Name: "example.tk"}, {Name: "example.ml", Plan: "pro"}}}})
	const a = `{"type":"A","name":"y","content":"192.0.2.1"}`
	c.want(403, 1038, "POST", "/zones/"+c.zoneID("example.tk")+"/dns_records", a)
	c.want(200, 0, "POST", "/zones/"+c.zoneID("example.ml")+"/dns_records", a)
}
