package dns

import (
	"encoding/base64"
	"strings"
)

// compact removes the white space that long encoded values are broken with.
func compact(s string) string {
	if !strings.ContainsAny(s, " \t\r\n") {
		return s
	}
	return strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(s)
}

// canonicalHex reads hexadecimal digits and writes them in lower case without
// spaces.
func canonicalHex(s string) (canonical, why string) {
	s = strings.ToLower(compact(s))
	switch bad := strings.Trim(s, "0123456789abcdef"); {
	case s == "":
		return "", "it is empty"
	case strings.HasPrefix(s, "0x"):
		return "", "write hexadecimal digits alone, without 0x"
	case strings.Contains(s, ":"):
		return "", "write the hexadecimal digits without colons between them"
	case bad != "":
		return "", "only the hexadecimal digits 0-9 and a-f may be in it"
	case len(s)%2 != 0:
		return "", "it has an odd number of hexadecimal digits, so that one is missing or too many"
	}
	return s, ""
}

// canonicalBase64 reads base64 (RFC 4648, section 4) and writes it without
// spaces. Decoding and encoding again settles the bits behind the last byte.
func canonicalBase64(s string) (canonical, why string) {
	s = compact(s)
	if s == "" {
		return "", "it is empty"
	}
	if strings.HasPrefix(s, "-----BEGIN") {
		return "", "write the base64 text alone, without the lines BEGIN and END"
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", "it is not base64: letters, digits, + and /, padded with = to a multiple of four characters"
	}
	return base64.StdEncoding.EncodeToString(b), ""
}

func canonicalPGP(s string) (string, *Problem) {
	key, why := canonicalBase64(s)
	if why != "" {
		return "", fault("base64", AttrContent, "Invalid key",
			"%s is not the key of an OPENPGPKEY record: %s.", Show(s), why)
	}
	return key, nil
}
