package zonefile

import (
	"strings"
	"testing"
	"unicode"

	mdns "github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
)

// hostile contains characters that a terminal or the log of a CI job would obey.
const hostile = "##[error]a\u202eb\u009b31mc\x1bd\u2066e::error::###[f]g\u00adh\U000e0001i\u2028j"

// raw returns a character or command in the text that Write should have escaped, or "" if there is none.
func raw(text string) string {
	for _, r := range text {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return string(r)
		}
	}
	if strings.Contains(text, "##[") {
		return "##["
	}
	return ""
}

func TestWriteEscapesHostileText(t *testing.T) {
	txt, problem := dns.ParseContent(dns.TXT, hostile)
	if problem != nil {
		t.Fatal(problem)
	}
	caa, problem := dns.ParseContent(dns.CAA, `0 issue "ca.example;##[x]`+"\u202e"+`"`)
	if problem != nil {
		t.Fatal(problem)
	}
	z := dns.Zone{
		Name:        "example.com",
		NameServers: []string{"ada.ns.cloudflare.com", hostile, "x\n##[error]"},
		Records: []dns.Record{
			{Name: "a.example.com", Type: dns.TXT, Content: txt.Content, TTL: 1, Comment: hostile, Tags: []string{"k:" + hostile, "plain:##[", "team:web"}},
			{Name: "b.example.com", Type: dns.CAA, Content: caa.Content, TTL: 1, Comment: "#" + hostile + "#"},
			{Name: "c.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 1, ManagedBy: hostile},
			{Name: hostile, Type: dns.A, Content: hostile, TTL: 1},
			{Name: "d.example.com", Type: "##[x]", Content: hostile, TTL: 1},
		},
	}

	var why strings.Builder
	text := written(t, z, WriteOptions{Withheld: func(_ dns.Record, s string) { why.WriteString(s) }})
	if r := raw(text); r != "" {
		t.Errorf("Write does not escape %q in\n%s", r, text)
	}
	if r := raw(why.String()); r != "" {
		t.Errorf("Withheld gets the reason %s, in which %q is not escaped", why.String(), r)
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("the line %q begins with a command for a CI runner", line)
		}
	}

	entries, problems := Parse(strings.NewReader(text), Options{Zone: z.Name})
	if len(problems) > 0 || len(entries) != 2 {
		t.Fatalf("Parse returns %d records and the problems %v, want 2 records", len(entries), problems)
	}
	for i, want := range z.Records[:2] {
		got := entries[i].Record
		sameTags := strings.Join(got.Tags, ",") == strings.Join(want.Tags, ",")
		if got.Content != want.Content || got.Comment != want.Comment || !sameTags {
			t.Errorf("record %d is read back as %+v, want %+v", i, got, want)
		}
	}
	if strings.Count(text, "\tNS\t") != 1 {
		t.Errorf("Write writes not exactly one name server:\n%s", text)
	}

	// Another parser must read the same values.
	for rest := range strings.Lines(text) {
		if !strings.HasPrefix(rest, "a\t") {
			continue
		}
		rr, err := mdns.NewRR("$ORIGIN example.com.\n" + rest)
		if err != nil {
			t.Fatal(err)
		}
		wire := make([]byte, 4096)
		n, err := mdns.PackRR(rr, wire, 0, nil, false)
		if err != nil || !strings.Contains(strings.ReplaceAll(string(wire[:n]), "\x00", ""), hostile) {
			t.Errorf("miekg/dns reads %q, %v, want a value with %q", wire[:n], err, hostile)
		}
	}
}

func TestWriteEscapesHostileTextOfEveryZone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t)
		for i := range z.Records {
			if rapid.Bool().Draw(t, "hostile") {
				z.Records[i].Comment += hostile
			}
		}
		var b strings.Builder
		if err := Write(&b, z, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if r := raw(b.String()); r != "" {
			t.Fatalf("Write does not escape %q in\n%s", r, b.String())
		}
	})
}

func TestVisible(t *testing.T) {
	for s, want := range map[string]string{
		`"plain" 10 host.example.com.`: `"plain" 10 host.example.com.`,
		`"日本 ü \" \\ \010"`:            `"日本 ü \" \\ \010"`,
		`"##[x]"`:                      `"\035#[x]"`,
		`"\##[x]"`:                     `"\035#[x]"`,
		`"###[x]"`:                     `"#\035#[x]"`,
		`"\\##[x]"`:                    `"\\\035#[x]"`,
		"\"\\\u202e\"":                 `"\226\128\174"`,
		"\"\\":                         "\"\\",
	} {
		if got := visible(s); got != want {
			t.Errorf("visible(%q) = %q, want %q", s, got, want)
		}
	}
}
