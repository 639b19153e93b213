package config

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// inZone returns a file with one zone that contains the given text.
func inZone(text string) string { return `{"zone": {"example.com": {` + text + `}}}` }

// inRecord returns a file with one record of the given type that contains the given text.
func inRecord(typ, text string) string {
	return inZone(`"record": {"` + typ + `": {"www": {` + text + `}}}`)
}

// The schema and cfplan must agree about each file.
func TestEditorSchemaAndLoadAgree(t *testing.T) {
	s := compileEditorSchema(t)
	for _, c := range []struct {
		name, text string
		fits       bool
	}{
		{"$schema", `{"$schema": "` + editorSchemaURL + `", ` + inRecord("A", `"content": "192.0.2.1"`)[1:], true},
		{"$schema in a list of objects", `[{"$schema": "./config.schema.json"}, ` + inZone(`"id": null`) + `]`, true},
		{"$schema elsewhere", inZone(`"$schema": "x"`), false},
		{"comments", `{"//": "a", "zone": {"example.com": {"//": ["b"], "defaults": {"//": 1}}}}`, true},
		{"another block", `{"zones": {"example.com": {}}}`, false},
		{"a block of Terraform", `{"resource": {"cloudflare_record": {"www": {}}}}`, false},
		{"a record outside of a zone", `{"record": {"A": {"www": {"content": "192.0.2.1"}}}}`, false},
		{"another root", `"zone"`, false},
		{"a zone that is a text", `{"zone": {"example.com": "x"}}`, false},
		{"a zone without a label", `{"zone": "x"}`, false},
		{"zones in a list", `{"zone": [{"example.com": {}}, {"example.org": [{}, {"id": null}]}]}`, true},
		{"a null zone", `{"zone": {"example.com": null}}`, true},

		{"a misspelled attribute", inRecord("A", `"contnt": "192.0.2.1"`), false},
		{"a misspelled attribute beside content", inRecord("A", `"content": "192.0.2.1", "proxed": true`), false},
		{"an attribute of Terraform", inRecord("A", `"content": "192.0.2.1", "zone_id": "x"`), false},
		{"no value", inRecord("A", `"ttl": 300`), false},
		{"no value in fields", inRecord("SRV", `"priority": 1, "weight": 1, "port": 1`), false},
		{"a type in lower case", inRecord("a", `"content": "192.0.2.1"`), false},
		{"a type that is not writable", inRecord("SOA", `"content": "x"`), false},
		{"an attribute of another type", inRecord("A", `"content": "192.0.2.1", "port": 1`), false},
		{"a null attribute of another type", inRecord("A", `"content": "192.0.2.1", "port": null`), true},
		{"an expression that is null, of another type", inRecord("A", `"content": "192.0.2.1", "port": "${null}"`), true},
		{"fields", inRecord("SRV", `"priority": 1, "weight": "1", "port": "${8080 + 1}", "target": "sip.example.net"`), true},
		{"a field out of range", inRecord("SRV", `"priority": 1, "weight": 1, "port": 65536, "target": "sip.example.net"`), false},
		{"a field that is not a number", inRecord("SRV", `"priority": 1, "weight": 1, "port": "http", "target": "sip.example.net"`), false},
		{"a fraction", inRecord("SRV", `"priority": 1.5, "weight": 1, "port": 80, "target": "sip.example.net"`), false},
		{"a fraction of LOC", inRecord("LOC", `"lat_degrees": 1, "lat_direction": "N", "lat_seconds": 1.5, "long_degrees": 1, "long_direction": "E"`), true},
		{"priority beside the content of SRV", inRecord("SRV", `"priority": 10, "content": "5 5060 sip.example.net"`), true},
		{"several contents", inRecord("A", `"content": ["192.0.2.1", "${"192.0.2.2"}"]`), false}, // not JSON
		{"expressions in a list", inRecord("A", `"content": ["192.0.2.1", "${\"192.0.2.2\"}"]`), true},
		{"content that is an object", inRecord("A", `"content": {"a": "192.0.2.1"}`), false},
		{"a TTL", inRecord("A", `"content": "192.0.2.1", "ttl": "300"`), true},
		{"an automatic TTL", inRecord("A", `"content": "192.0.2.1", "ttl": "auto"`), true},
		{"a TTL with a unit", inRecord("A", `"content": "192.0.2.1", "ttl": "5m"`), false},
		{"a TTL that is too long", inRecord("A", `"content": "192.0.2.1", "ttl": 86401`), false},
		{"a flag that is a text", inRecord("A", `"content": "192.0.2.1", "proxied": "true"`), true},
		{"a flag that is another text", inRecord("A", `"content": "192.0.2.1", "proxied": "yes"`), false},
		{"a flag that is an expression", inRecord("A", `"content": "192.0.2.1", "proxied": "${1 == 1}"`), true},
		{"a directive", inRecord("TXT", `"content": "%{if true}x%{endif}"`), true},
		{"tags that are a text", inRecord("A", `"content": "192.0.2.1", "tags": "a"`), false},
		{"settings", inRecord("A", `"content": "192.0.2.1", "proxied": true, "settings": {"ipv4_only": true}`), true},
		{"settings from an expression", inRecord("A", `"content": "192.0.2.1", "settings": "${null}"`), true},
		{"another setting", inRecord("A", `"content": "192.0.2.1", "proxied": true, "settings": {"ipv5_only": true}`), false},
		{"a data block", inRecord("SRV", `"data": {"port": 1}`), false},
		{"lifecycle", inRecord("A", `"content": "192.0.2.1", "lifecycle": {"prevent_destroy": true, "ignore_changes": "all"}`), true},
		{"adopt", inRecord("A", `"content": "192.0.2.1", "lifecycle": {"adopt": "replace"}`), true},
		{"another adopt", inRecord("A", `"content": "192.0.2.1", "lifecycle": {"adopt": "all"}`), false},
		{"a moved block without its new address", `{"moved": {"from": "example.com/A/x"}}`, false},
		{"a misspelled lifecycle", inRecord("A", `"content": "192.0.2.1", "lifecycle": {"prevent_destruction": true}`), false},
		{"a habit in lifecycle", inRecord("A", `"content": "192.0.2.1", "lifecycle": {"create_before_destroy": true}`), false},
		{"for_each of a list", inRecord("A", `"for_each": ["a"], "content": "192.0.2.1"`), false},
		{"for_each of an object", inRecord("A", `"for_each": {"a": "192.0.2.1"}, "content": "${each.value}"`), true},
		{"count below zero", inRecord("A", `"count": -1, "content": "192.0.2.1"`), false},

		{"the ownership", inZone(`"ownership": "exclusive"`), true},
		{"another ownership", inZone(`"ownership": "mine"`), false},
		{"the ID", inZone(`"id": "023e105f4ecef8ad9ca31a8372d0c353"`), true},
		{"another ID", inZone(`"id": "example"`), false},
		{"a habit in a zone", inZone(`"account_id": "x"`), false},
		{"defaults", inZone(`"defaults": {"ttl": 300, "settings": {"ipv4_only": null}}`), true},
		{"defaults with content", inZone(`"defaults": {"content": "192.0.2.1"}`), false},
		{"ignore", inZone(`"ignore": [{"name": "*"}, {"type": "TXT"}]`), true},
		{"a misspelled ignore", inZone(`"ignore": [{"nam": "*"}]`), false},
		{"limits", inZone(`"limits": {"max_destroy": "30%"}`), true},
		{"dynamic records", inZone(`"dynamic": {"record": {"for_each": ["192.0.2.1"], "labels": ["A", "www"], "content": {"content": "${record.value}"}}}`), true},
		{"a dynamic record without content", inZone(`"dynamic": {"record": {"for_each": ["192.0.2.1"], "labels": ["A", "www"]}}`), false},
		{"a misspelled dynamic record", inZone(`"dynamic": {"record": {"for_each": ["a"], "labels": ["TXT", "www"], "content": {"contnt": "x"}}}`), false},
		{"a dynamic block of another kind", inZone(`"dynamic": {"recrd": {"for_each": [], "content": {}}}`), false},

		{"a variable", `{"variable": {"a": {"type": "list(string)", "default": [], "nullable": false, "validation": {"condition": "${true}", "error_message": "x"}}}}`, true},
		{"a misspelled variable", `{"variable": {"a": {"typ": "string"}}}`, false},
		{"a validation without message", `{"variable": {"a": {"default": 1, "validation": {"condition": "${true}"}}}}`, false},
		{"locals", `{"locals": [{"a": 1}, {"b": {"c": [null]}}]}`, true},
		{"a removed block", `{"removed": [{"from": "example.com/A/x", "lifecycle": {"destroy": false}}, {"from": "module.a"}]}`, true},
		{"a removed block without address", `{"removed": {"lifecycle": {"destroy": false}}}`, false},
		{"a misspelled removed block", `{"removed": {"from": "example.com/A/x", "lifecycle": {"destory": false}}}`, false},
		{"an output", `{"output": {"a": {"value": {"x": "${1 + 1}"}, "sensitive": false}}}`, true},
		{"an output without value", `{"output": {"a": {"description": "x"}}}`, false},
		{"a module without source", `{"module": {"a": {"x": 1}}}`, false},
		{"settings of cfplan", `{"cfplan": {"required_version": ">= 0.1", "scope": {"types": ["A"]}, "backend": {"local": {"path": "x.json"}}}}`, true},
		{"misspelled settings of cfplan", `{"cfplan": {"version": ">= 0.1"}}`, false},
		{"a backend that is a text", `{"cfplan": {"backend": "local"}}`, false},
		{"a scope that is an expression", `{"cfplan": {"scope": {"types": "${[]}"}}}`, false},
		{"accounts", `{"cloudflare": {"email": null, "eu": {}, "us": [{"api_token": null}]}}`, true},
		{"a misspelled token", `{"cloudflare": {"api_tokn": "x"}}`, false},
		{"a misspelled token of an account", `{"cloudflare": {"eu": {"api_tokn": "x"}}}`, false},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			dir := writeFiles(t, []txtar.File{{Name: "main.cf.json", Data: []byte(c.text)}})
			_, _, diags := Load(dir, Options{Version: "0.3.1"})
			if loads := !diags.HasErrors(); loads != c.fits {
				t.Errorf("cfplan loads the file: %v, want %v: %v", loads, c.fits, diags)
			}
			if err := checkBySchema(s, []byte(c.text)); (err == nil) != c.fits {
				t.Errorf("the schema accepts the file: %v, want %v: %v", err == nil, c.fits, err)
			}
		})
	}
}
