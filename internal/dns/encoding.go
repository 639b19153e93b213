package dns

import (
	"encoding/base64"
	"strings"
)

// compact removes all white space. People use it to break long encoded values into lines.
func compact(s string) string {
	if !strings.ContainsAny(s, " \t\r\n") {
		return s
	}
	return strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(s)
}

// canonicalHex returns hexadecimal digits in lower case without spaces.
func canonicalHex(s string) (canonical, why string) {
	s = strings.ToLower(compact(s))
	switch bad := strings.Trim(s, "0123456789abcdef"); {
	case s == "":
		return "", "it is empty"
	case strings.HasPrefix(s, "0x"):
		return "", "write only hexadecimal digits, without 0x"
	case strings.Contains(s, ":"):
		return "", "write the hexadecimal digits without colons between them"
	case bad != "":
		return "", "it may have only the hexadecimal digits 0-9 and a-f"
	case len(s)%2 != 0:
		return "", "it has an odd number of hexadecimal digits, so one is missing or there is one too many"
	}
	return s, ""
}

// canonicalBase64 returns base64 (RFC 4648, section 4) without white space. It decodes the text and
// encodes it again, so that unused bits after the last byte become zero.
func canonicalBase64(s string) (canonical, why string) {
	s = compact(s)
	if s == "" {
		return "", "it is empty"
	}
	if strings.HasPrefix(s, "-----BEGIN") {
		return "", "write only the base64 text, without the lines BEGIN and END"
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
