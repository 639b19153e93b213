package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// These helpers keep the tables short.

func create(body, want string) step { return step{method: "POST", body: body, want: want} }

func refuse(code int, body string) step {
	return step{method: "POST", body: body, status: http.StatusBadRequest, code: code}
}

func patch(body, want string) step {
	return step{method: "PATCH", path: "/${a}", body: body, want: want}
}

func put(body, want string) step { return step{method: "PUT", path: "/${a}", body: body, want: want} }

func batch(body, want string) step {
	return step{method: "POST", path: "/batch", body: body, want: want}
}

func get(path, want string) step { return step{method: "GET", path: path, want: want} }

// count returns a step that lists the case's records with a filter, and expects n of them.
func count(filter string, n int) step {
	return step{method: "GET", path: "?name.endswith=${name}" + filter, info: fmt.Sprintf(`{"count":%d,"total_count":%d}`, n, n)}
}

func saved(as string, s step) step {
	s.save = as
	return s
}

// stored returns a case that creates a record and reads it back unchanged.
func stored(name, unsure, body, want string) contractCase {
	return contractCase{name: name, unsure: unsure, steps: []step{saved("a", create(body, want)), get("/${a}", want)}}
}

// refused returns a case in which the API refuses to create a record.
func refused(name, unsure string, code int, body string) contractCase {
	return contractCase{name: name, unsure: unsure, steps: []step{refuse(code, body), count("", 0)}}
}

func on(plan string, c contractCase) contractCase {
	c.plan = plan
	return c
}

// frontDoorCases check credentials and paths.
func frontDoorCases() []contractCase {
	const anyList = "zones?per_page=5"
	return []contractCase{
		{name: "no credentials", unsure: "code and status come from memory", steps: []step{
			{method: "GET", path: anyList, as: noCredentials, status: 400, code: 9106}}},
		{name: "malformed token", steps: []step{
			{method: "GET", path: anyList, as: "not a token", status: 400, code: 6003}}},
		{name: "unknown token", unsure: "one report, from 2026", steps: []step{
			{method: "GET", path: anyList, as: strings.Repeat("x", 40), status: 403, code: 9109}}},
		{name: "unknown token verified", steps: []step{
			{method: "GET", path: "user/tokens/verify", as: strings.Repeat("x", 40), status: 401, code: 1000}}},
		{name: "token verified", unsure: "account-owned tokens are refused here", steps: []step{
			{method: "GET", path: "user/tokens/verify", want: `{"id":"<id>","status":"active"}`, messages: `[{"code":10000,"message":"<text>"}]`}}},
		{name: "malformed zone identifier", unsure: "older answers had a second error, 7000", steps: []step{
			{method: "GET", path: "zones/nonsense/dns_records", status: 400, code: 7003}}},
		{name: "unknown zone", steps: []step{
			{method: "GET", path: "zones/${unknown}/dns_records", status: 403, code: 9109}}},
		{name: "malformed record identifier", unsure: "measured for zones only", steps: []step{
			{method: "GET", path: "/nonsense", status: 400, code: 7003}}},
		{name: "malformed JSON", unsure: "the code is from an old list", steps: []step{refuse(6007, `{"type":`)}},
	}
}

func zoneCases() []contractCase {
	const zone = `{"id":"${zoneid}","name":"${zone}","status":"<text>","paused":"<bool>","type":"<text>",
		"account":{"id":"<id>"},"plan":{"legacy_id":"<text>"},"meta":"<object>","created_on":"<time>","modified_on":"<time>"}`
	return []contractCase{
		{name: "zone", steps: []step{get("zones/${zoneid}", zone)}},
		{name: "zone by name", steps: []step{{method: "GET", path: "zones?name=${zone}", want: "[" + zone + "]",
			info: `{"page":1,"per_page":20,"count":1,"total_count":1,"total_pages":1}`}}},
		{name: "zone that does not exist", steps: []step{{method: "GET", path: "zones?name=${unknown}.example", want: `[]`, info: `{"count":0,"total_count":0}`}}},
		{name: "usage", unsure: "the quota is null if the account has one", steps: []step{
			get("zones/${zoneid}/dns_records/usage", `{"record_quota":"<number>","record_usage":"<number>"}`)}},
		{name: "usage of an unknown zone", steps: []step{
			{method: "GET", path: "zones/${unknown}/dns_records/usage", status: 403, code: 9109}}},
		{name: "usage of the account", unsure: "a token for zones may not see it, and the quota may be the account's", steps: []step{
			get("accounts/${accountid}/dns_records/usage", `{"record_quota":null,"record_usage":"<number>"}`)}},
		{name: "usage of an unknown account", unsure: "the code was never seen", steps: []step{
			{method: "GET", path: "accounts/${unknown}/dns_records/usage", status: 403, code: anyCode}}},
	}
}

