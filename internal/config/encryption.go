package config

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// secretKey is the beginning of a secret key of age.
const secretKey = "AGE-SECRET-KEY-"

var wholeKey = regexp.MustCompile(`(` + secretKey + `[0-9A-Za-z-]*)`)

// readEncryption reads the encryption block among the blocks. It returns nil if there is none.
func readEncryption(r *report, blocks hcl.Blocks) *Encryption {
	b := single(r, blocks, "encryption")
	if b == nil {
		return nil
	}
	content, diags := b.Body.Content(encryptionSchema)
	r.add(diags...)

	out := &Encryption{Range: b.DefRange}
	for _, a := range sortedAttributes(content.Attributes) {
		if !constantOnly(r, a, "cfplan reads the state before it evaluates anything, so the keys that decrypt it must be constants.") {
			return out
		}
	}
	out.IdentityFile = readIdentityFile(r, content.Attributes["identity_file"])
	out.Recipients = readRecipients(r, content.Attributes["recipients"])
	return out
}

// readRecipients reads a list of public keys. It refuses secret keys.
func readRecipients(r *report, a *hcl.Attribute) []string {
	v := constant(r, a, cty.List(cty.String))
	if v.IsNull() {
		return nil
	}

	places := elementsOf(a.Expr)
	var out []string
	for n, e := range v.AsValueSlice() {
		if e.IsNull() {
			r.errorAt(places.at(n), "Unsuitable value",
				"This list has a null in it. Write public keys, which begin with \"age1\".")
			continue
		}
		if strings.Contains(e.AsString(), secretKey) {
			r.errorAt(places.at(n), "Secret in a configuration file",
				"A recipient is a public key, which begins with \"age1\". "+
					"This is the secret key: anyone who has the file can decrypt the state. "+
					"Create another key with age-keygen, and write the public key that it prints.")
			continue
		}
		out = append(out, e.AsString())
	}
	return out
}

// readIdentityFile reads the path of a file with secret keys. If the value is a secret key itself, it refuses
// and hides the value.
func readIdentityFile(r *report, a *hcl.Attribute) string {
	path := constantText(r, a)
	if !strings.Contains(strings.ToUpper(path), secretKey) {
		return path
	}

	r.hide(a.Expr.Range())
	r.errorAt(a.NameRange, "Secret in a configuration file",
		"identity_file is the path of a file with the secret key. "+
			"This is the key itself: anyone who has the file can decrypt the state. "+
			"Create another key with age-keygen, and write the path of the file that it creates, or set CFPLAN_STATE_IDENTITY.")
	return ""
}
