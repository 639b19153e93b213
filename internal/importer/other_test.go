package importer

import (
	"path/filepath"
	"strings"
	"testing"
)

// An empty want means that otherKind leaves the file to the format's reader.
func TestFilesOfOtherKindsAreNamed(t *testing.T) {
	const zone = "$TTL 300\n@ IN A 192.0.2.1\n"
	for name, tt := range map[string]struct {
		text  string
		kind  Kind
		want  string
		isDir bool
	}{
		"a directory":                {kind: BIND, isDir: true, want: "is a directory. -from=bind reads one file"},
		"a split zone":               {kind: OctoDNS, isDir: true},
		"nothing":                    {text: " \n\n", kind: CSV, want: "is empty, not a CSV table. The command that wrote it may have failed."},
		"a web page":                 {text: "<!DOCTYPE html>\n<html>", kind: Route53, want: "a web page"},
		"a spreadsheet":              {text: "PK\x03\x04\x00", kind: CSV, want: "Save the table as CSV"},
		"gzip":                       {text: "\x1f\x8b\x08\x00", kind: BIND, want: "compressed with gzip"},
		"UTF-16":                     {text: "\xff\xfe{\x00", kind: Route53, want: "encoded in UTF-16"},
		"age":                        {text: "age-encryption.org/v1\n", kind: Terraform, want: "Decrypt it first"},
		"an encrypted state":         {text: `{"serial":1,"encrypted_data":"x"}`, kind: Terraform, want: "tofu state pull"},
		"a plan":                     {text: `{"terraform_version":"1.9","planned_values":{}}`, kind: Terraform, want: "a Terraform plan"},
		"a state":                    {text: `{"version":4,"terraform_version":"1.9"}`, kind: Terraform},
		"a state, wrong format":      {text: `{"version":4,"terraform_version":"1.9"}`, kind: DNSControl, want: "-from=terraform"},
		"a .tf file":                 {text: "# mine\nresource \"cloudflare_record\" \"www\" {\n}\n", kind: Terraform, want: "terraform state pull"},
		"a zone file, to csv":        {text: zone, kind: CSV, want: "is a zone file, not a CSV table. Read it with -from=bind."},
		"a zone file, to octodns":    {text: "@ 60 IN SOA a. b. 1 2 3 4 5\n", kind: OctoDNS, want: "-from=bind"},
		"a zone file":                {text: zone, kind: BIND},
		"a table, to bind":           {text: "Type;Name;Value\n", kind: BIND, want: "-from=csv"},
		"a table":                    {text: "\ufeff\"name\",\"type\",content\r\n$TTL 1,A,x\r\n", kind: CSV},
		"YAML, to bind":              {text: "---\n# zone\n'':\n  type: A\n", kind: BIND, want: "-from=octodns"},
		"YAML":                       {text: "# a\n\nwww:\n  type: A\n", kind: OctoDNS},
		"JSON, to bind":              {text: `{"a": 1}`, kind: BIND, want: "is JSON, not a zone file. Export the zone"},
		"JSON":                       {text: `[]`, kind: Cloudflare},
		"Route 53, to cloudflare":    {text: `{"ResourceRecordSets": []}`, kind: Cloudflare, want: "-from=route53"},
		"hosted zones":               {text: `{"HostedZones": []}`, kind: Route53, want: "list of hosted zones"},
		"Cloudflare, to Route 53":    {text: `{"success":true,"errors":[],"result":[]}`, kind: Route53, want: "-from=cloudflare"},
		"a script":                   {text: "var REG = NewRegistrar(\"none\");\n", kind: DNSControl, want: "dnscontrol print-ir --out FILE"},
		"records of a zone file":     {text: "www 300 A 192.0.2.1\n", kind: BIND},
		"a value that looks like it": {text: `[{"content":"\"planned_values\" \"encrypted_data\""}]`, kind: Cloudflare},
		"something else":             {text: "hello world\n", kind: Terraform},
	} {
		t.Run(name, func(t *testing.T) {
			d, other := otherKind(Input{Name: "x.dat", Text: []byte(tt.text), IsDir: tt.isDir}, tt.kind)
			if other != (tt.want != "") || other && !strings.Contains(d.Detail, tt.want) {
				t.Errorf("otherKind(%q, %s) = %q, %v; want %q", tt.text, tt.kind, d.Detail, other, tt.want)
			}
		})
	}
}

// otherKind must not refuse a sample of the format itself.
func TestSamplesAreNotOfAnotherKind(t *testing.T) {
	paths, err := filepath.Glob("testdata/samples/*/*.want.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no samples: %v", err)
	}
	for _, path := range paths {
		dir := filepath.Dir(path)
		source := filepath.Join(dir, readWanted(t, path).Source)
		if d, other := otherKind(openInput(t, source), Kind(filepath.Base(dir))); other {
			t.Errorf("%s: %s; want no error", source, d.Detail)
		}
	}
}