// recordCases create and read records.
func recordCases() []contractCase {
	long, rest := strings.Repeat("x", 255), strings.Repeat("y", 45)
	return append([]contractCase{
		stored("every member", "", `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":300,"proxied":false}`,
			`{"id":"<id>","name":"${name}","type":"A","content":"192.0.2.1","ttl":300,"proxied":false,"proxiable":"<bool>","comment":null,"tags":[],
			"settings":"<object>","meta":"<object>","created_on":"<time>","modified_on":"<time>","data":"<absent>","priority":"<absent>",
			"comment_modified_on":"<absent>","tags_modified_on":"<absent>","zone_id":"<absent>","zone_name":"<absent>","locked":"<absent>"}`),
		stored("defaults", "", `{"type":"A","name":"${name}","content":"192.0.2.1"}`, `{"ttl":1,"proxied":false,"comment":null,"tags":[]}`),
		stored("name in mixed case with a dot", "", `{"type":"A","name":"WWW.${name}.","content":"192.0.2.1","ttl":1}`, `{"name":"www.${name}"}`),
		stored("relative name", "", `{"type":"A","name":"www.${label}","content":"192.0.2.1","ttl":1}`, `{"name":"www.${name}"}`),
		stored("internationalized name", "", `{"type":"A","name":"Bücher.${name}","content":"192.0.2.1","ttl":1}`, `{"name":"xn--bcher-kva.${name}"}`),
		stored("wildcard", "", `{"type":"A","name":"*.${name}","content":"192.0.2.1","ttl":1}`, `{"name":"*.${name}"}`),
		stored("AAAA in another spelling", "", `{"type":"AAAA","name":"${name}","content":"2001:DB8:0:0::0001","ttl":1}`, `{"content":"2001:db8::1"}`),
		stored("CNAME with a dot", "", `{"type":"CNAME","name":"${name}","content":"target.example.net.","ttl":1}`, `{"content":"target.example.net"}`),
		stored("CNAME in upper case", "lower case is a guess from how Terraform compares", `{"type":"CNAME","name":"${name}","content":"Target.Example.NET","ttl":1}`, `{"content":"target.example.net"}`),
		stored("MX", "", `{"type":"MX","name":"${name}","content":"mail.example.net.","priority":0,"ttl":1}`, `{"content":"mail.example.net","priority":0,"proxiable":false}`),
		stored("null MX", "", `{"type":"MX","name":"${name}","content":".","priority":0,"ttl":1}`, `{"content":".","priority":0}`),
		stored("NS", "", `{"type":"NS","name":"${name}","content":"ns1.example.net.","ttl":1}`, `{"content":"ns1.example.net"}`),
		stored("PTR", "", `{"type":"PTR","name":"${name}","content":"host.example.net.","ttl":1}`, `{"content":"host.example.net"}`),
		stored("OPENPGPKEY", "no sample was seen", `{"type":"OPENPGPKEY","name":"${name}","content":"AAECAwQFBgc=","ttl":1}`, `{"content":"AAECAwQFBgc="}`),
		stored("TXT without quotes", "", `{"type":"TXT","name":"${name}","content":"v=spf1 -all","ttl":1}`, `{"content":"v=spf1 -all"}`),
		stored("TXT with quotes", "", `{"type":"TXT","name":"${name}","content":"\"v=spf1 -all\"","ttl":1}`, `{"content":"\"v=spf1 -all\""}`),
		stored("TXT of two strings", "", `{"type":"TXT","name":"${name}","content":"\"one\" \"two\"","ttl":1}`, `{"content":"\"one\" \"two\""}`),
		stored("TXT with escapes", "quoting is reported to follow master files", `{"type":"TXT","name":"${name}","content":"\"say \\\"hi\\\" \\\\\"","ttl":1}`, `{"content":"\"say \\\"hi\\\" \\\\\""}`),
		stored("TXT with a semicolon", "", `{"type":"TXT","name":"${name}","content":"\"a;b\"","ttl":1}`, `{"content":"\"a;b\""}`),
		stored("TXT quoted and too long for a string", "documented, not measured", `{"type":"TXT","name":"${name}","content":"\"`+long+rest+`\"","ttl":1}`, `{"content":"\"`+long+`\" \"`+rest+`\""}`),
		stored("TXT bare and too long for a string", "specification and a report of July 2026 contradict each other", `{"type":"TXT","name":"${name}","content":"`+long+rest+`","ttl":1}`, `{"content":"`+long+rest+`"}`),
		stored("irrelevant members", "", `{"type":"TXT","name":"${name}","content":"\"x\"","ttl":1,"proxied":false,"priority":0,"meta":{"read_only":true},"proxiable":true}`, `{"priority":"<absent>","proxiable":false}`),
		stored("proxied", "no source shows a proxied name with an underscore", `{"type":"A","name":"${name}","content":"198.51.100.4","ttl":1,"proxied":true}`, `{"ttl":1,"proxied":true,"proxiable":true}`),
		stored("proxied with a TTL", "tools rely on the TTL being set to 1, one document says that it is refused", `{"type":"A","name":"${name}","content":"198.51.100.4","ttl":300,"proxied":true}`, `{"ttl":1,"proxied":true}`),
		stored("private address, not proxied", "", `{"type":"A","name":"${name}","content":"10.0.0.1","ttl":1}`, `{"proxiable":false}`),
		stored("shortest TTL", "", `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":60}`, `{"ttl":60}`),
		stored("longest TTL", "", `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":86400}`, `{"ttl":86400}`),
		on("enterprise", stored("TTL of Enterprise", "", `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":30}`, `{"ttl":30}`)),
		stored("comment", "", `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1,"comment":"what for"}`, `{"comment":"what for","comment_modified_on":"<time>"}`),
		stored("empty comment", "", `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1,"comment":""}`, `{"comment":null,"comment_modified_on":"<absent>"}`),
		on("paid", stored("tags", "", `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1,"tags":["team:web"]}`, `{"tags":["team:web"],"tags_modified_on":"<time>"}`)),
		on("paid", stored("flattened CNAME", "", `{"type":"CNAME","name":"${name}","content":"target.example.net","ttl":1,"settings":{"flatten_cname":true}}`, `{"settings":{"flatten_cname":true}}`)),
		stored("CNAME with a TXT", "seen for proxied names and the apex", `{"type":"CNAME","name":"${name}","content":"target.example.net","ttl":1}`, `{}`).
			then(create(`{"type":"TXT","name":"${name}","content":"\"x\"","ttl":1}`, `{}`)),
	}, dataCases()...)
}

