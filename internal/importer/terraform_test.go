package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// terraformResource returns a resource of a state with one instance. attributes are JSON members;
// terraformResource adds the members that every record has.
func terraformResource(typ, name, attributes string) string {
	return fmt.Sprintf(`{"mode": "managed", "type": %q, "name": %q, "provider": "provider[\"registry.terraform.io/cloudflare/cloudflare\"]",
		"instances": [{"schema_version": 0, "attributes": {"id": "000000000000000000000000000000ff",
		"zone_id": "000000000000000000000000000000aa", %s}}]}`, typ, name, attributes)
}

// terraformStateOf returns a state with the resources.
func terraformStateOf(resources ...string) string {
	return `{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": [` + strings.Join(resources, ",\n") + `]}`
}

// described returns a record on one line, without its ID.
func described(r Record) string {
	c := r.Record
	text := fmt.Sprintf("%s %s %d %s", c.Name, c.Type, c.TTL, c.Content)
	if c.Type == dns.MX {
		text += fmt.Sprintf(" priority=%d", c.Priority)
	}
	if c.Proxied {
		text += " proxied"
	}
	if c.Comment != "" {
		text += " comment=" + c.Comment
	}
	if len(c.Tags) > 0 {
		text += " tags=" + strings.Join(c.Tags, ",")
	}
	if c.Settings != (dns.Settings{}) {
		text += fmt.Sprintf(" settings=%+v", c.Settings)
	}
	if c.PrivateRouting {
		text += " private"
	}
	return text
}

