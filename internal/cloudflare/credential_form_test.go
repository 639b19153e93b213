package cloudflare

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	hex37  = "0123456789abcdef0123456789abcdef01234"
	token4 = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_Ab"
)

func TestCredentialsAreRecognizedByTheirForm(t *testing.T) {
	for _, test := range []struct {
		given Credentials
		kind  CredentialKind
		says  string // part of the only observation; "" for none
	}{
		{Credentials{}, NoCredential, ""},
		{Credentials{Token: token4}, OldToken, ""},
		{Credentials{Token: "cfut_" + token4 + "0123abcd"}, UserToken, ""},
		{Credentials{Token: "cfat_" + token4 + "0123abcd"}, AccountToken, ""},
		{Credentials{Token: "cfoat_" + token4}, OAuthToken, "OAuth token"},
		{Credentials{Token: "cfut_short"}, UserToken, "cut short"},
		{Credentials{Token: token4 + "\n"}, OldToken, "line break around it"},
		{Credentials{Token: "Bearer " + token4}, UnknownToken, "begins with the name of the scheme"},
		{Credentials{Token: token4[:20] + " " + token4[21:]}, UnknownToken, "white space inside"},
		{Credentials{Token: token4[:39]}, UnknownToken, "has 39 characters"},
		{Credentials{Token: hex37}, UnknownToken, "form of a global API key"},
		{Credentials{Token: "cfk_" + token4}, UnknownToken, "form of a global API key"},
		{Credentials{Key: hex37, Email: "who@example.com"}, GlobalKey, ""},
		{Credentials{Key: "cfk_" + token4, Email: "who@example.com"}, GlobalKey, ""},
		{Credentials{Key: token4, Email: "who@example.com"}, GlobalKey, "form of an API token"},
		{Credentials{Key: hex37[:30], Email: "who@example.com"}, GlobalKey, "has 30 characters"},
	} {
		if got := test.given.Kind(); got != test.kind {
			t.Errorf("kind of %q = %s, want %s", test.given.Token+test.given.Key, got, test.kind)
		}
		got := test.given.Observations()
		if test.says == "" && len(got) > 0 || test.says != "" && (len(got) != 1 || !strings.Contains(got[0], test.says)) {
			t.Errorf("observations of %q = %q, want one about %q", test.given.Token+test.given.Key, got, test.says)
		}
	}

	for _, text := range []string{"<your token>", "your-api-token", "$CLOUDFLARE_API_TOKEN", "${{ secrets.TOKEN }}", "changeme", "xxxxxxxx", "put-token-here", "null"} {
		if got := strings.Join((Credentials{Token: text}).Observations(), " "); !strings.Contains(got, "placeholder") {
			t.Errorf("observations of %q = %q, want one about a placeholder", text, got)
		}
	}

	if got := strings.Join((Credentials{Token: `"` + token4 + `"`}).Observations(), " "); !strings.Contains(got, "quotation mark") {
		t.Errorf("observations of a token in quotation marks = %q, want one about the quotation mark", got)
	}
}

// Observations must not contain any useful part of a credential.
func TestObservationsKeepTheSecret(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`(cfut_|cfat_|cfk_|Bearer |")?[A-Z0-9 _=+-]{4,60}[\n ]?`).Draw(t, "secret")
		for _, c := range []Credentials{{Token: secret}, {Key: secret, Email: "WHO@EXAMPLE.COM"}} {
			told := strings.Join(c.Observations(), "\n") + string(c.Kind())
			core := strings.TrimLeft(secret, `cfutakBer_ "`)
			for i := 0; i+4 <= len(core); i++ {
				part := core[i : i+4]
				name := strings.Contains("CLOUDFLARE_API_TOKEN CLOUDFLARE_API_KEY CLOUDFLARE_EMAIL", part)
				if strings.TrimSpace(part) != "" && strings.Contains(told, part) && !name {
					t.Fatalf("the observations %q contain the part %q of the credential", told, part)
				}
			}
		}
	})
}

// If a refusal may be due to the credential, the first cause is an oddity of the credential.
func TestOddityIsTheFirstCause(t *testing.T) {
	s := serve(t, chain(400, 6003, "Invalid request headers", 6111, "Invalid format for Authorization header"),
		refusal(403, 9109, "Cannot use the access token from location: 203.0.113.7"))
	c := s.client(func(o *Options) { o.Credentials = Credentials{Token: "Bearer " + token4} })
	_, err := c.Records(t.Context(), zoneID)
	if cause := asError(t, err).Guidance().Cause(); !strings.Contains(cause, "name of the scheme") {
		t.Errorf("cause of 6111 = %q, want the oddity of the token", cause)
	}
	_, err = c.Records(t.Context(), zoneID)
	if cause := asError(t, err).Guidance().Cause(); strings.Contains(cause, "name of the scheme") {
		t.Errorf("cause of a refused address = %q, want no oddity, because Cloudflare knows the token", cause)
	}
}
