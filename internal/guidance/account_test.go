package guidance_test

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

func TestTokenVariables(t *testing.T) {
	for account, want := range map[string]string{
		"":        "CLOUDFLARE_API_TOKEN",
		"eu":      "CLOUDFLARE_API_TOKEN_EU",
		"eu-shop": "CLOUDFLARE_API_TOKEN_EU_SHOP",
		"eu_shop": "CLOUDFLARE_API_TOKEN_EU_SHOP",
	} {
		if got := guidance.TokenVariable(account); got != want {
			t.Errorf("TokenVariable(%q) = %q, want %q", account, got, want)
		}
		if got := guidance.TokenFileVariable(account); got != want+"_FILE" {
			t.Errorf("TokenFileVariable(%q) = %q, want %q", account, got, want+"_FILE")
		}
	}
}

// The guidance for an account must never send the user to the default account's variables.
func TestGuidanceForAnAccountNamesItsVariable(t *testing.T) {
	named := 0
	for _, e := range guidance.All() {
		f := guidance.Failure{Trouble: e.Trouble, Status: e.From, Named: "eu"}
		if len(e.Codes) > 0 {
			f.Code, f.Message = e.Codes[0], e.Says+e.Mentions
		}
		got := guidance.For(f)
		for _, text := range append(got.Steps, got.Causes...) {
			named += strings.Count(text, "CLOUDFLARE_API_TOKEN_EU")
			if rest := strings.ReplaceAll(text, "CLOUDFLARE_API_TOKEN_EU", ""); strings.Contains(rest, "CLOUDFLARE_API_TOKEN") {
				t.Errorf("%s: the guidance for account eu names the default account's variable: %q", got.Title, text)
			}
		}
	}

	if named == 0 {
		t.Error("no text names CLOUDFLARE_API_TOKEN_EU, so this test checks nothing")
	}
}
