package cloudflare

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// CredentialKind is the kind of a credential, judged by its form alone (see Cloudflare's documentation of
// token formats, 2026).
type CredentialKind string

const (
	NoCredential CredentialKind = "no credential"
	UserToken    CredentialKind = "a user's API token"
	AccountToken CredentialKind = "an account's API token"
	// OAuthToken belongs to another tool, such as wrangler, which renews it every few hours.
	OAuthToken CredentialKind = "an OAuth token of another tool"
	// OldToken has a form that does not show whether it belongs to a user or to an account.
	OldToken     CredentialKind = "an API token of the older form"
	UnknownToken CredentialKind = "an API token of an unknown form"
	GlobalKey    CredentialKind = "a global API key"
)

var (
	oldToken = regexp.MustCompile(`^[A-Za-z0-9_-]{40}$`)
	oldKey   = regexp.MustCompile(`^[0-9a-f]{37,45}$`)
	// placeholder matches values from examples, and texts that some CI systems leave in place of an unset
	// variable.
	placeholder = regexp.MustCompile(`(?i)^(<.*>|\[.*\]|\$.*|\{\{.*|%.*%|your[-_ ].*|.*[-_ ]here|change[-_ ]?me|` +
		`x+|\*+|token|api[-_ ]?token|null|undefined|none)$`)
)

// Kind returns the kind of the credential. An unknown form may still be valid: Cloudflare has changed the
// forms before.
func (c Credentials) Kind() CredentialKind {
	t := strings.TrimSpace(c.Token)
	switch {
	case t == "" && c.Key == "":
		return NoCredential
	case t == "":
		return GlobalKey
	case strings.HasPrefix(t, "cfut_"):
		return UserToken
	case strings.HasPrefix(t, "cfat_"):
		return AccountToken
	case strings.HasPrefix(t, "cfoat_"):
		return OAuthToken
	case oldToken.MatchString(t):
		return OldToken
	default:
		return UnknownToken
	}
}

// Observations returns sentences about oddities in the form of the credential, or nil if there are none. They
// contain no part of the credential except its length.
func (c Credentials) Observations() []string {
	if c.Token != "" {
		return append(oddities("token", c.Token), tokenOddities(strings.TrimSpace(c.Token))...)
	}
	if c.Key != "" {
		return append(oddities("key", c.Key), keyOddities(strings.TrimSpace(c.Key))...)
	}
	return nil
}

// oddities returns sentences about oddities that a token and a key can both have.
func oddities(what, given string) []string {
	var out []string
	say := func(odd bool, format string, args ...any) {
		if odd {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}

	s := strings.TrimSpace(given)
	say(s != given,
		"The %s has white space or a line break around it, which cfplan removes; other tools may not.", what)
	say(placeholder.MatchString(s), "The %s is a placeholder, or a text in place of an unset variable.", what)
	say(len(s) > 1 && strings.ContainsAny(s[:1], `"'`),
		"The %s begins with a quotation mark, which does not belong to it.", what)

	scheme := strings.HasPrefix(strings.ToLower(s), "bearer ")
	say(scheme, "The %s begins with the name of the scheme (Bearer), which does not belong to it.", what)
	say(!scheme && strings.IndexFunc(s, unicode.IsSpace) >= 0,
		"The %s has white space inside. It may be two values or a sentence.", what)
	say(strings.IndexFunc(s, func(r rune) bool { return r > '~' }) >= 0,
		"The %s has characters beyond ASCII. No %[1]s of Cloudflare has such characters.", what)
	return out
}

func tokenOddities(t string) []string {
	switch {
	case strings.HasPrefix(t, "cfk_"), oldKey.MatchString(t):
		return []string{"The token has the form of a global API key, which belongs in CLOUDFLARE_API_KEY, " +
			"with CLOUDFLARE_EMAIL."}
	case strings.HasPrefix(t, "cfoat_"):
		return []string{"The token is an OAuth token (cfoat_…), which belongs to another tool, such as wrangler. " +
			"cfplan needs an API token."}
	case strings.HasPrefix(t, "cfut_"), strings.HasPrefix(t, "cfat_"):
		if len(t) <= len("cfut_")+40 {
			return []string{fmt.Sprintf("The token has only %d characters. Tokens of its form have more. "+
				"It may be cut short.", len(t))}
		}
	case !oldToken.MatchString(t) && len(t) != 40 && !strings.ContainsAny(t, " \t\n"):
		return []string{fmt.Sprintf("The token has %d characters. A token of the older form has 40, and newer tokens "+
			"have another beginning. It may be cut short or have something appended.", len(t))}
	}
	return nil
}

func keyOddities(k string) []string {
	token := strings.HasPrefix(k, "cfut_") || strings.HasPrefix(k, "cfat_") ||
		oldToken.MatchString(k) && !oldKey.MatchString(k)
	if token {
		return []string{"The key has the form of an API token, which belongs in CLOUDFLARE_API_TOKEN, " +
			"without an email address."}
	}
	if !strings.HasPrefix(k, "cfk_") && !oldKey.MatchString(k) && !strings.ContainsAny(k, " \t\n") {
		return []string{fmt.Sprintf("The key has %d characters that do not have the form of a global API key "+
			"(37 to 45 hexadecimal digits, or a newer form). It may be cut short.", len(k))}
	}
	return nil
}
