package lang

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

// spf writes an SPF record (RFC 7208). Terms that cost no lookup come first, so that receivers try them
// first.
func spf(a *attributes) string {
	words := []string{"v=spf1"}
	add := func(prefix string, values []string) {
		for _, v := range values {
			words = append(words, prefix+v)
		}
	}
	add("ip4:", a.networks("ip4", 4))
	add("ip6:", a.networks("ip6", 16))
	words = append(words, a.hosts("a")...)
	words = append(words, a.hosts("mx")...)
	add("include:", a.domains("include", a.list("include")))
	add("exists:", a.domains("exists", a.list("exists")))

	all, redirect := a.qualifiedAll(), a.text("redirect")
	switch {
	case all == "" && redirect == "":
		a.fail(`all is missing: "~all" marks mail from other servers as suspicious, "-all" asks receivers to refuse it`)
	case all != "" && redirect != "":
		a.fail("all and redirect exclude each other: receivers ignore redirect after all")
	case all != "":
		words = append(words, all)
	default:
		add("redirect=", a.domains("redirect", []string{redirect}))
	}
	a.boundLookups(words)
	return strings.Join(words, " ")
}

// mostLookups is the number of terms of an SPF record that receivers look up. If the record has more, the
// whole record is an error (RFC 7208, section 4.6.4). The terms of included records count too, but spf
// does not know them.
const mostLookups = 10

// boundLookups fails if the terms of this record alone need more lookups than receivers make.
func (a *attributes) boundLookups(words []string) {
	n := 0
	for _, word := range words {
		name, _, _ := strings.Cut(strings.Replace(word, "=", ":", 1), ":")
		switch name {
		case "a", "mx", "include", "exists", "redirect":
			n++
		}
	}
	if n > mostLookups {
		a.fail("%d terms need a lookup, and receivers refuse a record with more than %d (RFC 7208): leave some out, "+
			"or write addresses as ip4 and ip6", n, mostLookups)
	}
}

// qualifiedAll returns the mechanism all with its qualifier, such as -all.
func (a *attributes) qualifiedAll() string {
	all := a.text("all")
	switch all {
	case "", "-all", "~all", "?all", "+all":
	default:
		a.fail(`all is "-all", "~all" or "?all", not %s`, dns.Show(all))
	}
	return all
}

// networks returns the terms for the addresses and prefixes in an attribute. Their addresses must have size
// bytes: 4 for IPv4, 16 for IPv6.
func (a *attributes) networks(name string, size int) []string {
	list := a.list(name)
	for _, s := range list {
		address, err := netip.ParseAddr(s)
		if prefix, err2 := netip.ParsePrefix(s); err2 == nil {
			address, err = prefix.Addr(), nil
		}
		if err != nil || address.Zone() != "" || address.BitLen() != 8*size {
			a.fail("%s has %s, which is not an IPv%s address or network", name, dns.Show(s), name[len(name)-1:])
		}
	}
	return list
}

// hosts returns the terms of a mechanism whose name is optional: `mx = true` gives mx, for the record's own
// name, and `mx = ["example.net"]` gives mx:example.net.
func (a *attributes) hosts(name string) []string {
	v, ok := a.take(name)
	if ok && v.Type() == cty.Bool {
		if v.True() {
			return []string{name}
		}
		return nil
	}

	var out []string
	for _, host := range a.domains(name, a.list(name)) {
		out = append(out, name+":"+host)
	}
	return out
}

// domains checks names in an SPF record. It does not check names with a macro (RFC 7208, section 7), because
// only the receiver can expand it.
func (a *attributes) domains(name string, list []string) []string {
	for _, s := range list {
		host := strings.TrimSuffix(s, ".")
		switch {
		case strings.ContainsAny(s, " \t\r\n"):
			a.fail("%s has %s, which has white space in it", name, dns.Show(s))
		case strings.Contains(s, "%{"):
		case !strings.Contains(host, "."):
			a.fail("%s has %s, which is not a full domain", name, dns.Show(s))
		default:
			if why := dns.HostFault(host); why != "" {
				a.fail("%s has %s, which is not a domain: %s", name, dns.Show(s), why)
			}
		}
	}
	return list
}

// dmarc writes a DMARC record (RFC 7489, section 6.3).
func dmarc(a *attributes) string {
	words := []string{"v=DMARC1"}
	add := func(name, value string) {
		if value != "" {
			words = append(words, name+"="+value)
		}
	}

	policy := a.oneOf("p", "none", "quarantine", "reject")
	if policy == "" {
		a.fail(`p is missing: "none" only asks for reports, "quarantine" and "reject" protect the domain`)
	}
	add("p", policy)
	add("sp", a.oneOf("sp", "none", "quarantine", "reject"))
	add("np", a.oneOf("np", "none", "quarantine", "reject"))
	add("pct", a.whole("pct", 100))
	add("adkim", a.oneOf("adkim", "r", "s"))
	add("aspf", a.oneOf("aspf", "r", "s"))
	add("fo", a.failureOptions())
	add("ri", a.whole("ri", 1<<32-1))
	add("rua", a.reports("rua"))
	add("ruf", a.reports("ruf"))
	return strings.Join(words, "; ")
}