// then returns the case with steps added at its end.
func (c contractCase) then(steps ...step) contractCase {
	c.steps = append(c.steps[:len(c.steps):len(c.steps)], steps...)
	return c
}

// dataCases create records of the types with structured data.
func dataCases() []contractCase {
	return []contractCase{
		stored("CAA", "", `{"type":"CAA","name":"${name}","data":{"flags":0,"tag":"issuewild","value":"letsencrypt.org"},"ttl":1}`,
			`{"data":{"flags":0,"tag":"issuewild","value":"letsencrypt.org"},"content":"0 issuewild \"letsencrypt.org\"","priority":"<absent>"}`),
		stored("CAA with members of other types", "", `{"type":"CAA","name":"${name}","data":{"flags":0,"tag":"issue","value":"letsencrypt.org","weight":0,"port":0,"target":"","lat_degrees":0},"ttl":1}`,
			`{"data":{"flags":0,"tag":"issue","value":"letsencrypt.org"}}`),
		stored("SRV", "", `{"type":"SRV","name":"_sip._tcp.${name}","data":{"priority":10,"weight":5,"port":5060,"target":"sip.example.com."},"ttl":1}`,
			`{"name":"_sip._tcp.${name}","data":{"priority":10,"weight":5,"port":5060,"target":"sip.example.com"},"priority":10}`),
		stored("SRV content", "older reports have tabs", `{"type":"SRV","name":"_sip._tcp.${name}","data":{"priority":10,"weight":5,"port":5060,"target":"sip.example.com"},"ttl":1}`,
			`{"content":"5 5060 sip.example.com"}`),
		stored("SRV without a target", "one old report", `{"type":"SRV","name":"_sip._tcp.${name}","data":{"priority":0,"weight":0,"port":0,"target":"."},"ttl":1}`, `{"data":{"target":"."}}`),
		stored("SRV with service and proto", "announced as an error, still sent by tools", `{"type":"SRV","name":"_sip._tcp.${name}","data":{"service":"_sip","proto":"_tcp","name":"${name}","priority":1,"weight":2,"port":3,"target":"sip.example.com"},"ttl":1}`,
			`{"data":{"service":"<absent>","proto":"<absent>","name":"<absent>"}}`),
		stored("HTTPS", "", `{"type":"HTTPS","name":"${name}","data":{"priority":1,"target":".","value":"alpn=\"h2\""},"ttl":1}`,
			`{"data":{"priority":1,"target":".","value":"alpn=\"h2\""},"content":"1 . alpn=\"h2\"","priority":"<absent>"}`),
		stored("HTTPS with special characters", "the spelling of the semicolon is a guess", `{"type":"HTTPS","name":"${name}","data":{"priority":1,"target":"www.example.net.","value":"key65280=\"a;b(c)\""},"ttl":1}`,
			`{"data":{"priority":1,"target":"www.example.net."}}`),
		stored("HTTPS without quotes", "octodns sends this, with a leading blank", `{"type":"HTTPS","name":"${name}","data":{"priority":1,"target":"www.example.net.","value":" alpn=h3,h2"},"ttl":1}`,
			`{"data":{"priority":1,"target":"www.example.net.","value":"alpn=\"h3,h2\""}}`),
		stored("SVCB alias", "not seen", `{"type":"SVCB","name":"${name}","data":{"priority":0,"target":"www.example.net.","value":""},"ttl":1}`, `{"data":{"priority":0,"target":"www.example.net.","value":""}}`),
		stored("NAPTR", "", `{"type":"NAPTR","name":"${name}","data":{"order":30,"preference":100,"flags":"S","service":"SIP+D2T","regex":"","replacement":"_sip._tcp.example.net."},"ttl":1}`,
			`{"data":{"order":30,"preference":100,"flags":"S","service":"SIP+D2T","regex":"","replacement":"_sip._tcp.example.net."}}`),
		stored("TLSA", "", `{"type":"TLSA","name":"_443._tcp.${name}","data":{"usage":3,"selector":1,"matching_type":1,"certificate":"8cb0fc6c527506a053f4f14c8464bebbd6dede2738d11468dd953d7d6a3021f1"},"ttl":1}`,
			`{"data":{"usage":3,"selector":1,"matching_type":1,"certificate":"8cb0fc6c527506a053f4f14c8464bebbd6dede2738d11468dd953d7d6a3021f1"}}`),
		stored("TLSA in upper case", "the case of hexadecimal digits is not known", `{"type":"TLSA","name":"_443._tcp.${name}","data":{"usage":3,"selector":1,"matching_type":1,"certificate":"8CB0FC6C527506A053F4F14C8464BEBBD6DEDE2738D11468DD953D7D6A3021F1"},"ttl":1}`,
			`{"data":{"certificate":"8CB0FC6C527506A053F4F14C8464BEBBD6DEDE2738D11468DD953D7D6A3021F1"}}`),
		stored("SMIMEA", "no sample was seen", `{"type":"SMIMEA","name":"${name}","data":{"usage":3,"selector":1,"matching_type":0,"certificate":"00010203"},"ttl":1}`, `{"data":{"certificate":"00010203"}}`),
		stored("SSHFP", "", `{"type":"SSHFP","name":"${name}","data":{"algorithm":4,"type":2,"fingerprint":"8cb0fc6c527506a053f4f14c8464bebbd6dede2738d11468dd953d7d6a3021f1"},"ttl":1}`,
			`{"data":{"algorithm":4,"type":2,"fingerprint":"8cb0fc6c527506a053f4f14c8464bebbd6dede2738d11468dd953d7d6a3021f1"}}`),
		stored("CERT", "no sample was seen", `{"type":"CERT","name":"${name}","data":{"type":1,"key_tag":2,"algorithm":8,"certificate":"AAECAwQFBgc="},"ttl":1}`, `{"data":{"type":1,"key_tag":2,"algorithm":8,"certificate":"AAECAwQFBgc="}}`),
		stored("DNSKEY", "needs multi-signer DNSSEC", `{"type":"DNSKEY","name":"${name}","data":{"flags":257,"protocol":3,"algorithm":13,"public_key":"AAECAwQFBgc="},"ttl":1}`, `{"data":{"flags":257,"protocol":3,"algorithm":13}}`),
		stored("LOC", "the spelling of the content has changed over time", `{"type":"LOC","name":"${name}","data":{"lat_degrees":37,"lat_minutes":46,"lat_seconds":46,"lat_direction":"N","long_degrees":122,"long_minutes":23,"long_seconds":35,"long_direction":"W","altitude":0,"size":100,"precision_horz":0,"precision_vert":0},"ttl":1}`,
			`{"data":{"lat_degrees":37,"lat_seconds":46,"long_direction":"W","size":100},"content":"37 46 46.000 N 122 23 35.000 W 0.00 100.00 0.00 0.00"}`),
		stored("URI", "no sample was seen", `{"type":"URI","name":"${name}","priority":10,"data":{"weight":5,"target":"https://example.com/a"},"ttl":1}`, `{"priority":10,"data":{"weight":5,"target":"https://example.com/a"}}`),
		{name: "DS below its NS", steps: []step{
			create(`{"type":"NS","name":"${name}","content":"ns1.example.net","ttl":1}`, `{}`),
			create(`{"type":"DS","name":"${name}","data":{"key_tag":2371,"algorithm":13,"digest_type":2,"digest":"14d1cc3bbf3b6fb2e9b4fc3f7a5e5dc6a3f6f37f4d0f8e7d2b6f0c5a4e3d2c1b"},"ttl":1}`,
				`{"data":{"key_tag":2371,"algorithm":13,"digest_type":2,"digest":"14d1cc3bbf3b6fb2e9b4fc3f7a5e5dc6a3f6f37f4d0f8e7d2b6f0c5a4e3d2c1b"}}`)}},
	}
}

