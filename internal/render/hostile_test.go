package render_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// pieces are the texts from which genHostile builds attacks.
var pieces = []string{
	"a", "example.com", "\x1b[31m", "\x1b]0;title\x07", "\x9b31m", "\u009b", "\x00", "\x7f", "\r", "\n", "\t", "\xff", "\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff",
	"`", "```", "|", "\\", " ", "\\|", "www.example.com", "a@example.com", "deadbeefdeadbeef", "GH-7", "GHSA-cfgh-jmpq-rvwx", "acme/dns#7", "!7", "~bug", ":tada:", "1.", "[^1]", "mailto:a@b.c", "\"", "<script>", "</details>", "<!--", "-->", "@here", "#1", "[x](javascript:alert(1))", "https://example.com", "::error::x", "##[error]x", "##", "#[", "&lt;", "*", "_", "$x$", "\n# heading\n", "\n+ fake",
}

func genHostile() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, "pieces"), "")
	})
}

func hostilePlan(t *rapid.T) *plan.Plan {
	s := func(label string) string { return genHostile().Draw(t, label) }
	values := func(label string) *plan.Values {
		return &plan.Values{
			Content: s(label),
			TTL:     300,
			Comment: s(label + " comment"),
			Tags:    []string{s(label + " tag")},
		}
	}

	change := plan.Change{Action: plan.Update, Address: s("address"), Type: dns.Type(s("type")), Name: s("name"),
		RecordID: "1",
		Before:   values("before"), After: values("after"), Reason: s("reason"),
		Risks: []plan.Risk{{
			Level: plan.RiskLevel(s("level")),
			Rule:  s("rule"),
			Text:  s("risk"),
			Check: s("check"),
		}},
		DeclaredAt: &plan.Position{File: s("file"), Line: 1}}

	gone := change
	gone.Action, gone.After = plan.Destroy, nil
	z := plan.Zone{
		Drift:   []plan.Change{change, gone},
		Name:    s("zone"),
		Source:  plan.Source{Kind: plan.SourceCache},
		Changes: []plan.Change{change, gone},
		Summary: plan.Summary{Change: 1, Destroy: 1},
	}
	p := plan.New("0.1.0", made, []plan.Zone{z}, []plan.Degradation{{Zone: s("refused zone"), Code: 1,
		Message: s("message"), Cause: s("cause"),
		Guidance: []string{s("step")}, RayID: s("ray")}}, nil)

	p.Zones = append(p.Zones, plan.Zone{
		Name:    s("unread zone"),
		Source:  plan.Source{Kind: plan.SourceCache},
		Summary: plan.Summary{NotRefreshed: 1},
	})
	return p
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// visible fails if a text contains a character that a terminal interprets instead of showing it.
func visible(t *rapid.T, out string) {
	if !utf8.ValidString(out) {
		t.Fatalf("the output is not UTF-8: %q", out)
	}
	for _, r := range out {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Fatalf("the output has an unescaped %U: %q", r, out)
		}
	}
}

// commands fails if a text has more than n commands for GitHub's runner. The runner looks for :: at the beginning
// of a line, after spaces, and for ##[ anywhere.
func commands(t *rapid.T, out string, n int) {
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			n--
		}
		if n < 0 || strings.Contains(line, "##[") {
			t.Fatalf("the line %q is a command for GitHub's runner", line)
		}
	}
}

func TestAnnotationsAreOneCommandEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := hostilePlan(t)
		p.Zones[0].Changes[0].Risks[0].Level = plan.HighRisk
		p.Zones[0].Changes[1].Risks = []plan.Risk{{Level: plan.MediumRisk, Text: genHostile().Draw(t, "text")}}
		var b bytes.Buffer
		if err := render.GitHubAnnotations(&b, p, func(f string) string { return f }); err != nil {
			t.Fatal(err)
		}

		visible(t, b.String())
		commands(t, b.String(), 3)
		for _, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
			properties, _, _ := strings.Cut(strings.TrimPrefix(line, "::"), "::")
			if strings.Count(properties, "title=") != 1 || strings.Count(properties, ",") > 2 {
				t.Fatalf("a value became a property of the command: %q", line)
			}
		}
	})
}

func rendered(t *rapid.T, p *plan.Plan, color bool) string {
	var b bytes.Buffer
	if err := render.Text(&b, p, render.TextOptions{Color: color}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNothingInAPlanReachesTheTerminalRaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := hostilePlan(t)
		plain := rendered(t, p, false)
		visible(t, plain)
		colored := rendered(t, p, true)
		visible(t, sgr.ReplaceAllString(colored, ""))
		if sgr.ReplaceAllString(colored, "") != plain {
			t.Fatalf("the text with color differs from the text without:\n%q\n%q", colored, plain)
		}

		for _, c := range p.Zones[0].Changes {
			if line := render.Line(c); strings.Contains(line, "\n") {
				t.Fatalf("Line has a line break: %q", line)
			}
			commands(t, plain, 0)
		}
	})
}

func TestEscapeWritesOutInvisibleCharacters(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"plain", "plain"}, {"bücher 日本", "bücher 日本"}, {"a\nb\tc\r", `a\nb\tc\r`}, {"\x1b[31m", `\u{1b}[31m`},
		{"\xff", `\xff`}, {"\u202egnp", `\u{202e}gnp`}, {"a\u200bb", `a\u{200b}b`}, {"\u00a0", `\u{a0}`}, {"\u0085", `\u{85}`},
		{"##[error]x", `\u{23}#[error]x`}, {"###[x]", `#\u{23}#[x]`}, {"# ## #[", "# ## #["},
	} {
		if got := render.Escape(tt.in); got != tt.want {
			t.Errorf("Escape(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := render.EscapeText("a\n\tb\x1b"); got != "a\n\tb\\u{1b}" {
		t.Errorf("EscapeText = %q, want the line break and the tab kept", got)
	}
}

func TestEscapeTextEscapesCommands(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"::error::x", `\u{3a}:error::x`}, {"a\n  ::error::x", "a\n  \\u{3a}:error::x"}, {"a ::b", "a ::b"}, {"2001:db8::1", "2001:db8::1"},
	} {
		if got := render.EscapeText(tt.in); got != tt.want {
			t.Errorf("EscapeText(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, p := range pieces {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range render.Escape(s) {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) ||
				r == utf8.RuneError && !strings.ContainsRune(s, utf8.RuneError) {
				t.Errorf("Escape(%q) leaves %U unescaped", s, r)
			}
		}
	})
}

func TestMaskKeepsOffsets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := genHostile().Draw(t, "source")
		out := string(render.Mask([]byte(in)))
		if len(out) != len(in) {
			t.Fatalf("Mask(%q) = %q, want the same length", in, out)
		}
		visible(t, strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(out))
		if strings.Contains(out, "##[") {
			t.Fatalf("Mask(%q) = %q, want no ##[ in it", in, out)
		}
	})
}
