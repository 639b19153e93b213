package zonefile

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// included returns an Include function that opens files from a map. A file that is not in the map is
// empty.
func included(files map[string]string) func(string) (io.ReadCloser, error) {
	return func(name string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(files[name])), nil
	}
}

// A small file can make a parser read or generate a lot. The test uses the budget of a run, or a smaller one.
func TestBudgetBoundsFilesThatGrow(t *testing.T) {
	includes := map[string]string{"main.zone": "$INCLUDE main.zone\n", "b": strings.Repeat("; comment\n", 100)}
	deep := map[string]string{}
	for i := range 20 {
		deep[fmt.Sprintf("f%d", i)] = fmt.Sprintf("$INCLUDE f%d\n", i+1)
	}
	wide := strings.Repeat("${0,255,d}", 12000)

	for name, tt := range map[string]struct {
		src    string
		with   map[string]string
		budget func(*Budget)
		want   string
		// kept is the largest number of records that Parse may return.
		kept int
	}{
		"generate": {
			src:  "$GENERATE 0-2147483647 a$ 60 A 192.0.2.1\n",
			want: "make more than 100000 records. Narrow the range", kept: maxGenerated,
		},
		"several generates": {
			src:    strings.Repeat("$GENERATE 0-60 a$ 60 A 192.0.2.1\n", 3),
			budget: func(b *Budget) { b.generated = 100 },
			want:   "make more than 100000 records", kept: 100,
		},
		"generate with a large step": {
			src:    "$GENERATE 0-2147483647/21474 a$ 60 A 192.0.2.1\n",
			budget: func(b *Budget) { b.generated = 50 },
			want:   "make more than 100000 records", kept: 50,
		},
		"generate with a large width": {
			src:  "$GENERATE 0-9 a${0,2147483647,d} 60 A 192.0.2.1\n",
			want: "a width up to 255",
		},
		"generate with many widths": {
			src:    "$GENERATE 1-99 a$ 60 TXT " + wide + "\n",
			budget: func(b *Budget) { b.bytes = 1 << 20 },
			want:   "more than 64 MiB",
		},
		"size": {
			src:    strings.Repeat("; comment\n", 200),
			budget: func(b *Budget) { b.bytes = 1000 },
			want:   `With "main.zone", the zone files and the text that they include and generate have more than 64 MiB. Split them`,
		},
		"size of includes": {
			src: strings.Repeat("$INCLUDE b\n", 100), with: includes,
			budget: func(b *Budget) { b.bytes = 5000 },
			want:   `With "b", the zone files and the text that they include and generate have more than 64 MiB`,
		},
		"files": {
			src:    strings.Repeat("$INCLUDE empty\n", 100),
			budget: func(b *Budget) { b.includes = 10 },
			want:   "include more than 10000 files. Put several into one.",
		},
		"a circle": {
			src: "$INCLUDE main.zone\n$INCLUDE a\n", with: map[string]string{"a": "\n$INCLUDE ./x/../b\n", "b": "$INCLUDE a"},
			want: `"a" includes itself: "a" includes "b" includes "a".`,
		},
		"depth": {
			src: "$INCLUDE f0\n", with: deep,
			want: `more than 8 deep here. Include "f7" from`,
		},
		"a long path": {src: "$INCLUDE " + strings.Repeat("x", 5000) + "\n", want: "too long for a path"},
		"records": {
			src:    strings.Repeat("a 60 A 192.0.2.1\n", 100),
			budget: func(b *Budget) { b.records = 10 },
			want:   `With "main.zone", the zone files have more than 500000 records. Split them`, kept: 10,
		},
		"records that are skipped": {
			src:    strings.Repeat("@ SOA x\n@ NS ada.ns.cloudflare.com.\n", 50),
			budget: func(b *Budget) { b.records = 10 },
			want:   "more than 500000 records",
		},
		"problems": {
			src:    strings.Repeat("?\n", 100),
			budget: func(b *Budget) { b.problems, b.counted = 10, 20 },
			want:   `"main.zone" has 20 more problems: Invalid name (20).`,
		},
		"open parentheses": {src: strings.Repeat("(\n", 200000), want: "that cfplan did not read the rest"},
		"one long line":    {src: "a TXT \"" + strings.Repeat("a", 200<<10) + "\"\n", want: "closing quotation mark"},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Zone: "example.com", File: "main.zone", Include: included(tt.with), Budget: NewBudget()}
			if tt.budget != nil {
				tt.budget(o.Budget)
			}
			skipped := 0
			o.Skipped = func(dns.Record, string, int) { skipped++ }
			entries, problems := Parse(strings.NewReader(tt.src), o)

			if len(entries) > tt.kept || skipped > 10 {
				t.Errorf("Parse returns %d records and skips %d, want at most %d and 10", len(entries), skipped, tt.kept)
			}
			if len(problems) == 0 {
				t.Fatalf("Parse reports no problem, want one with %q", tt.want)
			}
			if last := problems[len(problems)-1]; last.Severity != dns.Error || !strings.Contains(last.Detail, tt.want) {
				t.Errorf("the last problem is %v, want an error with %q", last, tt.want)
			}
		})
	}
}