// refusalCases try to create records that the API refuses, by themselves or beside other records.
func refusalCases() []contractCase {
	cname, a := `{"type":"CNAME","name":"${name}","content":"target.example.net","ttl":1}`, `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1}`
	ns := `{"type":"NS","name":"${name}","content":"ns1.example.net","ttl":1}`
	return []contractCase{
		refused("A with nonsense", "", 9005, `{"type":"A","name":"${name}","content":"nonsense","ttl":1}`),
		refused("A with leading zeros", "a guess", 9005, `{"type":"A","name":"${name}","content":"192.0.2.01","ttl":1}`),
		refused("AAAA with an IPv4 address", "", 9006, `{"type":"AAAA","name":"${name}","content":"192.0.2.1","ttl":1}`),
		refused("CNAME to an address", "little evidence for the code", 9007, `{"type":"CNAME","name":"${name}","content":"192.0.2.1","ttl":1}`),
		refused("CNAME to itself", "one source", 9039, `{"type":"CNAME","name":"${name}","content":"${name}","ttl":1}`),
		refused("MX to an address", "little evidence for the code", 9009, `{"type":"MX","name":"${name}","content":"192.0.2.1","priority":1,"ttl":1}`),
		refused("MX without a priority", "", 9100, `{"type":"MX","name":"${name}","content":"mail.example.net","ttl":1}`),
		refused("A without a content", "the code is known for other fields", 9100, `{"type":"A","name":"${name}","ttl":1}`),
		refused("no type", "the code is known for other fields", 9100, `{"name":"${name}","content":"192.0.2.1","ttl":1}`),
		refused("SRV without a weight", "", 9101, `{"type":"SRV","name":"_sip._tcp.${name}","data":{"priority":1,"port":5060,"target":"sip.example.com"},"ttl":1}`),
		refused("TXT too long", "", 9015, `{"type":"TXT","name":"${name}","content":"`+strings.Repeat("x", 4200)+`","ttl":1}`),
		refused("NS to the zone's own servers", "one report, without a code", anyCode, `{"type":"NS","name":"${name}","content":"${server}","ttl":1}`),
		{name: "body with a Content-Type other than JSON", unsure: "one report", steps: []step{
			{method: "POST", media: "text/plain", status: 400, code: 9207, body: `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1}`}, count("", 0)}},
		{name: "record set too long", steps: []step{
			create(`{"type":"TXT","name":"${name}","content":"`+strings.Repeat("a", 4000)+`","ttl":1}`, `{}`),
			create(`{"type":"TXT","name":"${name}","content":"`+strings.Repeat("b", 4000)+`","ttl":1}`, `{}`),
			refuse(83011, `{"type":"TXT","name":"${name}","content":"`+strings.Repeat("c", 300)+`","ttl":1}`), count("", 2)}},
		refused("unknown type", "one source", 9002, `{"type":"SPF","name":"${name}","content":"v=spf1 -all","ttl":1}`),
		refused("no name", "one source", 9000, `{"type":"A","content":"192.0.2.1","ttl":1}`),
		refused("proxied TXT", "", 9004, `{"type":"TXT","name":"${name}","content":"\"x\"","ttl":1,"proxied":true}`),
		refused("proxied private address", "9041 in older reports, 9003 in reports from 2026", 9003, `{"type":"A","name":"${name}","content":"10.0.0.1","ttl":1,"proxied":true}`),
		refused("proxied CNAME of a certificate check", "the target is documented, the code seen for addresses", 9003, `{"type":"CNAME","name":"${name}","content":"_x.acm-validations.aws","ttl":1,"proxied":true}`),
		refused("TTL too short", "", 9021, `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":29}`),
		refused("TTL too long", "", 9021, `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":86401}`),
		refused("TTL as text", "one source", 9208, `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":"300"}`),
		refused("empty TXT", "", anyCode, `{"type":"TXT","name":"${name}","content":"","ttl":1}`),
		refused("TXT of one quotation mark", "", anyCode, `{"type":"TXT","name":"${name}","content":"\"","ttl":1}`),
		refused("SRV as content", "", anyCode, `{"type":"SRV","name":"_sip._tcp.${name}","content":"5 5060 sip.example.com","priority":10,"ttl":1}`),
		refused("DS without NS", "", anyCode, `{"type":"DS","name":"${name}","data":{"key_tag":1,"algorithm":13,"digest_type":2,"digest":"14d1cc3bbf3b6fb2e9b4fc3f7a5e5dc6a3f6f37f4d0f8e7d2b6f0c5a4e3d2c1b"},"ttl":1}`),
		refused("comment too long", "", anyCode, `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1,"comment":"`+strings.Repeat("x", 501)+`"}`),
		on("free", refused("comment too long for Free", "", anyCode, `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1,"comment":"`+strings.Repeat("x", 101)+`"}`)),
		on("free", refused("tags on Free", "", 9300, `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1,"tags":["team:web"]}`)),
		on("free", refused("flattening on Free", "", anyCode, `{"type":"CNAME","name":"${name}","content":"target.example.net","ttl":1,"settings":{"flatten_cname":true}}`)),
		{name: "duplicate", steps: []step{create(a, `{}`), refuse(81058, a), count("", 1)}},
		{name: "duplicate with another TTL", steps: []step{create(a, `{}`), refuse(81058, `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":300,"comment":"other"}`)}},
		{name: "duplicate by edit", unsure: "seen for creations only", steps: []step{create(a, `{}`),
			saved("a", create(`{"type":"A","name":"${name}","content":"192.0.2.2","ttl":1}`, `{}`)),
			{method: "PATCH", path: "/${a}", body: `{"content":"192.0.2.1"}`, status: 400, code: 81058}}},
		{name: "two values at a name", steps: []step{create(a, `{}`), create(`{"type":"A","name":"${name}","content":"192.0.2.2","ttl":300}`, `{"ttl":300}`), count("", 2)}},
		{name: "CNAME with an A", steps: []step{create(a, `{}`), refuse(81053, cname)}},
		{name: "second CNAME", steps: []step{create(cname, `{}`), refuse(81053, `{"type":"CNAME","name":"${name}","content":"other.example.net","ttl":1}`)}},
		{name: "A with a CNAME", steps: []step{create(cname, `{}`), refuse(81054, a)}},
		{name: "A under a delegation", steps: []step{create(ns, `{}`), refuse(81056, a)}},
		{name: "NS with an A", unsure: "one table has another wording", steps: []step{create(a, `{}`), refuse(81055, ns)}},
	}
}

