package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// secretParts are words that mark an attribute as secret if its name contains one of them.
var secretParts = []string{"password", "passphrase", "secret", "token", "access_key", "customer_key", "private_key"}

// SecretAttribute reports whether the value of a backend's attribute with that name is secret.
func SecretAttribute(name string) bool {
	return slices.ContainsFunc(secretParts, func(part string) bool {
		return strings.Contains(strings.ToLower(name), part)
	})
}

// CarriesSecret reports whether a value contains a secret. Such a value is a URL with a password, a URL with a
// token or key in its query, or a connection string with a password.
func CarriesSecret(value string) bool {
	value = strings.TrimSpace(value)
	u, err := url.Parse(value)
	if err != nil && passwordInURL.MatchString(value) {
		return true
	}
	if err == nil && u.User != nil {
		if _, with := u.User.Password(); with {
			return true
		}
	}
	return passwordInside.MatchString(value) || secretInQuery(value)
}

var (
	// passwordInside finds the passwords of connection strings.
	passwordInside = regexp.MustCompile(`(?i)(pass(word|wd|phrase)?|pwd)\s*=`)
	// passwordInURL finds passwords in URLs that cannot be parsed, often because of a character in
	// the password.
	passwordInURL = regexp.MustCompile(`(?i)^[a-z][a-z0-9+.-]*://[^/?#]*:.*@`)
	// queryField matches a name in a query or a fragment, with the beginning of its value.
	queryField = regexp.MustCompile(`[?&;#]([^=?&;#\s]+)=[^&;#\s]`)
	// secretField matches the names of fields whose values are secret.
	secretField = regexp.MustCompile(`(?i)pass(word|wd|phrase)?$|pwd|token|secret|key|` +
		`sig$|signature|auth|credential|bearer|jwt`)
)

// plainFields are fields of PostgreSQL's URLs that are not secret although their names match secretField.
var plainFields = []string{"sslkey", "sslkeylogfile", "require_auth"}

func secretInQuery(value string) bool {
	return slices.ContainsFunc(queryField.FindAllStringSubmatch(value, -1), func(m []string) bool {
		name, err := url.QueryUnescape(m[1])
		if err != nil {
			name = m[1]
		}
		return secretField.MatchString(name) && !slices.Contains(plainFields, strings.ToLower(name))
	})
}
