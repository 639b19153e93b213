package render

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/plan"
)

func TestRefusalTitleNamesTheReasonIfNoRequestWasAnswered(t *testing.T) {
	const unset, general = "No Cloudflare API token is set", "Cloudflare refused or could not be reached"
	for name, test := range map[string]struct {
		degraded []plan.Degradation
		want     string
	}{
		"no token":              {[]plan.Degradation{{Title: unset}, {Title: unset}}, unset},
		"different reasons":     {[]plan.Degradation{{Title: unset}, {Title: "No connection to the API"}}, general},
		"an answer":             {[]plan.Degradation{{Title: "Cloudflare's API has a failure", HTTPStatus: 502}}, general},
		"one answer of two":     {[]plan.Degradation{{Title: unset}, {Title: unset, HTTPStatus: 403}}, general},
		"a plan without titles": {[]plan.Degradation{{}}, general},
		"a forged plan file":    {[]plan.Degradation{{Title: "\x1b[31mApplied\u202e"}}, Escape("\x1b[31mApplied\u202e")},
	} {
		if got := RefusalTitle(test.degraded); got != test.want {
			t.Errorf("%s: RefusalTitle = %q, want %q", name, got, test.want)
		}
	}
}

// Users copy the links in the steps from a comment, so Markdown must not change them.
func TestLinksInStepsCanBeCopied(t *testing.T) {
	for _, step := range guidance.For(guidance.Failure{Trouble: guidance.NoCredentials}).Steps {
		shown := mdText(step)
		for _, link := range []string{guidance.NewUserToken, guidance.NewAccountToken} {
			if strings.Contains(step, link) && !strings.Contains(shown, "`"+link+"`") {
				t.Errorf("mdText(step) = %s, want the link %s unchanged in it", shown, link)
			}
		}
	}
	for step, want := range map[string]string{
		"See https://a.example/x.":           "See `https://a.example/x`.",
		"(https://a.example/b), or *that*":   "(`https://a.example/b`), or `*that*`",
		"[x](https://a.example/`b`|c) @me":   "``[x](https://a.example/`b`|c``) `@me`",
		"http://a.example #7 https://":       "`http://a.example` `#7` `https://`",
		"https://a.example/\u202ex<script>y": "`https://a.example/\\u{202e}x<script>y`",
	} {
		if got := mdText(step); got != want {
			t.Errorf("mdText(%q) = %s, want %s", step, got, want)
		}
	}
}
