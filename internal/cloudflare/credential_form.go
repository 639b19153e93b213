package cloudflare

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// CredentialKind is what a credential is, by its form alone (Cloudflare's
// documentation of token formats, 2026).
type CredentialKind string

const (
	NoCredential CredentialKind = "no credential"
	UserToken    CredentialKind = "a user's API token"
	AccountToken CredentialKind = "an account's API token"
	// OAuthToken belongs to another tool, such as wrangler, which renews it every few hours.
	OAuthToken CredentialKind = "an OAuth token of another tool"
	// OldToken is of the form that does not tell whose it is.
	OldToken     CredentialKind = "an API token of the older form"
	UnknownToken CredentialKind = "an API token of an unknown form"
	GlobalKey    CredentialKind = "a global API key"
)

var (
	oldToken = regexp.MustCompile(`^[A-Za-z0-9_-]{40}$`)
	oldKey   = regexp.MustCompile(`^[0-9a-f]{37,45}$`)
	// placeholder is what stands in examples, and what an unset variable leaves
	// behind in some CI systems.
	placeholder = regexp.MustCompile(`(?i)^(<.*>|\[.*\]|\$.*|\{\{.*|%.*%|your[-_ ].*|.*[-_ ]here|change[-_ ]?me|x+|\*+|token|api[-_ ]?token|null|undefined|none)$`)
)

// Kind tells what the credential is. A form that is not known may still be good:
// Cloudflare has changed it before.
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

// Observations are sentences about what is odd in the form of the credential, none
// where nothing is. They hold no part of it but its length.
func (c Credentials) Observations() []string {
	if c.Token != "" {
		return append(oddities("token", c.Token), tokenOddities(strings.TrimSpace(c.Token))...)
	}
	if c.Key != "" {
		return append(oddities("key", c.Key), keyOddities(strings.TrimSpace(c.Key))...)
	}
	return nil
}

// oddities are those that neither kind may have.
func oddities(what, given string) []string {
	var out []string
	say := func(odd bool, format string, args ...any) {
		if odd {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	s := strings.TrimSpace(given)
	say(s != given, "The %s has white space or a line end around it, which cfplan takes off; other tools may not.", what)
	say(placeholder.MatchString(s), "The %s is a placeholder, or what an unset variable left behind.", what)
	say(len(s) > 1 && strings.ContainsAny(s[:1], `"'`), "The %s begins with a quotation mark, which does not belong to it.", what)
	say(strings.HasPrefix(strings.ToLower(s), "bearer "), "The %s begins with the name of the scheme (Bearer), which does not belong to it.", what)
	say(!strings.HasPrefix(strings.ToLower(s), "bearer ") && strings.IndexFunc(s, unicode.IsSpace) >= 0, "The %s has white space inside: it may be two values, or a sentence.", what)
	say(strings.IndexFunc(s, func(r rune) bool { return r > '~' }) >= 0, "The %s has characters beyond ASCII, which none has.", what)
	return out
}

func tokenOddities(t string) []string {
	switch {
	case strings.HasPrefix(t, "cfk_"), oldKey.MatchString(t):
		return []string{"The token has the form of a global API key, which goes into CLOUDFLARE_API_KEY, with CLOUDFLARE_EMAIL."}
	case strings.HasPrefix(t, "cfoat_"):
		return []string{"The token is an OAuth token (cfoat_…), which belongs to another tool, such as wrangler. cfplan needs an API token."}
	case strings.HasPrefix(t, "cfut_"), strings.HasPrefix(t, "cfat_"):
		if len(t) <= len("cfut_")+40 {
			return []string{fmt.Sprintf("The token has only %d characters: those of its form have more. It may be cut short.", len(t))}
		}
	case !oldToken.MatchString(t) && len(t) != 40 && !strings.ContainsAny(t, " \t\n"):
		return []string{fmt.Sprintf("The token has %d characters; one of the older form has 40, and newer ones begin otherwise. It may be cut short or have something added.", len(t))}
	}
	return nil
}

func keyOddities(k string) []string {
	if strings.HasPrefix(k, "cfut_") || strings.HasPrefix(k, "cfat_") || (oldToken.MatchString(k) && !oldKey.MatchString(k)) {
		return []string{"The key has the form of an API token, which goes into CLOUDFLARE_API_TOKEN, without an email address."}
	}
	if !strings.HasPrefix(k, "cfk_") && !oldKey.MatchString(k) && !strings.ContainsAny(k, " \t\n") {
		return []string{fmt.Sprintf("The key has %d characters that are not those of a global API key (37 to 45 hexadecimal digits, or a newer form). It may be cut short.", len(k))}
	}
	return nil
}
