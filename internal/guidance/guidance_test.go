package guidance_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/guidance"
)

func TestEveryEntryIsCompleteAndReadable(t *testing.T) {
	for _, e := range guidance.All() {
		name := e.Name() + ": " + e.Title
		if e.Title == "" || e.Meaning == "" || len(e.Causes) == 0 || len(e.Steps) == 0 ||
			e.Kind == "" || e.Retry == "" || e.Sure == "" || e.Source == "" {
			t.Errorf("%s is incomplete: %+v", name, e)
			continue
		}
		if strings.HasSuffix(e.Title, ".") || len(e.Title) > 80 {
			t.Errorf("title %q is too long or ends with a full stop", e.Title)
		}

		for _, text := range slices.Concat([]string{e.Meaning}, e.Causes, e.Steps) {
			if strings.ContainsAny(text, "{}") {
				t.Errorf("%s: %q has a placeholder that was not filled", name, text)
			}
			if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ":") && !strings.HasSuffix(text, ")") {
				t.Errorf("%s: %q does not end like a sentence", name, text)
			}
		}
	}
}

// If an earlier entry fits every failure that an entry fits, users never see that entry.
func TestForFindsEveryEntry(t *testing.T) {
	for _, e := range guidance.All() {
		f := guidance.Failure{Trouble: e.Trouble, Status: e.From, Message: e.Says + e.Mentions, Needs: e.Needs}
		if e.Trouble == "" && e.From == 0 {
			f.Status = 400
		}
		if e.Codes != nil {
			f.Code = e.Codes[0]
		}
		if e.Chain != 0 {
			f.Chain = []int{e.Chain}
		}
		if got := guidance.For(f); got.Name() != e.Name() || got.When() != e.When() {
			t.Errorf("For(%+v) = %s (%s), which hides %s (%s)", f, got.Name(), got.Title, e.Name(), e.Title)
		}
	}
}

func TestAllKnownCodesHaveAnEntry(t *testing.T) {
	for _, code := range []int{
		0, 6003, 6111, 6103, 6102, 1000, 1001, 9103, 9109, 10000, 9106, 9107, 9110, 10001, 10502, 7003, 7000, 10405,
		7001, 6007, 6008, 1038, 1061, 1003, 1068, 1099,
		81044, 81045, 81053, 81054, 81055, 81056, 81057, 81058, 81059, 81062, 1004, 9000, 9002, 9003, 9004, 9005,
		9006, 9007, 9009, 9021, 9036, 9039, 9041, 9208, 9300, 890190, 1046,
		9008, 9015, 9051, 9100, 9101, 9207, 9313, 83011, 89018, 1006, 1007, 1008, 1009, 1010, 1015, 1020,
		971, 10100, 10300, 429, 500, 502, 503, 520, 524, 401, 403,
	} {
		if len(guidance.Explain(code)) == 0 {
			t.Errorf("Explain(%d) returns no entry, want at least one", code)
		}
	}

	for _, none := range []int{-1, 4711, 200} {
		if got := guidance.Explain(none); len(got) != 0 {
			t.Errorf("Explain(%d) returns %q, want nothing", none, got[0].Title)
		}
	}

	if got := len(guidance.Explain(9109)); got != 6 {
		t.Errorf("Explain(9109) returns %d entries, want 6: one for each of five messages, and one for all others", got)
	}
}

func TestCauseAndStepsNameTheAddress(t *testing.T) {
	for message, want := range map[string]string{
		"Cannot use the access token from location: 203.0.113.7":           "203.0.113.7",
		"Cannot use the access token from location: 2001:DB8::7.":          "2001:db8::7",
		"Cannot use the access token from location: (198.51.100.9), sorry": "198.51.100.9",
		"Cannot use the access token from location: $(rm -rf ~)":           "that Cloudflare's message names",
		"Cannot use the access token from location":                        "that Cloudflare's message names",
	} {
		e := guidance.For(guidance.Failure{Status: 403, Code: 9109, Message: message})
		if !strings.Contains(e.Cause(), want) || !strings.Contains(e.Steps[0], "Add the address "+want+" to") {
			t.Errorf("message %q: cause %q and step %q must both contain %q", message, e.Cause(), e.Steps[0], want)
		}
	}
}

