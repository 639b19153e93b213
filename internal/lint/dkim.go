package lint

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// DKIMKey returns the public key of a DKIM record (RFC 6376, section 3.6.1) in base64 without
// blanks. An empty key means that the key is revoked. ok is false if the text has no key.
func DKIMKey(text string) (key string, ok bool) {
	tags, _ := parseTags(text)
	key, ok = find(tags, "p")
	return withoutBlanks.Replace(key), ok
}

// DKIMSelector reports whether a name contains the label _domainkey, as the names of DKIM keys do (RFC
// 6376, section 3.6.2).
func DKIMSelector(name string) bool { return strings.Contains(name, "._domainkey.") }

// keyPlace reports whether verifiers look for a DKIM key at the record's name. They do not at names
// such as _adsp._domainkey, which have other purposes (RFC 5617).
func (c *checker) keyPlace() bool {
	return c.Type == dns.TXT && DKIMSelector(c.Name) && !strings.HasPrefix(c.Name, "_")
}

func (c *checker) checkDKIM(text string) {
	// A key may be at any name if other domains point at it with CNAMEs. Such a name usually contains dkim.
	if !c.keyPlace() && !strings.Contains(c.Name, "dkim") {
		c.caution("dkim-name", dns.AttrName, "DKIM key out of place",
			"Verifiers do not look for a DKIM key at %s. Its place is SELECTOR._domainkey below the signing domain.",
			dns.Show(c.Name))
	}

	tags, why := parseTags(text)
	if _, ok := find(tags, "v"); why == "" && ok {
		why = wrongVersion(tags, "DKIM1")
	}
	if why == "" {
		why = dkimFault(tags)
	}
	if why == "" {
		why = c.checkKey(tags)
	}
	c.malformed("dkim", "DKIM key", why)
}

// dkimFault says what is wrong with the tags other than the key, or returns "". It ignores unknown
// tags, as verifiers do (RFC 6376, section 3.6.1).
func dkimFault(tags []tag) string {
	for _, t := range tags {
		switch {
		case t.name == "k" && t.value != "rsa" && t.value != "ed25519":
			return "The tag k must be rsa or ed25519, not " + dns.Show(t.value) + "."
		case t.name == "h" && !listOf(t.value, ":", "sha1", "sha256"):
			return "The tag h must be sha256 or sha1, not " + dns.Show(t.value) + "."
		case t.name == "s" && !listOf(t.value, ":", "*", "email"):
			return "The tag s must be email or *, not " + dns.Show(t.value) + "."
		}
	}
	return ""
}

// minRSA is the length of the shortest RSA key that verifiers may accept, in bits (RFC 8301).
const minRSA = 1024

// checkKey says why the key itself cannot be used, or returns "". It also reports a short key. An
// empty key is valid: it is revoked.
func (c *checker) checkKey(tags []tag) (why string) {
	p, ok := find(tags, "p")
	if !ok {
		return "It has no key: add p=KEY with the key in base64, or an empty p= to revoke the key."
	}

	key, err := base64.StdEncoding.DecodeString(withoutBlanks.Replace(p))
	if err != nil {
		return "The tag p is not base64: write the key alone, without the lines BEGIN and END."
	}

	kind, _ := find(tags, "k")
	if kind == "ed25519" && len(key) != 0 && len(key) != ed25519.PublicKeySize {
		return "An ed25519 key has " + strconv.Itoa(ed25519.PublicKeySize) + " bytes; this one has " +
			strconv.Itoa(len(key)) + "."
	}

	if rsaKey, ok := readRSA(key); ok && kind != "ed25519" && rsaKey.N.BitLen() < minRSA {
		c.caution("dkim-weak", dns.AttrContent, "Short DKIM key",
			"The key of %s has %d bits. Verifiers must not accept RSA keys below %d.",
			dns.Show(c.Name), rsaKey.N.BitLen(), minRSA)
	}
	return ""
}

// withoutBlanks removes white space. People use it to break long keys into lines.
var withoutBlanks = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "")

// readRSA parses an RSA key in the two forms that common tools write: in an envelope (PKIX), as
// openssl does, or bare (PKCS #1).
func readRSA(der []byte) (*rsa.PublicKey, bool) {
	if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		out, ok := key.(*rsa.PublicKey)
		return out, ok
	}
	out, err := x509.ParsePKCS1PublicKey(der)
	return out, err == nil
}