// Each row is a record as one version of the provider keeps it.
func TestTerraformReadsRecordsOfEachProviderVersion(t *testing.T) {
	const old, v4, v5 = "cloudflare_record", "cloudflare_record", "cloudflare_dns_record"
	// zeros are the empty fields that provider 4 writes for other types.
	const zeros = `"altitude": 0, "certificate": "", "content": "", "digest": "", "order": 0, "selector": 0, "matching_type": 0,
		"usage": 0, "size": 0, "regex": "", "replacement": "", "service": "", "proto": "", "name": "", "lat_degrees": 0`
	for name, tt := range map[string]struct{ typ, attributes, want string }{
		"value alone": {
			old, `"name": "www", "hostname": "www.example.com", "type": "A", "ttl": 1, "value": "192.0.2.1", "content": null`,
			"www.example.com A 1 192.0.2.1",
		},
		"value and content": {
			v4, `"name": "t", "hostname": "t.example.com", "type": "TXT", "ttl": 60, "value": "a b", "content": "\"a b\""`,
			`t.example.com TXT 60 "a b"`,
		},
		"nulls": {
			v4, `"name": "www", "hostname": "www.example.com", "type": "A", "ttl": null, "content": "192.0.2.1", "value": null,
				"priority": null, "proxied": null, "comment": null, "tags": null, "data": null`,
			"www.example.com A 1 192.0.2.1",
		},
		"a full name, and another hostname": {
			v4, `"name": "example.com", "hostname": "example.com.example.com", "type": "A", "ttl": 1, "content": "192.0.2.1"`,
			"example.com.example.com A 1 192.0.2.1",
		},
		"a name that ends in the zone's": {
			v4, `"name": "www.example.com", "hostname": "www.example.com", "type": "A", "ttl": 1, "content": "192.0.2.1"`,
			"www.example.com A 1 192.0.2.1",
		},
		"a name with capitals and a script": {
			v4, `"name": "Bücher", "hostname": "Bücher.EXAMPLE.com", "type": "A", "ttl": 1, "content": "192.0.2.1"`,
			"xn--bcher-kva.example.com A 1 192.0.2.1",
		},
		"a wildcard": {
			v5, `"name": "*", "type": "CNAME", "ttl": 1, "content": "Target.Example.NET.", "proxied": true`,
			"*.example.com CNAME 1 target.example.net proxied",
		},
		"the zone itself": {v5, `"name": "@", "type": "A", "ttl": 300, "content": "192.0.2.1"`, "example.com A 300 192.0.2.1"},
		"a full name with a dot": {
			v5, `"name": "www.example.com.", "type": "AAAA", "ttl": 300, "content": "2001:DB8:0::1"`,
			"www.example.com AAAA 300 2001:db8::1",
		},
		"another zone's name with a dot": {v5, `"name": "www.example.net.", "type": "A", "ttl": 300, "content": "192.0.2.1"`, "left: its name is outside of the zone"},
		"another zone's hostname":        {v4, `"name": "www", "hostname": "www.example.net", "type": "A", "ttl": 1, "content": "192.0.2.1"`, "left: its name is outside of the zone"},
		"MX with priority 0": {
			v4, `"name": "@", "hostname": "example.com", "type": "MX", "ttl": 1, "content": "mx.example.net", "priority": 0`,
			"example.com MX 1 mx.example.net priority=0",
		},
		"a null MX": {
			v5, `"name": "@", "type": "MX", "ttl": 1, "content": ".", "priority": 0.0`,
			"example.com MX 1 . priority=0",
		},
		"MX of a migrated state": {
			v5, `"name": "@", "type": "MX", "ttl": 1, "content": "mx.example.net", "priority": null`,
			"example.com MX 1 mx.example.net priority=0 silent=priority",
		},
		"floats": {
			v5, `"name": "s", "type": "SRV", "ttl": 3.6e+03, "priority": 1e+01, "content": "5 5060 sip.example.com",
				"data": {"port": 5.06e+03, "priority": 1e+01, "weight": 5.0, "target": "sip.example.com"}`,
			"s.example.com SRV 3600 10 5 5060 sip.example.com",
		},
		"SRV of provider 4": {
			v4, `"name": "s", "hostname": "s.example.com", "type": "SRV", "ttl": 1, "priority": 10, "content": "0 5060 sip.example.com",
				"data": [{` + zeros + `, "flags": "", "port": 5060, "priority": 10, "weight": 0, "target": "sip.example.com"}]`,
			"s.example.com SRV 1 10 0 5060 sip.example.com",
		},
		"SRV with all zeros": {
			v4, `"name": "s", "hostname": "s.example.com", "type": "SRV", "ttl": 1, "priority": 0, "content": "0 0 .",
				"data": [{` + zeros + `, "flags": "", "port": 0, "priority": 0, "weight": 0, "target": "."}]`,
			"s.example.com SRV 1 0 0 0 .",
		},
		"SRV of a migrated state": {
			v5, `"name": "s", "type": "SRV", "ttl": 1, "priority": null, "content": "5060 sip.example.com",
				"data": {"port": 5060, "priority": null, "weight": null, "target": "sip.example.com", "flags": null}`,
			"s.example.com SRV 1 0 0 5060 sip.example.com silent=priority,weight",
		},
		"SRV without data": {
			v5, `"name": "s", "type": "SRV", "ttl": 1, "priority": 10, "content": "5 5060 sip.example.com", "data": {}`,
			"s.example.com SRV 1 10 5 5060 sip.example.com",
		},
		"SRV without data or priority": {
			v5, `"name": "s", "type": "SRV", "ttl": 1, "priority": null, "content": "5 5060 sip.example.com", "data": null`,
			"s.example.com SRV 1 0 5 5060 sip.example.com silent=priority",
		},
		"URI of provider 4": {
			v4, `"name": "u", "hostname": "u.example.com", "type": "URI", "ttl": 1, "priority": 10, "content": "1 \"https://a.example\"",
				"data": [{` + zeros + `, "flags": "", "priority": 0, "weight": 1, "target": "https://a.example"}]`,
			`u.example.com URI 1 10 1 "https://a.example"`,
		},
		"URI of provider 5": {
			v5, `"name": "u", "type": "URI", "ttl": 1, "priority": 10, "data": {"weight": 1, "target": "https://a.example"}`,
			`u.example.com URI 1 10 1 "https://a.example"`,
		},
		"CAA with flags as text": {
			v4, `"name": "@", "hostname": "example.com", "type": "CAA", "ttl": 1, "content": "",
				"data": [{` + zeros + `, "flags": "128", "tag": "issue", "value": "ca.example"}]`,
			`example.com CAA 1 128 issue "ca.example"`,
		},
		"CAA with its value as content": {
			old, `"name": "@", "hostname": "example.com", "type": "CAA", "ttl": 1,
				"data": [{"flags": "0", "tag": "issue", "value": "", "content": "ca.example"}]`,
			`example.com CAA 1 0 issue "ca.example"`,
		},
		"CAA that forbids": {
			v5, `"name": "@", "type": "CAA", "ttl": 1, "data": {"flags": {"value": 0, "type": "number"}, "tag": "issue", "value": ";"}`,
			`example.com CAA 1 0 issue ";"`,
		},
		"flags as text in a dynamic value": {
			v5, `"name": "@", "type": "CAA", "ttl": 1, "data": {"flags": {"value": "128", "type": "string"}, "tag": "iodef", "value": "mailto:a@example.com"}`,
			`example.com CAA 1 128 iodef "mailto:a@example.com"`,
		},
		"flags of show": {
			v5, `"name": "@", "type": "CAA", "ttl": 1, "data": {"flags": "0", "tag": "issue", "value": "ca.example"}`,
			`example.com CAA 1 0 issue "ca.example"`,
		},
		"flags that are null": {
			v5, `"name": "@", "type": "CAA", "ttl": 1, "data": {"flags": null, "tag": "issue", "value": "ca.example"}`,
			`example.com CAA 1 0 issue "ca.example" silent=flags`,
		},
		"DS with key tag 0": {
			v4, `"name": "sub", "hostname": "sub.example.com", "type": "DS", "ttl": 1,
				"data": [{"key_tag": 0, "algorithm": 13, "digest_type": 2, "digest": "AABB", "flags": "", "value": ""}]`,
			"left: it has no effect at a delegated name", // the state has no NS at the name
		},
		"NAPTR with empty texts": {
			v5, `"name": "n", "type": "NAPTR", "ttl": 1, "data": {"order": 100, "preference": 0, "flags": {"value": "S", "type": "string"},
				"service": "SIP+D2U", "regex": null, "replacement": "_sip._udp.example.com"}`,
			`n.example.com NAPTR 1 100 0 "S" "SIP+D2U" "" _sip._udp.example.com`,
		},
		"TLSA": {
			v4, `"name": "_443._tcp", "hostname": "_443._tcp.example.com", "type": "TLSA", "ttl": 1,
				"data": [{"usage": 3, "selector": 1, "matching_type": 1, "certificate": "AABB", "flags": ""}]`,
			"_443._tcp.example.com TLSA 1 3 1 1 aabb",
		},
		"HTTPS": {
			v5, `"name": "@", "type": "HTTPS", "ttl": 1, "data": {"priority": 1, "target": ".", "value": "alpn=\"h3\""}`,
			`example.com HTTPS 1 1 . alpn="h3"`,
		},
		"data that cannot be read, and content": {
			v4, `"name": "@", "hostname": "example.com", "type": "CAA", "ttl": 1, "content": "0 issue \"ca.example\"", "data": [{"flags": "", "tag": "", "value": ""}]`,
			`example.com CAA 1 0 issue "ca.example"`,
		},
		"data of another type": {
			v5, `"name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1", "data": {"target": "x", "flags": "y"}`,
			"a.example.com A 1 192.0.2.1",
		},
		"TXT without quotation marks around": {
			v4, `"name": "t", "hostname": "t.example.com", "type": "TXT", "ttl": 1, "content": "say \"hi\" ${x} %{y}"`,
			`t.example.com TXT 1 "say \"hi\" ${x} %{y}"`,
		},
		"TXT in several strings": {
			v5, `"name": "t", "type": "TXT", "ttl": 1, "content": "\"v=DKIM1; p=AA\" \"BB\""`,
			`t.example.com TXT 1 "v=DKIM1; p=AABB"`,
		},
		"TXT with odd quotation marks": {
			v5, `"name": "t", "type": "TXT", "ttl": 1, "content": "\"a\" b"`,
			`t.example.com TXT 1 "\"a\" b"`,
		},
		"comment, tags, settings": {
			v5, `"name": "c", "type": "CNAME", "ttl": 300, "content": "a.example.net", "comment": "mine", "tags": ["Team:Web", "a"],
				"settings": {"flatten_cname": true, "ipv4_only": null, "ipv6_only": null}, "private_routing": false`,
			"c.example.com CNAME 300 a.example.net comment=mine tags=a,team:Web settings={FlattenCNAME:true IPv4Only:false IPv6Only:false}",
		},
		"private routing": {
			v5, `"name": "a", "type": "A", "ttl": 1, "content": "10.0.0.1", "proxied": true, "private_routing": true`,
			"a.example.com A 1 10.0.0.1 proxied private",
		},
		"a proxied record's TTL":       {v4, `"name": "a", "hostname": "a.example.com", "type": "A", "ttl": 300, "content": "192.0.2.1", "proxied": true`, "a.example.com A 1 192.0.2.1 proxied"},
		"a type that Cloudflare lacks": {old, `"name": "t", "hostname": "t.example.com", "type": "SPF", "ttl": 1, "value": "v=spf1 -all"`, `left: Cloudflare has no record type "SPF"`},
		"a text for a number":          {v4, `"name": "a", "hostname": "a.example.com", "type": "A", "ttl": "soon", "content": "192.0.2.1"`, `error: The attribute ttl is "soon", which is not a whole number`},
		"a number for a name":          {v5, `"name": 7, "type": "A", "ttl": 1, "content": "192.0.2.1"`, "7.example.com A 1 192.0.2.1"},
		"an object for a name":         {v5, `"name": {}, "type": "A", "ttl": 1, "content": "192.0.2.1"`, "error: The attribute name is an object, which is not a text"},
		"half a second":                {v5, `"name": "a", "type": "A", "ttl": 1.5, "content": "192.0.2.1"`, "error: The attribute ttl is 1.5, which is not a whole number"},
		"a list for proxied":           {v5, `"name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1", "proxied": []`, "error: The attribute proxied is a list, which is not true or false"},
		"a text for tags":              {v5, `"name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1", "tags": "x"`, `error: The attribute tags is "x", which is not a list`},
		"no type":                      {v5, `"name": "a", "ttl": 1, "content": "192.0.2.1"`, "error: The instance has no record type"},
		"no value":                     {v5, `"name": "a", "type": "A", "ttl": 1`, `error: "" is not an IPv4 address`},
		"not an address":               {v5, `"name": "a", "type": "A", "ttl": 1, "content": "www.example.net"`, `error: "www.example.net" is not an IPv4 address`},
		"not a name":                   {v5, `"name": "a b", "type": "A", "ttl": 1, "content": "192.0.2.1"`, `error: "a b" is not a valid name`},
		"data without a target":        {v5, `"name": "s", "type": "SRV", "ttl": 1, "data": {"port": 1}`, "error: "},
	} {
		t.Run(name, func(t *testing.T) {
			src, diags := readText(Terraform, "example.com", terraformStateOf(terraformZone5, terraformResource(tt.typ, "x", tt.attributes)))
			if got := outcome(src, diags); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// terraformZone5 is a zone of provider 5.
var terraformZone5 = `{"mode": "managed", "type": "cloudflare_zone", "name": "com", "instances": [{"attributes":
	{"id": "000000000000000000000000000000aa", "name": "example.com"}}]}`

// outcome returns what Read did with the only record of a source: the record, the reason to leave it out, or
// an error.
func outcome(src *Source, diags []plan.Diagnostic) string {
	for _, d := range diags {
		if d.Severity == dns.Error && d.Summary != "Zone not in the source" {
			return "error: " + strings.TrimPrefix(d.Detail, d.Address+": ")
		}
	}
	if src == nil || len(src.Zones) != 1 {
		return fmt.Sprintf("%+v", diags)
	}
	if z := src.Zones[0]; len(z.Left) > 0 {
		return "left: " + z.Left[0].Reason
	}
	r := src.Zones[0].Records[0]
	text := described(r)
	var silent []string
	for _, a := range r.Silent {
		if !slices.Contains([]dns.Attribute{dns.AttrComment, dns.AttrTags, dns.AttrSettings, dns.AttrPrivateRouting}, a) {
			silent = append(silent, string(a))
		}
	}
	if len(silent) > 0 {
		text += " silent=" + strings.Join(silent, ",")
	}
	return text
}

// Terraform 0.11 wrote these attributes, and no later version has refreshed them.
func TestTerraformReadsFlatAttributes(t *testing.T) {
	flat := func(attributes string) string {
		return fmt.Sprintf(`{"mode": "managed", "type": "cloudflare_record", "name": "x", "provider": "provider.cloudflare",
			"instances": [{"schema_version": 1, "attributes_flat": {"id": "000000000000000000000000000000ff", %s}}]}`, attributes)
	}
	for name, tt := range map[string]struct{ attributes, want string }{
		"with the zone's name": {
			`"domain": "example.com", "name": "@", "type": "MX", "ttl": "3600", "value": "mx.example.net", "priority": "0", "proxied": "false", "data.%": "0"`,
			"example.com MX 3600 mx.example.net priority=0",
		},
		"with the zone's ID": {
			`"zone_id": "000000000000000000000000000000aa", "name": "www", "hostname": "www.example.com", "type": "A", "ttl": "1", "value": "192.0.2.1",
				"proxied": "true", "priority": "", "data.#": "0", "tags.#": "1", "tags.123": "a:b", "comment": "mine"`,
			"www.example.com A 1 192.0.2.1 proxied comment=mine tags=a:b",
		},
		"data in a map": {
			`"domain": "example.com", "name": "_sip._tcp", "type": "SRV", "ttl": "1", "value": "", "data.%": "4", "data.port": "5060", "data.priority": "10",
				"data.weight": "0", "data.target": "sip.example.com"`,
			"_sip._tcp.example.com SRV 1 10 0 5060 sip.example.com",
		},
		"data in a list": {
			`"domain": "example.com", "name": "@", "type": "CAA", "ttl": "1", "data.#": "1", "data.0.flags": "0", "data.0.tag": "issue",
				"data.0.value": "ca.example", "data.0.port": "0"`,
			`example.com CAA 1 0 issue "ca.example"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			src, diags := readText(Terraform, "example.com", terraformStateOf(flat(tt.attributes)))
			if got := outcome(src, diags); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// Each row is a place where a state names a zone.
func TestTerraformFindsZoneNames(t *testing.T) {
	const a = `"type": "A", "ttl": 1, "content": "192.0.2.1"`
	zone := func(mode, typ, attributes string) string {
		return fmt.Sprintf(`{"module": "module.elsewhere", "mode": %q, "type": %q, "name": "z", "instances": [{"attributes": {%s}}]}`, mode, typ, attributes)
	}
	const id = "000000000000000000000000000000aa"
	byName := func(name string) func(string) string { return func(string) string { return name } }
	for name, tt := range map[string]struct {
		record, zone string
		zoneName     func(string) string
		want         string
	}{
		"a resource of provider 4":   {`"name": "www"`, zone("managed", "cloudflare_zone", `"id": "`+id+`", "zone": "Example.COM"`), nil, "example.com"},
		"a resource of provider 5":   {`"name": "www"`, zone("managed", "cloudflare_zone", `"id": "`+id+`", "name": "example.com"`), nil, "example.com"},
		"a look-up of provider 4":    {`"name": "www"`, zone("data", "cloudflare_zone", `"id": "`+id+`", "name": "example.com", "zone_id": "`+id+`"`), nil, "example.com"},
		"a look-up of provider 5":    {`"name": "www"`, zone("data", "cloudflare_zone", `"id": null, "name": "example.com", "zone_id": "`+id+`"`), nil, "example.com"},
		"a look-up of several":       {`"name": "www"`, zone("data", "cloudflare_zones", `"id": "x", "zones": [{"id": "`+id+`", "name": "example.com"}]`), nil, "example.com"},
		"the same, provider 5":       {`"name": "www"`, zone("data", "cloudflare_zones", `"result": [{"id": "`+id+`", "name": "example.com"}]`), nil, "example.com"},
		"hostname minus name":        {`"name": "a.b", "hostname": "a.b.example.com"`, "", nil, "example.com"},
		"hostname of the apex":       {`"name": "@", "hostname": "example.com"`, "", nil, "example.com"},
		"hostname is the name":       {`"name": "www.example.com", "hostname": "www.example.com"`, "", byName("example.com"), "example.com"},
		"asked for":                  {`"name": "www"`, "", byName("example.com"), "example.com"},
		"the resource counts more":   {`"name": "www", "hostname": "www.example.com"`, zone("managed", "cloudflare_zone", `"id": "`+id+`", "name": "www.example.com"`), byName("example.net"), "www.example.com"},
		"not known":                  {`"name": "www"`, "", byName(""), ""},
		"a look-up of another zone":  {`"name": "www"`, zone("data", "cloudflare_zone", `"id": "000000000000000000000000000000bb", "name": "example.org"`), nil, ""},
		"not a name":                 {`"name": "www"`, zone("managed", "cloudflare_zone", `"id": "`+id+`", "zone": "a b"`), nil, ""},
		"a broken list of look-ups":  {`"name": "www"`, zone("data", "cloudflare_zones", `"zones": {"id": 1}, "result": [[], 7]`), nil, ""},
		"a name with its final dot":  {`"name": "www.example.com.", "hostname": "www.example.com"`, "", byName("example.com"), "example.com"},
		"the zone's name, and short": {`"name": "example.com", "hostname": "example.com.example.com"`, "", nil, "example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			resources := []string{terraformResource("cloudflare_dns_record", "x", tt.record+", "+a)}
			if tt.zone != "" {
				resources = append(resources, tt.zone)
			}
			src, diags := Read(Terraform, Input{Name: "x", Text: []byte(terraformStateOf(resources...)), ZoneName: tt.zoneName})
			got := ""
			if src != nil && len(src.Zones) == 1 {
				got = src.Zones[0].Name
			}
			if got != tt.want || (tt.want == "") != strings.Contains(spelledOut(diags), "Zone without a name") {
				t.Errorf("zone %q, want %q%s", got, tt.want, spelledOut(diags))
			}
		})
	}
}

// A state that names no zone can be read offline if it has only one zone.
func TestTerraformAssumesTheOnlyZoneOffline(t *testing.T) {
	record := terraformResource("cloudflare_dns_record", "www", `"name": "www", "type": "A", "ttl": 1, "content": "192.0.2.1"`)
	other := strings.ReplaceAll(strings.ReplaceAll(record, "00aa", "00bb"), "00ff", "00fe")
	in := Input{Name: "x", Zone: "example.com", Text: []byte(terraformStateOf(record))}

	src, diags := Read(Terraform, in)
	if hasErrors(diags) || src.Zones[0].ID != "000000000000000000000000000000aa" || !strings.Contains(src.Remarks[0], "assumes that the zone is example.com") {
		t.Errorf("Read = %+v%s; want the zone ID and a remark about the assumed zone", src, spelledOut(diags))
	}

	in.Text = []byte(terraformStateOf(record, other))
	if _, diags := Read(Terraform, in); !hasErrors(diags) {
		t.Error("Read assumed one of two zones without a name, want an error")
	}
	in.Text = []byte(terraformStateOf(record))
	in.ZoneName = func(string) string { return "" }
	if _, diags := Read(Terraform, in); !hasErrors(diags) {
		t.Error("Read assumed the zone although Cloudflare does not know its name, want an error")
	}
}

// Each row is a text and words of the error that it gives.
func TestTerraformRefusesOtherTexts(t *testing.T) {
	good := terraformStateOf(terraformZone5, terraformResource("cloudflare_dns_record", "x", `"name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1"`))
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":                  {"", "is empty"},
		"a web page":               {"<!doctype html><title>x</title>", "a web page"},
		"a zone file":              {"$TTL 300\nwww IN A 192.0.2.1\n", "a zone file"},
		"a .tf file":               {"resource \"cloudflare_record\" \"www\" {\n  name = \"www\"\n}\n", "terraform state pull"},
		"format 3":                 {`{"version": 3, "terraform_version": "0.11.14", "modules": []}`, `in format "3". terraform state pull gives format 4`},
		"format 5":                 {`{"version": 5, "terraform_version": "2.0.0", "resources": []}`, `in format "5". cfplan reads format 4`},
		"a version of no number":   {`{"version": {}, "lineage": "x"}`, "Terraform state in format"},
		"encrypted":                {`{"serial": 1, "lineage": "x", "meta": {"key_provider.x": "e"}, "encrypted_data": "x", "encryption_version": "v0"}`, "tofu state pull"},
		"a plan":                   {`{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {}}, "resource_changes": []}`, "is a Terraform plan"},
		"a saved plan":             {"PK\x03\x04\x14\x00\x08", "zip"},
		"a newer show":             {`{"format_version": "2.0", "values": {}}`, `format version "2.0"`},
		"an answer of Cloudflare":  {`{"success": true, "errors": [], "result": []}`, "-from=cloudflare"},
		"another document":         {`{"version": 4, "rules": []}`, "is JSON, but not a Terraform state"},
		"a list":                   {`[]`, "must be an object"},
		"cut off":                  {good[:len(good)-40], "cut off. (line 5"},
		"cut off at a member":      {good[:40], "cut off. (line 1"},
		"a comma too many":         {strings.Replace(good, `[{"schema`, `[,{"schema`, 1), "not JSON: invalid character"},
		"two documents":            {good + good, "Something follows"},
		"damaged UTF-16":           {"\xff\xfe{\x00}", "encoded in UTF-16"},
		"broken characters":        {strings.Replace(good, "192", "\n\xff", 1), "not UTF-8. Save it as UTF-8, or run the command that wrote it again. (line "},
		"resources as an object":   {`{"version": 4, "lineage": "x", "resources": {}}`, "resources must be a list"},
		"a resource as a text":     {`{"version": 4, "lineage": "x", "resources": ["x"]}`, "A resource must be an object"},
		"an instance as a text":    {terraformStateOf(`{"mode": "managed", "type": "cloudflare_record", "name": "x", "instances": ["x"]}`), "The instance is of the type string"},
		"attributes as a list":     {terraformStateOf(`{"mode": "managed", "type": "cloudflare_record", "name": "x", "instances": [{"attributes": []}]}`), "The member attributes of the instance must not be of the type array"},
		"a resource without name":  {terraformStateOf(`{"mode": "managed", "type": "cloudflare_record", "instances": [{"attributes": {}}]}`), "has no name"},
		"an empty state":           {terraformStateOf(), "describes no record of example.com, nor of any other zone"},
		"a show without values":    {`{"format_version": "1.0", "terraform_version": "1.11.4"}`, "describes no record of example.com"},
		"only another zone":        {strings.ReplaceAll(good, "example.com", "example.org"), `It has records of "example.org"`},
		"deep nesting":             {`{"version": 4, "lineage": "x", "resources": [{"instances": ` + strings.Repeat("[", 20_000), "exceeded max depth"},
		"deep nesting of others":   {`{"version": 4, "lineage": "x", "check_results": ` + strings.Repeat(`{"a":`, 20_000), "exceeded max depth"},
		"modules without end":      {`{"format_version": "1.0", "values": {"root_module": ` + strings.Repeat(`{"child_modules": [`, 5_000), "nested too deeply"},
		"a shown resource as text": {`{"format_version": "1.0", "values": {"root_module": {"resources": ["x"]}}}`, "The resource is of the type string"},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := readText(Terraform, "example.com", tt.text)
			if text := spelledOut(diags); !hasErrors(diags) || !strings.Contains(text, tt.want) {
				t.Errorf("got %s, want %q", text, tt.want)
			}
		})
	}
}

// The state has two broken records of the zone, and one of another zone, which does not matter.
func TestTerraformReportsAllMistakesAtOnce(t *testing.T) {
	broken := func(name, attributes string) string {
		return terraformResource("cloudflare_dns_record", name, `"name": "`+name+`", "type": "A", `+attributes)
	}
	elsewhere := strings.ReplaceAll(broken("c", `"ttl": 1, "content": "z"`), "00aa", "00bb")
	elsewhere = strings.Replace(elsewhere, `"type": "A"`, `"hostname": "c.example.org", "type": "A"`, 1)
	text := terraformStateOf(terraformZone5, broken("a", `"ttl": 1, "content": "x"`),
		strings.ReplaceAll(broken("b", `"ttl": "y", "content": "192.0.2.1"`), "00ff", "00fe"), elsewhere)

	_, diags := readText(Terraform, "example.com", text)
	want := []string{"cloudflare_dns_record.a", "cloudflare_dns_record.b"}
	var got []string
	for _, d := range diags {
		address, _, _ := strings.Cut(d.Detail, ": ")
		got = append(got, address)
		line := strings.Split(text, "\n")[d.Position.Line-1]
		if !strings.Contains(line, `"instances": [{`) {
			t.Errorf("the error about %s gives line %d, which is %s; want the line of the instance", d.Address, d.Position.Line, line)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("errors about %q, want %q%s", got, want, spelledOut(diags))
	}
}

// terraformV4 returns the attributes of a record as provider 4 writes them.
func terraformV4(r dns.Record) map[string]any {
	data := map[string]any{}
	for _, typ := range dns.Types() {
		for _, f := range dns.Fields(typ) {
			data[f.Name] = ""
			if f.Number && f.Name != "flags" {
				data[f.Name] = 0
			}
		}
	}
	attributes := map[string]any{
		"id": r.ID, "zone_id": "000000000000000000000000000000aa", "name": dns.RelativeName(r.Name, "example.com"), "hostname": r.Name,
		"type": r.Type, "ttl": r.TTL, "proxied": r.Proxied, "comment": r.Comment, "tags": r.Tags, "data": []any{}, "priority": nil,
		"allow_overwrite": false, "metadata": map[string]any{}, "value": nil, "content": r.SendContent(),
	}
	if r.Type == dns.MX {
		attributes["priority"] = r.Priority
	}
	if fields := r.Data(); fields != nil {
		for name, v := range fields {
			data[name] = v
		}
		if n, ok := fields["flags"].(int); ok {
			data["flags"] = fmt.Sprint(n)
		}
		if r.Type == dns.URI {
			attributes["priority"], data["priority"] = fields["priority"], 0
		}
		attributes["data"], attributes["content"] = []any{data}, "not what counts"
	}
	return attributes
}

// terraformV5 returns the attributes of a record as provider 5 writes them. If dynamic is set, values of
// dynamic type come with their type, as in a state.
func terraformV5(r dns.Record, dynamic bool) map[string]any {
	attributes := terraformV4(r)
	for _, name := range []string{"value", "hostname", "allow_overwrite", "metadata"} {
		delete(attributes, name)
	}
	attributes["name"] = r.Name
	attributes["ttl"] = json.Number(fmt.Sprintf("%e", float64(r.TTL)))
	attributes["settings"] = r.Settings
	attributes["private_routing"] = r.PrivateRouting
	attributes["data"] = nil
	if data := r.Data(); data != nil {
		if r.Type == dns.URI {
			delete(data, "priority")
		}
		if flags, ok := data["flags"]; ok && dynamic {
			data["flags"] = map[string]any{"value": flags, "type": "number"}
		}
		attributes["data"] = data
	}
	return attributes
}

func TestTerraformRoundTrip(t *testing.T) {
	state := func(typ string, attributes func(dns.Record) map[string]any) func(dns.Zone) string {
		return func(z dns.Zone) string {
			var instances []any
			for i, r := range z.Records {
				instances = append(instances, map[string]any{"index_key": fmt.Sprint(i), "attributes": attributes(r)})
			}
			resource := map[string]any{"mode": "managed", "type": typ, "name": "this", "instances": instances}
			text, err := json.MarshalIndent(resource, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			return terraformStateOf(string(text), terraformZone5)
		}
	}
	v4 := func(r dns.Record) dns.Record {
		r.Settings, r.PrivateRouting = dns.Settings{}, false
		return r
	}
	same := func(r dns.Record) dns.Record { return r }

	t.Run("provider 4", func(t *testing.T) { checkRoundTrip(t, Terraform, v4, state("cloudflare_record", terraformV4)) })
	t.Run("provider 5", func(t *testing.T) {
		checkRoundTrip(t, Terraform, same, state("cloudflare_dns_record", func(r dns.Record) map[string]any { return terraformV5(r, true) }))
	})
	t.Run("show", func(t *testing.T) {
		checkRoundTrip(t, Terraform, same, func(z dns.Zone) string {
			resources := []any{map[string]any{"mode": "managed", "type": "cloudflare_zone", "name": "x",
				"values": map[string]any{"id": "000000000000000000000000000000aa", "name": z.Name}}}
			for i, r := range z.Records {
				resources = append(resources, map[string]any{"mode": "managed", "type": "cloudflare_dns_record", "name": "this", "index": i,
					"address": fmt.Sprintf("module.a.cloudflare_dns_record.this[%d]", i), "values": terraformV5(r, false)})
			}
			module := map[string]any{"resources": resources}
			text, err := json.Marshal(map[string]any{"format_version": "1.0", "values": map[string]any{"root_module": map[string]any{
				"child_modules": []any{map[string]any{"child_modules": []any{module}}}}}})
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		})
	})
}

// An error about several records has the address of each.
func TestTerraformConflictNamesAllRecords(t *testing.T) {
	a := terraformResource("cloudflare_dns_record", "a", `"name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1"`)
	b := strings.ReplaceAll(strings.Replace(a, `"name": "a"`, `"name": "b"`, 1), "00ff", "00fe")
	_, diags := readText(Terraform, "example.com", terraformStateOf(terraformZone5, a, b))
	if len(diags) != 1 || !strings.HasPrefix(diags[0].Detail, "cloudflare_dns_record.a, cloudflare_dns_record.b: 2 A records") {
		t.Errorf("diagnostics: %s\nwant one that names both records", spelledOut(diags))
	}
}

func FuzzReadTerraform(f *testing.F) { fuzz(f, Terraform) }

// The migration to provider 5 turns 0 into null, so a null takes the value of the live record.
func TestTerraformTakesNullsFromTheLiveRecord(t *testing.T) {
	srv := terraformResource("cloudflare_dns_record", "srv", `"name": "s", "type": "SRV", "ttl": 1,
		"data": {"port": 5060, "priority": null, "weight": null, "target": "sip.example.com"}`)
	mx := strings.ReplaceAll(terraformResource("cloudflare_dns_record", "mx", `"name": "@", "type": "MX", "ttl": 1, "priority": null,
		"content": "mx.example.net"`), "00ff", "00fe")
	src, diags := readText(Terraform, "example.com", terraformStateOf(terraformZone5, srv, mx))
	if hasErrors(diags) {
		t.Fatal(spelledOut(diags))
	}

	matched := Match(src.Zones[0].Records, []dns.Record{
		{ID: "000000000000000000000000000000ff", Name: "s.example.com", Type: dns.SRV, Content: "10 5 5060 sip.example.com", TTL: 1},
		{ID: "000000000000000000000000000000fe", Name: "example.com", Type: dns.MX, Content: "mx.example.net", Priority: 20, TTL: 1},
	})
	for _, p := range matched.Pairs {
		if p.Live == nil || len(p.Differs()) > 0 {
			t.Errorf("%s differs in %v from its live record %v, want no difference", described(p.Record), p.Differs(), p.Live)
		}
	}
	if len(matched.Pairs) != 2 {
		t.Errorf("Match = %+v, want 2 pairs", matched)
	}
}
