package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretsOfBackendsAreKnown(t *testing.T) {
	for _, name := range []string{"password", "secret_key", "secret_access_key", "access_key", "session_token", "sse_customer_key", "client_private_key_pem"} {
		if !SecretAttribute(name) {
			t.Errorf("%s passes for harmless", name)
		}
	}
	for _, name := range []string{"key", "path", "bucket", "account_id", "conn_str", "address", "username", "kms_key_id", "lock_method"} {
		if SecretAttribute(name) {
			t.Errorf("%s passes for a secret", name)
		}
	}
	for value, want := range map[string]bool{
		"postgres://me:pw@db/x": true, "https://u:p@h/state?x=1": true, "postgres://me:p%zz@db/x": true, "host=db password=pw": true, "host=db PASSWORD = 'pw'": true,
		"postgres://me@db/x?password=pw": true, "postgres://me@db/x?sslmode=require&sslpassword=pw": true, " postgres://me:pw@db/x": true, "postgres://me:p/w@db/x": true,
		"https://h/state?private_token=glpat-x": true, "https://h/state?ref=main;X-Amz-Signature=00": true, "https://me@h/state?%73ig=00": true, "https://h/state#access_token=x": true,
		"https://h/state?api_key=x": true, "https://h/state?auth=x": true, "user=me pwd=pw": true,
		"postgres://me@db/x?sslmode=verify-full&sslkey=/home/me/key.pem&passfile=/home/me/pass": false, "postgres://me@db/x?require_auth=scram-sha-256": false,
		"https://h/state?ref=main&page=1": false, "https://h/state?token=": false,
		"postgres://me@db/x": false, "https://h/state": false, "dns/cfplan.state.json": false, "a@b": false, "https://h/a:b@c": false, "": false,
	} {
		if CarriesSecret(value) != want {
			t.Errorf("CarriesSecret(%q) = %v", value, !want)
		}
	}
}

func TestBackendFilesAreReadAndNeverShown(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ name, text, want, says string }{
		{"a.hcl", "bucket = \"dns\"\nretries = 3\n# a comment\nlock = true\n", "map[bucket:dns lock:true retries:3]", ""},
		{"a.json", `{"bucket": "dns"}`, "map[bucket:dns]", ""},
		{"empty.hcl", "", "map[]", ""},
		{"block.hcl", "backend \"s3\" {\n  secret = \"hunter2\"\n}\n", "", "Unexpected \"backend\" block"},
		{"twice.hcl", "a = \"hunter2\"\na = \"hunter2\"\n", "", "already set"},
		{"cut.hcl", "password = \"hunter2", "", "Unterminated"},
		{"cut.json", `{"password": "hunter2`, "", "JSON"},
		{"word.json", "{\n  \"password\": hunter2hunter2\n}", "", "may quote a sensitive value"},
		{"twice.json", "{\"a\": \"hunter2\",\n\"a\": \"hunter2\"}", "", "already set"},
		{"bare.hcl", "password = hunter2hunter2()", "", "not allowed"},
		{"colon.hcl", "password : \"hunter2\"", "", "password"},
		{"none.hcl", "password \"hunter2\"", "", "nvalid"},
		{"heredoc.hcl", "key = <<EOT\nhunter2=\nx = \"hunter2\"\nEOT\nkey = 1\nb = [", "", "already set"},
		{"list.hcl", "password = [\"hunter2\"]", "", "string"},
		{"call.hcl", "password = file(\"hunter2\")", "", "unction"},
		{"missing.hcl", "", "", "no such file"},
	} {
		path := filepath.Join(dir, c.name)
		if c.name != "missing.hcl" {
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		attrs, files, diags := BackendFile(c.name, path)
		shown := describeDiagnostics(t, files, diags)
		if strings.Contains(shown, "hunter2") {
			t.Errorf("%s: the value is shown:\n%s", c.name, shown)
		}
		if c.says != "" && !strings.Contains(shown, c.says) || c.says == "" && (diags.HasErrors() || fmt.Sprint(attrs) != c.want) {
			t.Errorf("%s: %v\n%s", c.name, attrs, shown)
		}
	}
}