func TestStepsToANewTokenAreComplete(t *testing.T) {
	steps := strings.Join(guidance.For(guidance.Failure{Trouble: guidance.NoCredentials}).Steps, "\n")
	for _, want := range []string{
		guidance.NewUserToken, guidance.NewAccountToken, "My Profile → API Tokens", "Account API Tokens", "Create Token",
		`"Edit zone DNS"`, "Zone → DNS → Edit", "Zone → Zone → Read", `"DNS Write"`, `"Zone Read"`, "Zone Resources",
		"resource rules", "policy", "Client IP Address Filtering", "export CLOUDFLARE_API_TOKEN=",
	} {
		if !strings.Contains(steps, want) {
			t.Errorf("the steps to a new token lack %q:\n%s", want, steps)
		}
	}
}

// The page of the user's tokens does not show an account's token, so the steps must name the account's page first.
func TestStepsForAnAccountsTokenNameTheAccountsPageFirst(t *testing.T) {
	for _, f := range []guidance.Failure{
		{Trouble: guidance.NoCredentials},
		{Status: 403, Code: 9109, Message: "Invalid access token"},
		{Status: 403, Code: 9109, Message: "Cannot use the access token from location: 203.0.113.7"},
		{Status: 403, Code: 10000, Needs: guidance.DNSWrite},
		{Status: 401, Code: 1000},
		{Status: 403},
	} {
		for _, account := range []bool{false, true} {
			f.Account = account
			steps := strings.Join(guidance.For(f).Steps, "\n")
			user, ofAccount := strings.Index(steps, guidance.UserTokens), strings.Index(steps, guidance.AccountTokens)
			if user < 0 || ofAccount < 0 || (ofAccount < user) != account {
				t.Errorf("%+v: the user's page is at byte %d, the account's at %d; want the account's first: %v\n%s",
					f, user, ofAccount, account, steps)
			}
		}
	}
}

func TestStepsNameTheRayIDForSupport(t *testing.T) {
	for _, f := range []guidance.Failure{
		{Status: 400, Code: 4711, RayID: "8f00-AMS"},
		{Status: 502, RayID: "8f00-AMS"},
	} {
		if steps := strings.Join(guidance.For(f).Steps, "\n"); !strings.Contains(steps, "the ray ID 8f00-AMS") {
			t.Errorf("%+v: the steps do not name the ray ID 8f00-AMS: %q", f, steps)
		}
	}
}

func TestCallersCannotChangeTheTable(t *testing.T) {
	for _, change := range []func(e guidance.Entry){
		func(e guidance.Entry) { e.Steps[0] = "changed" },
		func(e guidance.Entry) { e.Causes[0] = "changed" },
		func(e guidance.Entry) { e.Codes[0] = 1 },
	} {
		change(guidance.Explain(9103)[0])
	}
	if e := guidance.Explain(9103)[0]; e.Steps[0] == "changed" || e.Causes[0] == "changed" {
		t.Error("a caller changed the table: Explain must return a copy")
	}
}

// Every answer has guidance. From the answer's message, only an IP address may get into it.
func TestGuidanceTakesOnlyAnAddressFromTheMessage(t *testing.T) {
	beginnings := []string{"", "Invalid access token ", "Cannot use the access token from location: "}
	rapid.Check(t, func(t *rapid.T) {
		mark := rapid.StringMatching(`[A-Z]{12}`).Draw(t, "mark")
		message := rapid.SampledFrom(beginnings).Draw(t, "beginning") + mark + rapid.String().Draw(t, "end")
		f := guidance.Failure{
			Status:  rapid.IntRange(0, 600).Draw(t, "status"),
			Code:    rapid.SampledFrom([]int{0, 9109, 10000, 6003, 1000, 4711, 81058, -5}).Draw(t, "code"),
			Message: message,
			Chain:   rapid.SliceOfN(rapid.SampledFrom([]int{6111, 6103, 6102, 9005}), 0, 3).Draw(t, "chain"),
		}

		e := guidance.For(f)
		all := strings.Join(slices.Concat([]string{e.Title, e.Meaning}, e.Causes, e.Steps), "\n")
		if strings.Contains(all, mark) {
			t.Fatalf("%+v: %q from the message is in the guidance:\n%s", f, mark, all)
		}
	})
}

func TestExplainedByChain(t *testing.T) {
	for code, want := range map[int]bool{6003: true, 6111: false, 1004: false, 9109: false, 10000: false, 0: false} {
		if got := guidance.ExplainedByChain(code); got != want {
			t.Errorf("ExplainedByChain(%d) = %v, want %v", code, got, want)
		}
	}
}