// changeCases change a record.
func changeCases() []contractCase {
	full := saved("a", create(`{"type":"A","name":"${name}","content":"198.51.100.4","ttl":300,"comment":"mine"}`, `{"ttl":300,"comment":"mine"}`))
	tagged := saved("a", create(`{"type":"A","name":"${name}","content":"198.51.100.4","ttl":300,"tags":["team:web"]}`, `{"tags":["team:web"]}`))
	bare := `{"type":"A","name":"${name}","content":"198.51.100.4"}`
	gone := func(method, body string) step {
		return step{method: method, path: "/${unknown}", body: body, status: http.StatusNotFound, code: 81044}
	}

	return []contractCase{
		{name: "PUT resets", steps: []step{full, put(bare, `{"id":"${a}","ttl":1,"proxied":false,"comment":null,"content":"198.51.100.4"}`)}},
		{name: "PATCH keeps", steps: []step{full, patch(`{"content":"198.51.100.5"}`, `{"id":"${a}","ttl":300,"comment":"mine","content":"198.51.100.5","name":"${name}"}`)}},
		{name: "PATCH clears a comment", steps: []step{full, patch(`{"comment":""}`, `{"comment":null,"ttl":300}`)}},
		on("paid", contractCase{name: "PUT resets tags", steps: []step{tagged, put(bare, `{"tags":[]}`)}}),
		on("paid", contractCase{name: "PATCH keeps tags", steps: []step{tagged, patch(`{"ttl":60}`, `{"tags":["team:web"],"ttl":60}`)}}),
		on("paid", contractCase{name: "PATCH clears tags", steps: []step{tagged, patch(`{"tags":[]}`, `{"tags":[],"ttl":300}`)}}),
		{name: "PATCH moves", steps: []step{full, patch(`{"name":"moved.${name}"}`, `{"id":"${a}","name":"moved.${name}","ttl":300,"comment":"mine"}`)}},
		{name: "PATCH of an MX", steps: []step{
			saved("a", create(`{"type":"MX","name":"${name}","content":"mail.example.net","priority":10,"ttl":1}`, `{}`)),
			patch(`{"content":"mail2.example.net"}`, `{"content":"mail2.example.net","priority":10}`), patch(`{"priority":0}`, `{"content":"mail2.example.net","priority":0}`)}},
		{name: "PATCH of data", steps: []step{
			saved("a", create(`{"type":"CAA","name":"${name}","data":{"flags":0,"tag":"issue","value":"letsencrypt.org"},"ttl":1}`, `{}`)),
			patch(`{"data":{"flags":128,"tag":"issue","value":"example.net"}}`, `{"data":{"flags":128,"tag":"issue","value":"example.net"}}`)}},
		{name: "PATCH that changes nothing", steps: []step{full, patch(`{"ttl":300}`, `{"ttl":300,"comment":"mine"}`)}},
		{name: "PATCH with nonsense", steps: []step{full,
			{method: "PATCH", path: "/${a}", body: `{"content":"nonsense"}`, status: 400, code: 9005}, get("/${a}", `{"content":"198.51.100.4"}`)}},
		{name: "PATCH of the type", steps: []step{full,
			{method: "PATCH", path: "/${a}", body: `{"type":"TXT","content":"\"x\""}`, status: 400, code: anyCode}, get("/${a}", `{"type":"A"}`)}},
		{name: "PUT of the type", steps: []step{full,
			{method: "PUT", path: "/${a}", body: `{"type":"TXT","name":"${name}","content":"\"x\"","ttl":1}`, status: 400, code: anyCode}, get("/${a}", `{"type":"A"}`)}},
		{name: "DELETE", steps: []step{full, {method: "DELETE", path: "/${a}", want: `{"id":"${a}"}`},
			{method: "DELETE", path: "/${a}", status: http.StatusNotFound, code: 81044}, count("", 0)}},
		{name: "record that does not exist", steps: []step{gone("GET", ""), gone("DELETE", ""), gone("PATCH", `{"ttl":60}`), gone("PUT", `{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1}`)}},
	}
}

