package secret

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ByText returns why a file with this name and content must not be read: because it is a state or a saved plan,
// or because it looks like credentials. It returns "" if there is no reason.
func ByText(name string, text []byte) string {
	if reason := DocumentByText(text); reason != "" {
		return reason
	}

	ext := strings.ToLower(filepath.Ext(name))
	if (ext == ".pem" || ext == ".key") && !isPublic(text) {
		return "its name is that of a private key, and it is not a certificate or a public key"
	}
	return credentialsIn(withoutNULs(text))
}

// mark recognizes a credential. credentialsIn searches for the literal first, because a regular expression alone
// would take seconds for a large file.
type mark struct {
	literal string
	form    *regexp.Regexp // nil if the literal is enough
	reason  string
}

const (
	privateKey = "it has a private key in it"
	token      = "it has an access token in it"
)

// marks recognize credentials by their form. Secrets without a form of their own, such as passwords, can be
// recognized only by the name of the file.
var marks = []mark{
	{"PRIVATE KEY", regexp.MustCompile(`-----? ?BEGIN [A-Z0-9 ]*PRIVATE KEY`), privateKey},
	{"PuTTY-User-Key-File-", nil, privateKey},
	{"Private-key-format:", nil, privateKey},
	{"AGE-SECRET-KEY-", nil, privateKey},
	{"AGE-PLUGIN-", regexp.MustCompile(`AGE-PLUGIN-[A-Z0-9-]+1[0-9A-Z]{6}`), privateKey},
	{"BEGIN ARGO TUNNEL TOKEN", nil, token},
	{`"TunnelSecret"`, nil, token},
	{"cf", regexp.MustCompile(`\bcf(ut|at|k|oat)_[A-Za-z0-9_-]{30}`), token},
	{"gh", regexp.MustCompile(`\bgh[oprsu]_[A-Za-z0-9]{30}`), token},
	{"github_pat_", regexp.MustCompile(`github_pat_[A-Za-z0-9_]{20}`), token},
	{"glpat-", regexp.MustCompile(`glpat-[A-Za-z0-9_-]{20}`), token},
	{"aws_secret_access_key", nil, token},
	{"AWS_SECRET_ACCESS_KEY", nil, token},
	{"CLOUDFLARE_API_", regexp.MustCompile(`CLOUDFLARE_API_(TOKEN|KEY)["']?[ \t]*[:=]`), token},
	{"xtra", regexp.MustCompile(`(?i)extraheader[ \t]*=[ \t]*"?authorization:`), token},
}

func credentialsIn(text []byte) string {
	for _, m := range marks {
		if bytes.Contains(text, []byte(m.literal)) && (m.form == nil || m.form.Match(text)) {
			return m.reason
		}
	}
	return ""
}

// withoutNULs turns ASCII in UTF-16 into plain ASCII. Some programs write keys in UTF-16.
func withoutNULs(text []byte) []byte {
	if bytes.IndexByte(text, 0) < 0 {
		return text
	}
	return bytes.ReplaceAll(text, []byte{0}, nil)
}

var dnsKey = regexp.MustCompile(`\b(DNSKEY|KEY|CDNSKEY)[ \t]+[0-9]+[ \t]+[0-9]+[ \t]+[0-9]+[ \t]`)

// isPublic reports whether a .pem or .key file contains only public parts: certificates or public keys in PEM,
// a public key in plain base64, the public key of DKIM, or the DNSKEY record that dnssec-keygen writes.
func isPublic(text []byte) bool {
	if bytes.Contains(text, []byte("v=DKIM1")) || dnsKey.Match(text) {
		return true
	}
	if der, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(text), nil))); err == nil {
		_, err := x509.ParsePKIXPublicKey(der)
		return err == nil
	}

	found := false
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if !slices.Contains(publicBlocks, block.Type) {
			return false
		}
		found = true
	}
	return found
}

var publicBlocks = []string{
	"CERTIFICATE", "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST", "PUBLIC KEY", "RSA PUBLIC KEY",
	"TRUSTED CERTIFICATE", "X509 CRL",
}

// documents are the JSON files that cfplan and Terraform write. Each is recognized by the keys of its outermost
// object.
var documents = []struct {
	keys   []string
	reason string
}{
	{[]string{"cfplan_version", "format_version"}, "it is a saved plan"},
	{[]string{"lineage", "serial"}, "it is a state"},
	{[]string{"serial", "snapshots", "version"}, "it contains the snapshots of a state"},
	{[]string{"at", "plan", "serial"}, "it is from the history of a state"},
}

// DocumentByText returns why a text must not be read if it is a state, the snapshots or history of a state, or a
// saved plan, even one that is cut off. Otherwise it returns "".
func DocumentByText(text []byte) string {
	if !slices.ContainsFunc([]string{"cfplan_version", "lineage", "snapshots", "plan"}, func(key string) bool {
		return bytes.Contains(text, []byte(`"`+key+`"`))
	}) {
		return ""
	}

	keys := topKeys(text)
	for _, d := range documents {
		if !slices.ContainsFunc(d.keys, func(key string) bool { return !keys[key] }) {
			return d.reason
		}
	}
	return ""
}

// topKeys returns the keys of the outermost JSON object, up to the point where the text becomes unreadable.
func topKeys(text []byte) map[string]bool {
	out := map[string]bool{}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return out
	}

	for dec.More() {
		key, err := dec.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return out
		}
		out[name] = true

		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return out
		}
	}
	return out
}