// The file has more mistakes than Parse lists.
func TestEachProblemIsReportedOrCounted(t *testing.T) {
	var src strings.Builder
	const lines = 25_000
	for i := range lines {
		fmt.Fprintf(&src, "h%d 60 A 192.0.2.300\n", i)
	}
	src.WriteString("h 60 A 192.0.2.1\nb\n")
	entries, problems := Parse(strings.NewReader(src.String()), Options{Zone: "example.com", File: "main.zone"})

	if len(problems) != maxProblems+1 || problems[maxProblems-1].Line != maxProblems {
		t.Fatalf("Parse reports %d problems, want %d and one that counts the others", len(problems), maxProblems)
	}
	want := fmt.Sprintf(`"main.zone" has %d more problems: Invalid IPv4 address (%d), Record without a type (1).`,
		lines+1-maxProblems, lines-maxProblems)
	if last := problems[maxProblems]; last.Severity != dns.Error || !strings.HasPrefix(last.Detail, want) {
		t.Errorf("the last problem is %v, want %q", last, want)
	}
	if len(entries) != 1 {
		t.Errorf("Parse returns %d records, want the one after the mistakes", len(entries))
	}
}

// A file must not be accepted while the user has not seen all its warnings.
func TestWarningsThatAreNotListedAreCountedAsAnError(t *testing.T) {
	b := NewBudget()
	b.problems = 2
	src := strings.Repeat("a 60 TXT b c\n", 5)
	_, problems := Parse(strings.NewReader(src), Options{Zone: "example.com", File: "x", Budget: b})
	if len(problems) != 3 || !strings.Contains(problems[2].Detail, "3 more problems: Text without quotation marks (3)") {
		t.Errorf("problems = %v, want two warnings and the count of the other three", problems)
	}
}

// Each source has a word that is almost as long as a line may be, in a place that a message quotes.
func TestMessagesStaySmall(t *testing.T) {
	long := strings.Repeat("q", 100<<10)
	for _, src := range []string{
		long + " A 192.0.2.1", "a " + long + " A 192.0.2.1", "a " + strings.Repeat("9", 100<<10) + " A 192.0.2.1",
		"a CLASS" + long + " A x", "a A " + long, "a CAA " + long, "a MX 1 " + long, "a TXT x\"" + long + "\"",
		"a A 192.0.2.1 ; cf_tags=cf-" + long, "a 60 A \\# " + long,
		"$" + long, "$ORIGIN " + long, "$TTL " + long, "$INCLUDE " + long,
		"$GENERATE " + long + " a A 192.0.2.1", "$GENERATE 1-2 a$ A ${" + long + "}", "$GENERATE 1-2 a$ A ${" + long,
		"$GENERATE 1-2 a$ A ${1," + strings.Repeat(",", 100<<10) + "}",
	} {
		_, problems := Parse(strings.NewReader(src+"\n"), Options{Zone: "example.com", File: "main.zone", Include: included(nil)})
		if len(problems) == 0 {
			t.Errorf("Parse(%.40q) reports no problem, want one", src)
		}
		for _, p := range problems {
			if n := len(p.Summary + p.Detail); n > 1000 {
				t.Errorf("Parse(%.40q) reports a problem of %d bytes: %.200s", src, n, p.Detail)
			}
		}
	}
}

// Every record of the $GENERATE line has the same warning. Parse reports it once.
func TestGenerateContinuesAfterAWarning(t *testing.T) {
	entries, problems, _ := parse("$GENERATE 1-9 a$ 60 TXT two words\nb 60 TXT two words\n", nil)
	if len(entries) != 10 || len(problems) != 2 || problems[0].Line != 1 || problems[1].Line != 2 {
		t.Errorf("Parse returns %d records and the problems %v, want 10 and a warning for each line", len(entries), problems)
	}
}

func TestSharedBudgetBoundsAllFiles(t *testing.T) {
	o := Options{Zone: "example.com", Budget: NewBudget()}
	o.Budget.records = 5
	for i, want := range []int{2, 2, 1} {
		o.File = fmt.Sprintf("%d.zone", i)
		entries, problems := Parse(strings.NewReader("a 60 A 192.0.2.1\nb 60 A 192.0.2.1\n"), o)
		if len(entries) != want || (len(problems) > 0) != (want < 2) {
			t.Errorf("file %d: Parse returns %d records and the problems %v, want %d records", i, len(entries), problems, want)
		}
	}
}

func TestFilesThatAreNotTextAreRefused(t *testing.T) {
	for name, tt := range map[string]struct{ src, want string }{
		"UTF-16":        {"\xff\xfeh\x00 \x00A\x00", "encoded in UTF-16 and not in UTF-8; save it"},
		"big endian":    {"\xfe\xff\x00h", "encoded in UTF-16"},
		"without mark":  {"h\x00 \x00A\x00", "zero byte in line 1"},
		"a binary file": {"a 60 A 192.0.2.1\nb 60 A \x00\n", "zero byte in line 2"},
	} {
		entries, problems := Parse(strings.NewReader(tt.src), Options{Zone: "example.com", File: "main.zone"})
		if len(entries) > 0 || len(problems) != 1 || !strings.Contains(problems[0].Detail, tt.want) {
			t.Errorf("%s: Parse returns %v and the problems %v, want one problem with %q", name, entries, problems, tt.want)
		}
	}
}