// batchCases send batches.
func batchCases() []contractCase {
	one := saved("a", create(`{"type":"A","name":"${name}","content":"192.0.2.1","ttl":300}`, `{}`))
	two := saved("b", create(`{"type":"A","name":"${name}","content":"192.0.2.2","ttl":300}`, `{}`))
	tooMany := func(n int) step { // the answer would be 404 if this number were allowed, because the records do not exist
		body := `{"deletes":[` + strings.Repeat(`{"id":"${unknown}"},`, n) + `{"id":"${unknown}"}]}`
		return step{method: "POST", path: "/batch", body: body, status: http.StatusBadRequest, code: anyCode}
	}

	return []contractCase{
		{name: "batch of each kind", steps: []step{one, two, saved("c", create(`{"type":"A","name":"c.${name}","content":"192.0.2.3","ttl":300,"comment":"mine"}`, `{}`)),
			batch(`{"deletes":[{"id":"${a}"}],"patches":[{"id":"${b}","ttl":60}],"puts":[{"id":"${c}","type":"A","name":"c.${name}","content":"192.0.2.3"}],
				"posts":[{"type":"A","name":"d.${name}","content":"192.0.2.4","ttl":1}]}`,
				`{"deletes":[{"id":"${a}","content":"192.0.2.1"}],"patches":[{"id":"${b}","ttl":60,"content":"192.0.2.2"}],
				"puts":[{"id":"${c}","ttl":1,"comment":null}],"posts":[{"id":"<id>","name":"d.${name}","content":"192.0.2.4"}]}`),
			count("", 3)}},
		{name: "batch without some lists", steps: []step{
			batch(`{"posts":[{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1}]}`, `{"deletes":"<none>","patches":"<none>","puts":"<none>","posts":[{"name":"${name}"}]}`),
			batch(`{"deletes":[],"patches":[],"puts":[],"posts":[{"type":"A","name":"${name}","content":"192.0.2.2","ttl":1}]}`, `{"deletes":"<none>","patches":"<none>","puts":"<none>","posts":[{"name":"${name}"}]}`)}},
		{name: "empty batch", unsure: "no report shows that this was tried", steps: []step{batch(`{"deletes":[],"patches":[],"puts":[],"posts":[]}`, `{"deletes":"<none>","patches":"<none>","puts":"<none>","posts":"<none>"}`)}},
		{name: "batch deletes before it posts", steps: []step{one,
			batch(`{"posts":[{"type":"CNAME","name":"${name}","content":"target.example.net","ttl":1}],"deletes":[{"id":"${a}"}]}`, `{"posts":[{"type":"CNAME"}]}`), count("", 1)}},
		{name: "batch deletes before it patches", steps: []step{one, two,
			batch(`{"patches":[{"id":"${b}","content":"192.0.2.1"}],"deletes":[{"id":"${a}"}]}`, `{"patches":[{"id":"${b}","content":"192.0.2.1"}]}`), count("", 1)}},
		{name: "batch patches before it puts", steps: []step{one, two,
			batch(`{"puts":[{"id":"${b}","type":"A","name":"${name}","content":"192.0.2.1","ttl":1}],"patches":[{"id":"${a}","content":"192.0.2.3"}]}`, `{"puts":[{"id":"${b}","content":"192.0.2.1"}]}`)}},
		{name: "batch puts before it posts", steps: []step{one,
			batch(`{"posts":[{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1}],"puts":[{"id":"${a}","type":"A","name":"${name}","content":"192.0.2.3","ttl":1}]}`, `{"posts":[{"content":"192.0.2.1"}]}`), count("", 2)}},
		{name: "batch that fails changes nothing", steps: []step{one,
			{method: "POST", path: "/batch", status: 400, code: 9005, body: `{"deletes":[{"id":"${a}"}],"posts":[
				{"type":"A","name":"good.${name}","content":"192.0.2.7","ttl":1},{"type":"A","name":"bad.${name}","content":"nonsense","ttl":1}]}`},
			count("", 1), get("/${a}", `{"content":"192.0.2.1","ttl":300}`)}},
		{name: "batch reports only the first error", unsure: "documented in words", steps: []step{
			{method: "POST", path: "/batch", status: 400, code: 9005, body: `{"posts":[
				{"type":"A","name":"a.${name}","content":"nonsense","ttl":1},{"type":"AAAA","name":"b.${name}","content":"nonsense","ttl":1}]}`}}},
		{name: "batch with a duplicate in itself", steps: []step{
			{method: "POST", path: "/batch", status: 400, code: 81058, body: `{"posts":[
				{"type":"A","name":"${name}","content":"192.0.2.1","ttl":1},{"type":"A","name":"${name}","content":"192.0.2.1","ttl":300}]}`}, count("", 0)}},
		{name: "batch deletes a record that does not exist", unsure: "measured for single deletions", steps: []step{one,
			{method: "POST", path: "/batch", status: 404, code: 81044, body: `{"deletes":[{"id":"${a}"},{"id":"${unknown}"}]}`}, count("", 1)}},
		{name: "batch of NS and DS", steps: []step{
			batch(`{"posts":[{"type":"NS","name":"${name}","content":"ns1.example.net","ttl":1},
				{"type":"DS","name":"${name}","data":{"key_tag":1,"algorithm":13,"digest_type":2,"digest":"14d1cc3bbf3b6fb2e9b4fc3f7a5e5dc6a3f6f37f4d0f8e7d2b6f0c5a4e3d2c1b"},"ttl":1}]}`, `{"posts":[{"type":"NS"},{"type":"DS"}]}`)}},
		{name: "batch answers in the order of the request", unsure: "plausible, not promised", steps: []step{
			batch(`{"posts":[{"type":"A","name":"c.${name}","content":"192.0.2.1","ttl":1},{"type":"A","name":"a.${name}","content":"192.0.2.1","ttl":1},{"type":"A","name":"b.${name}","content":"192.0.2.1","ttl":1}]}`,
				`{"posts":[{"name":"c.${name}"},{"name":"a.${name}"},{"name":"b.${name}"}]}`)}},
		{name: "batch larger than any plan allows", steps: []step{tooMany(3500)}},
		on("free", contractCase{name: "batch larger than Free allows", steps: []step{tooMany(200)}}),
	}
}

