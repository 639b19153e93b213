package render

import "testing"

func TestMarkdownSentencesKeepTheirWords(t *testing.T) {
	for in, want := range map[string]string{
		"Mail of spf.example.com may be refused.":        "Mail of `spf.example.com` may be refused.",
		"_dmarc.example.com, *.example.com: (see below)": "`_dmarc.example.com`, `*.example.com`: (see below)",
		"Ask @admin about #7, GH-8 or deadbee.":          "Ask `@admin` about `#7`, `GH-8` or `deadbee`.",
		"It's the SSL/TLS mode, isn't it?":               "It's the SSL/TLS mode, isn't it?",
		"HTTP status 403 at 23:00 on 2026-03-03, 30%":    "HTTP status 403 at 23:00 on 2026-03-03, 30%",
		`(30 %, 6), 5 % or %"a milestone"`:               "(30 %, 6), 5 % or `%\"a` milestone\"",
		"a commit 1234567 is a number 123456":            "a commit `1234567` is a number 123456",
		"1. is no list":                                  `1\. is no list`,
		"test -n \"$TOKEN\" && echo set.":                "test `-n` \"`$TOKEN`\" `&&` echo set.",
		"$x$ and :tada: and [^1] and ~bug":               "`$x$` and `:tada`: and `[^1]` and `~bug`",
		"two.example.com three.example.com":              "`two.example.com three.example.com`",
		"bücher.example and Bücher":                      "`bücher.example` and Bücher",
		"line\nbreak \u202e":                             "`line\\nbreak \\u{202e}`",
		"":                                               "",
	} {
		if got := mdText(in); got != want {
			t.Errorf("mdText(%q) = %s, want %s", in, got, want)
		}
	}
}

// A pipe ends a cell of GitHub's tables even in code, unless a single backslash comes before it.
func TestPipesInCodeDoNotEndACell(t *testing.T) {
	for in, want := range map[string]string{
		"a":       "`a`",
		"a|b":     "`a\\|b`",
		"`|`":     "`` `\\|` ``",
		`a\|b`:    "<code>a&#92;&#124;b</code>",
		`\|@a <b`: "<code>&#92;&#124;<span>@</span>a &#60;b</code>",
		`a\`:      "`a\\`",
		" ":       "` `",
		" a ":     "`  a  `",
		"":        "`\"\"`",
	} {
		if got := cellCode(in); got != want {
			t.Errorf("cellCode(%q) = %s, want %s", in, got, want)
		}
	}
}