// oneOf returns an attribute that must be one of the choices, or "" if it is not set.
func (a *attributes) oneOf(name string, choices ...string) string {
	s := a.text(name)
	for _, c := range append(choices, "") {
		if s == c {
			return s
		}
	}
	a.fail("%s must be one of %s, not %s", name, strings.Join(choices, ", "), dns.Show(s))
	return s
}

// whole returns an attribute that must be a whole number from 0 to most, as text, or "" if it is not set.
func (a *attributes) whole(name string, most uint64) string {
	s := a.text(name)
	if s == "" {
		return ""
	}
	if n, err := strconv.ParseUint(s, 10, 64); err != nil || n > most {
		a.fail("%s must be a whole number from 0 to %d, not %s", name, most, dns.Show(s))
	}
	return s
}

// failureOptions returns the tag fo, which says when receivers report a failure.
func (a *attributes) failureOptions() string {
	list := a.list("fo")
	for _, s := range list {
		switch s {
		case "0", "1", "d", "s":
		default:
			a.fail("fo can contain 0, 1, d and s, not %s", dns.Show(s))
		}
	}
	return strings.Join(list, ":")
}

// inURI escapes the characters that would end an address for reports (RFC 7489, section 6.2), and the
// semicolon, which would end the tag.
var inURI = strings.NewReplacer(",", "%2C", "!", "%21", ";", "%3B")

// reports returns the addresses for reports in an attribute. The attribute may omit mailto:.
func (a *attributes) reports(name string) string {
	list := a.list(name)
	for i, s := range list {
		address := strings.TrimPrefix(s, "mailto:")
		local, domain, ok := strings.Cut(address, "@")
		if !ok || local == "" || dns.HostFault(domain) != "" || strings.ContainsAny(local, " \t\r\n") {
			a.fail("%s has %s, which is not a mail address such as dmarc@example.com", name, dns.Show(s))
		}
		list[i] = "mailto:" + inURI.Replace(local) + "@" + domain
	}
	return strings.Join(list, ",")
}

// maxKey is the greatest length of a public key, in bytes. An RSA key of 8,192 bits has 1,400.
const maxKey = 16 << 10

// dkim writes a DKIM key record (RFC 6376, section 3.6.1; RFC 8463 for Ed25519) for a public
// key in PEM or in Base64.
func dkim(key string) (string, error) {
	der, err := keyBytes(key)
	if err != nil {
		return "", err
	}

	kind, der, err := keyKind(der)
	if err != nil {
		return "", err
	}
	return "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(der), nil
}

func keyBytes(key string) ([]byte, error) {
	if len(key) > maxKey {
		return nil, fmt.Errorf("the key has %d bytes, which is too long for a public key", len(key))
	}
	if strings.Contains(key, "PRIVATE KEY-----") {
		return nil, errors.New(
			"this is a private key, which must not be published; openssl pkey -pubout makes its public key")
	}

	if block, _ := pem.Decode([]byte(key)); block != nil {
		return block.Bytes, nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(key), ""))
	if err != nil || len(der) == 0 {
		return nil, errors.New("a public key in PEM (BEGIN PUBLIC KEY) or in Base64 is required")
	}
	return der, nil
}

// minRSA is the length of the shortest RSA key that verifiers may accept, in bits (RFC 8301, section 3.2).
const minRSA = 1024

// keyKind returns the kind of a key (rsa or ed25519), and its bytes in the form that a DKIM record needs.
func keyKind(der []byte) (kind string, _ []byte, err error) {
	if len(der) == ed25519.PublicKeySize {
		return "ed25519", der, nil
	}

	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		if key, err = x509.ParsePKCS1PublicKey(der); err != nil {
			return "", nil, errors.New("this is not an RSA or Ed25519 public key")
		}
	}
	switch key := key.(type) {
	case ed25519.PublicKey:
		return "ed25519", key, nil
	case *rsa.PublicKey:
		if key.N.BitLen() < minRSA {
			return "", nil, fmt.Errorf("the RSA key has %d bits, and verifiers do not accept fewer than %d",
				key.N.BitLen(), minRSA)
		}
		// Verifiers expect the key in its SubjectPublicKeyInfo envelope, as openssl writes it.
		der, err = x509.MarshalPKIXPublicKey(key)
		return "rsa", der, err
	}
	return "", nil, errors.New("DKIM supports only RSA and Ed25519 keys")
}