// listCases check the filters of lists.
func listCases() []contractCase {
	three := batch(`{"posts":[{"type":"A","name":"a.${name}","content":"192.0.2.1","ttl":1,"comment":"Mine too"},{"type":"A","name":"b.${name}","content":"192.0.2.2","ttl":60},
		{"type":"TXT","name":"a.${name}","content":"\"x\"","ttl":1}]}`, `{}`)
	return []contractCase{
		{name: "list by name", steps: []step{three,
			{method: "GET", path: "?name.exact=A.${name}", info: `{"page":1,"per_page":100,"count":2,"total_count":2,"total_pages":1}`},
			{method: "GET", path: "?name=a.${name}&type=TXT", want: `[{"type":"TXT","name":"a.${name}"}]`, info: `{"count":1}`},
			{method: "GET", path: "?name.startswith=b.${label}", want: `[{"name":"b.${name}"}]`},
			{method: "GET", path: "?name.contains=${label}", info: `{"count":3,"total_count":3}`}}},
		{name: "list by an empty name", steps: []step{three, {method: "GET", path: "?name.exact=", want: `[]`, info: `{"count":0,"total_count":0}`}}},
		{name: "list by content", steps: []step{three, count("&content.exact=192.0.2.2", 1), count("&content.startswith=192.0.2.", 2), count("&content=192.0.2.1", 1)}},
		{name: "list by type", steps: []step{three, count("&type=A", 2), count("&type=MX", 0)}},
		{name: "list by comment", steps: []step{three, count("&comment.contains=mine", 1), count("&comment.absent=true", 2), count("&comment.present=true", 1)}},
		{name: "list by proxied", steps: []step{three, count("&proxied=false", 3), count("&proxied=true", 0)}},
		{name: "list in order of names", steps: []step{three, {method: "GET", path: "?name.endswith=${name}&type=A&order=name&direction=desc", want: `[{"name":"b.${name}"},{"name":"a.${name}"}]`}}},
		{name: "page past the end", unsure: "some clients rely on an empty page", steps: []step{three,
			{method: "GET", path: "?name.endswith=${name}&page=9&per_page=5", want: `[]`, info: `{"page":9,"count":0,"total_count":3}`}}},
		{name: "page of size 0", unsure: "only the specification gives the minimum of per_page", steps: []step{{method: "GET", path: "?per_page=0", status: 400, code: anyCode}}},
	}
}

