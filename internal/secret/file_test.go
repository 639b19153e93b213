package secret_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/secret"
)

func TestByPath(t *testing.T) {
	for _, path := range []string{
		".git", ".git/config", "sub/.GIT/config", ".cfplan/backend.json", "home/.aws/config", ".ssh/known_hosts",
		".env", ".ENV", "a/.env.production", "prod.env", ".netrc", ".pgpass", ".npmrc", "credentials", "a/credentials.csv",
		"secrets.yaml", "id_rsa", "id_ed25519_sk", "id_rsa.bak", "store.p12", "putty.ppk", "terraform.tfstate",
		"terraform.tfstate.backup", "terraform.tfstate.1700000000.backup", "x.tfplan", "cfplan.state.json",
		"cfplan.state.json.backup", "cfplan.state.snapshots.json", ".cfplan.state.json.lock.info",
	} {
		if secret.ByPath(path) == "" {
			t.Errorf("ByPath(%q) = \"\", want a reason", path)
		}
	}

	for _, path := range []string{
		".", "main.cf.hcl", "zones/example.com.zone", "dkim.pub", "dkim.pem", "mail.key", "records.yaml", "hosts.csv", "data.json",
		"id_rsa.pub", ".env.example", "env", "environment.json", "gitconfig.txt", "secrets.zone", "state.json", "git/config",
		".github/zones.json", "secretary.yaml", "credentials.md", "prod.cfvars",
	} {
		if reason := secret.ByPath(path); reason != "" {
			t.Errorf("ByPath(%q) = %q, want no reason", path, reason)
		}
	}
}

func TestByText(t *testing.T) {
	keys := pair(t)
	token := strings.Repeat("0123456789", 4)
	utf16 := strings.Join(strings.Split("-----BEGIN EC PRIVATE KEY-----", ""), "\x00")
	refused := map[string]string{
		"key":                  keys.private,
		"indented.yaml":        "key: |\n  " + strings.ReplaceAll(keys.private, "\n", "\n  "),
		"utf16.txt":            utf16,
		"putty.txt":            "PuTTY-User-Key-File-3: ssh-ed25519\n",
		"Kexample.com.private": "Private-key-format: v1.3\n",
		"age.txt":              "# public key: age1\nAGE-SECRET-KEY-1QQQQ\n",
		"token.txt":            "cfut_" + token + "01234567\n",
		"account.csv":          "name,token\nx,cfat_" + token + "\n",
		"global.txt":           "cfk_" + token,
		"github.txt":           "ghp_" + token,
		"fine-grained.txt":     "github_pat_" + token,
		"gitlab.txt":           "glpat-" + token,
		"aws.ini":              "[default]\naws_secret_access_key = x\n",
		"deploy.sh":            "export CLOUDFLARE_API_TOKEN=abc\n",
		"compose.yaml":         "environment:\n  CLOUDFLARE_API_KEY: abc\n",
		"gitconfig":            "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic eDp5\n",
		"tunnel.json":          `{"AccountTag":"x","TunnelSecret":"y"}`,
		"noise.pem":            "neither this nor that",
		"both.pem":             keys.public + keys.private,
		"raw.key":              base64.StdEncoding.EncodeToString([]byte("thirty-two bytes of a shared key")),
		"plan.txt":             "{\n  \"format_version\": \"1.0\",\n  \"cfplan_version\": \"0.1.0\",\n  \"zones\": []\n}",
		"cut-plan.json":        `{"format_version": "1.0", "cfplan_version": "0.1.0", "zones": [{"na`,
		"other-order.json":     "\ufeff" + ` {"zones": [1], "cfplan_version": "0.1.0", "format_version": "9.0"}`,
		"state.json":           `{"version": 2, "lineage": "x", "serial": 1, "zones": {}}`,
		"terraform.json":       `{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x"}`,
		"encrypted.json":       `{"format_version": 1, "lineage": "x", "serial": 1, "encrypted": "age", "data": ""}`,
		"seen.json":            `{"version": 1, "serial": 1, "snapshots": {}}`,
		"history.json":         `{"serial": 4, "at": "2026-01-01T00:00:00Z", "plan": {}}`,
	}
	for name, text := range refused {
		if secret.ByText(name, []byte(text)) == "" {
			t.Errorf("ByText(%q, %q) = \"\", want a reason", name, text)
		}
	}

	bare := strings.Join(strings.Split(strings.TrimSpace(keys.public), "\n")[1:3], "\n")
	readable := map[string]string{
		"empty.txt":        "",
		"dkim.txt":         "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
		"dkim.key":         "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
		"public.pem":       keys.public,
		"public.key":       keys.public,
		"bare.key":         bare,
		"Kexample.com.key": "; This is a key-signing key\nexample.com. IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0d\n",
		"records.yaml":     "records:\n  - {name: token, type: TXT, content: \"cf_verify=1\"}\n",
		"hosts.csv":        "name,address\nwww,192.0.2.1\n",
		"data.json":        `{"version": 1, "serial": 2026010101, "zones": {"lineage": 1}}`,
		"wrangler.json":    `{"plan": "free", "serial": 1}`,
		"prose.txt":        "Keep your private key safe. BEGIN. CLOUDFLARE_API_TOKEN is a variable.",
		"list.json":        `[{"lineage": "x", "serial": 1}]`,
		"example.com.zone": "www 300 IN A 192.0.2.1 ; cf_tags=cf-proxied:true\n",
		"short.txt":        "cfut_example",
	}
	for name, text := range readable {
		if reason := secret.ByText(name, []byte(text)); reason != "" {
			t.Errorf("ByText(%q, %q) = %q, want no reason", name, text, reason)
		}
	}
}

type keyPair struct{ private, public string }

func pair(t *testing.T) keyPair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}

	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}

	return keyPair{
		private: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
		public:  string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})),
	}
}

func TestIsValues(t *testing.T) {
	for name, want := range map[string]bool{"prod.cfvars": true, "x.auto.cfvars.json": true, "terraform.TFVARS": true, "vars.json": false, "cfvars": false} {
		if got := secret.IsValues(name); got != want {
			t.Errorf("IsValues(%q) = %v, want %v", name, got, want)
		}
	}
}

// A reason is shown to the author of a pull request, so it must not quote the file.
func TestReasonsQuoteNothing(t *testing.T) {
	for _, text := range []string{"ghp_" + strings.Repeat("Zq9", 12), "-----BEGIN RSA PRIVATE KEY-----\nZq9"} {
		if reason := secret.ByText("x", []byte(text)); reason == "" || strings.Contains(reason, "Zq9") {
			t.Errorf("ByText(%q) = %q, want a reason without the text", text, reason)
		}
	}
}