// testPages creates more records than fit on one page and reads page after page.
func (a *target) testPages(t *testing.T) {
	var posts []string
	for i := range 7 {
		posts = append(posts, fmt.Sprintf(`{"type":"A","name":"n%d.${name}","content":"192.0.2.1","ttl":1}`, i))
	}

	page := func(n, count int) step {
		return step{method: "GET", path: fmt.Sprintf("?name.endswith=${name}&per_page=3&page=%d", n),
			info: fmt.Sprintf(`{"page":%d,"per_page":3,"count":%d,"total_count":7,"total_pages":3}`, n, count)}
	}

	words, ids := a.story(t, "pages"), map[any]bool{}
	for i, s := range []step{batch(`{"posts":[`+strings.Join(posts, ",")+`]}`, `{}`), page(1, 3), page(2, 3), page(3, 1)} {
		r, problems := a.play(t, s, words)
		if len(problems) > 0 {
			t.Fatalf("%s\n%s", strings.Join(problems, "\n"), r.raw)
		}
		if i == 0 {
			continue
		}
		for _, item := range r.body["result"].([]any) {
			ids[item.(map[string]any)["id"]] = true
		}
	}

	if len(ids) != 7 {
		t.Errorf("the pages together have %d different records, want 7", len(ids))
	}
}

// testUnknownParameters checks that an unknown filter is not an error and filters nothing. Tools that relied
// on such a filter have deleted whole zones.
func (a *target) testUnknownParameters(t *testing.T) {
	words := a.story(t, "unknown")
	for _, content := range []string{"192.0.2.1", "192.0.2.2"} {
		s := create(`{"type":"A","name":"${name}","content":"`+content+`","ttl":1}`, `{}`)
		if r, problems := a.play(t, s, words); len(problems) > 0 {
			t.Fatalf("%s\n%s", strings.Join(problems, "\n"), r.raw)
		}
	}
	r := a.do(t, "GET", "/zones/"+a.zoneID+"/dns_records?name.is="+words["unknown"]+"&per_page=5", "", "")
	items, _ := r.body["result"].([]any)
	if problems := append(r.outcome(0, 0), r.frame()...); len(problems) > 0 || len(items) < 2 {
		t.Errorf("an unknown parameter gives %d records, want those of the whole zone: %v\n%s", len(items), problems, r.raw)
	}
}

// testExport checks that an export is a zone file without an envelope, and that it has the SOA, which lists
// leave out.
func (a *target) testExport(t *testing.T) {
	words := a.story(t, "export")
	if r, problems := a.play(t, create(`{"type":"TXT","name":"${name}","content":"\"exported\"","ttl":300}`, `{}`), words); len(problems) > 0 {
		t.Fatalf("%s\n%s", strings.Join(problems, "\n"), r.raw)
	}
	r := a.do(t, "GET", "/zones/"+a.zoneID+"/dns_records/export", "", "")
	kind := r.header.Get("Content-Type")
	if r.status != http.StatusOK || !strings.HasPrefix(kind, "text/plain") || !strings.Contains(r.raw, "SOA") || !strings.Contains(r.raw, words["name"]+".") {
		t.Errorf("the export is %d %s, want 200, text/plain, the SOA and the record:\n%.2000s", r.status, kind, r.raw)
	}
}

// story prepares a test that is not in the tables. It returns the words for the texts of the test, and
// removes the test's records at the end.
func (a *target) story(t *testing.T, slug string) map[string]string {
	t.Helper()
	own := slug + "." + a.prefix
	name := own + "." + a.zone
	t.Cleanup(func() { a.sweep(t, "."+name, name) })
	return map[string]string{"label": own, "name": name, "zone": a.zone, "zoneid": a.zoneID, "unknown": randomHex(16)}
}
