package render_test

import (
	"bytes"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// change returns a change with only the fields that every change has.
func change(action plan.Action, typ dns.Type, name, content string) plan.Change {
	r := dns.Record{Name: name, Type: typ, Content: content, TTL: 300}
	c := plan.Change{
		Action:     action,
		Address:    "a",
		Type:       typ,
		Name:       name,
		DeclaredAt: &plan.Position{File: "dns.cf.hcl", Line: 7},
	}
	if action != plan.Destroy {
		c.After = plan.ValuesOf(r)
	}
	if action != plan.Add {
		r.TTL, c.RecordID = 60, "x"
		c.Before = plan.ValuesOf(r)
	}
	return c
}

// changes returns n changes of one action and type in a zone.
func changes(n int, action plan.Action, typ dns.Type, zone string) []plan.Change {
	out := make([]plan.Change, n)
	for i := range out {
		out[i] = change(action, typ, fmt.Sprintf("host-%05d.%s", i, zone), "192.0.2.1")
	}
	return out
}

// zoned returns a live plan of the given zones with their changes.
func zoned(zones map[string][]plan.Change) *plan.Plan {
	var list []plan.Zone
	for name, changes := range zones {
		z := plan.Zone{Name: name, Source: plan.Source{Kind: plan.SourceLive}, Changes: changes}
		for _, c := range changes {
			switch c.Action {
			case plan.Add:
				z.Summary.Add++
			case plan.Update:
				z.Summary.Change++
			case plan.Destroy:
				z.Summary.Destroy++
			case plan.Adopt:
				z.Summary.Adopt++
			}
		}

		list = append(list, z)
	}

	return plan.New("0.1.0", made, list, nil, nil)
}

func page(t rapid.TB, p *plan.Plan, o render.MarkdownOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Markdown(&b, p, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	rowOfAChange = regexp.MustCompile(`(?m)^\| (➕|✏️|➖|🟰|▫️)`)
	rowOfTheRest = regexp.MustCompile(`(?m)^\| … \| .* \| \*\*and (\d+) more:\*\* (.*) \| \|$`)
	aCount       = regexp.MustCompile(`\d+`)
)

// counted returns how many changes a page shows in its tables, and how many more it counts there. It fails if the
// numbers for the kinds in a row do not add up to the total of the row.
func counted(t rapid.TB, page string) (shown, rest int) {
	t.Helper()
	for _, m := range rowOfTheRest.FindAllStringSubmatch(page, -1) {
		n, sum := number(m[1]), 0
		for _, kind := range aCount.FindAllString(m[2], -1) {
			sum += number(kind)
		}
		if n != sum {
			t.Fatalf("the kinds in %q add up to %d changes, want %d", m[0], sum, n)
		}
		rest += n
	}

	return len(rowOfAChange.FindAllString(page, -1)), rest
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// A page once dropped all rows because of one row too many, and used only 338 of 60,000 bytes.
func TestImportantChangesAreShownAmongThousands(t *testing.T) {
	many := changes(3000, plan.Update, dns.A, "example.com")
	many = append(many, change(plan.Update, dns.A, "zz-shop.example.com", "192.0.2.99"),
		change(plan.Add, dns.MX, "example.com", "mx9.example.net"))
	many[1234].Risks = []plan.Risk{{Level: plan.HighRisk, Text: "host-01234 is seen by all"}}
	many = append(many, change(plan.Destroy, dns.TXT, "zz-old.example.com", `"gone"`),
		change(plan.Update, dns.TXT, "_dmarc.zz.example.com", `"v=DMARC1; p=none"`))
	out := page(t, zoned(map[string][]plan.Change{"example.com": many}),
		render.MarkdownOptions{ShowAll: "cfplan show dns.cfplan"})

	shown, rest := counted(t, out)
	if len(out) > render.CommentSize || len(out) < render.CommentSize-500 || shown+rest != len(many) || shown < 500 {
		t.Errorf("the page has %d bytes, shows %d of %d changes and counts %d; want a nearly full page, and all of them",
			len(out), shown, len(many), rest)
	}

	for _, want := range []string{
		"| ➖ | TXT `zz-old.example.com` |", "> - TXT `zz-old.example.com` ", "| ✏️ ⚠️ | A `host-01234.example.com` |", "| ➕ | MX `example.com` |",
		"| ✏️ | TXT `_dmarc.zz.example.com` |", "### cfplan (live): 1 to add, 3002 to change, 1 to destroy",
		fmt.Sprintf("**This page shows %d of 3004 changes**, the most important first. `cfplan show dns.cfplan` prints the whole plan.", shown),
		fmt.Sprintf("| … | `example.com` | **and %d more:** ✏️ %d A | |", rest, rest),
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// If a page must drop rows, it drops the least important rows first.
func TestRowsAreChosenByImportance(t *testing.T) {
	if testing.Short() {
		t.Skip("many pages: not with -short")
	}

	risky := func(c plan.Change, level plan.RiskLevel) plan.Change {
		c.Risks = []plan.Risk{{Level: level, Text: "r"}}
		return c
	}

	inOrder := []plan.Change{
		change(plan.Destroy, dns.MX, "mail.example.com", "mx.example.net"),
		change(plan.Destroy, dns.A, "gone.example.com", "192.0.2.1"),
		risky(change(plan.Update, dns.A, "high.example.com", "192.0.2.1"), plan.HighRisk),
		risky(change(plan.Update, dns.A, "medium.example.com", "192.0.2.1"), plan.MediumRisk),
		change(plan.Add, dns.CAA, "caa.example.com", "0 issue x"),
		change(plan.Add, dns.A, "first.example.com", "192.0.2.1"),
		risky(change(plan.Add, dns.A, "last.example.com", "192.0.2.1"), plan.LowRisk),
	}

	p := zoned(map[string][]plan.Change{"example.com": {
		inOrder[5], inOrder[6], inOrder[3], inOrder[4], inOrder[2], inOrder[1], inOrder[0],
	}})

	if got := rowsOf(page(t, p, render.MarkdownOptions{})); got != "gone mail high medium caa first last" {
		t.Errorf("rows are shown as %s, want the important ones first, and otherwise the order of the plan", got)
	}

	// least has the minimum size of a page that shows a row. It must not decrease from one row to the next, apart
	// from the difference in size of the two rows.
	least := map[string]int{}
	for most := 600; most < 6000; most++ {
		for _, name := range strings.Fields(rowsOf(page(t, p, render.MarkdownOptions{Most: most}))) {
			if least[name] == 0 {
				least[name] = most
			}
		}
	}

	for i, c := range inOrder[:len(inOrder)-1] {
		name, next := strings.TrimSuffix(c.Name, ".example.com"), strings.TrimSuffix(inOrder[i+1].Name, ".example.com")
		if least[name] == 0 || least[next] == 0 || least[name] > least[next]+20 {
			t.Errorf("%s is shown from %d bytes on, and the less important %s from %d", name, least[name], next, least[next])
		}
	}
}

// rowsOf returns the names of the records in a page's rows.
func rowsOf(page string) string {
	var names []string
	for _, m := range regexp.MustCompile("(?m)^\\| [^…|]+ \\| [A-Z]+ `([a-z]+)").FindAllStringSubmatch(page, -1) {
		names = append(names, m[1])
	}
	return strings.Join(names, " ")
}

func TestNoZoneHidesAnother(t *testing.T) {
	zones := map[string][]plan.Change{
		"big.example":     changes(10_000, plan.Add, dns.A, "big.example"),
		"burning.example": changes(10_000, plan.Destroy, dns.A, "burning.example"),
		"mail.example":    {change(plan.Update, dns.MX, "mail.example", "mx.example.net")},
		"quiet.example":   {change(plan.Add, dns.A, "www.quiet.example", "192.0.2.1")},
		"zone.example":    append(changes(50, plan.Add, dns.AAAA, "zone.example"), change(plan.Destroy, dns.A, "www.zone.example", "192.0.2.1")),
	}

	out := page(t, zoned(zones), render.MarkdownOptions{})
	for _, want := range []string{
		"> - A `www.zone.example` ", "| ➖ | A `www.zone.example` |", "| ✏️ | MX `mail.example` |", "| ➕ | A `www.quiet.example` |",
		"| ➕ | AAAA `host-00000.zone.example` |", "| ➕ | A `host-00000.big.example` |", "> - **and 9991 more**",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the page lacks %s", want)
		}
	}

	if n := strings.Count(out, "\n| ➖ | A `host-"); n < 250 {
		t.Errorf("%d of 10,000 destroys are shown, want at least 250", n)
	}
	if shown, rest := counted(t, out); shown+rest != 20_053 {
		t.Errorf("%d changes are shown and %d counted, want 20,053 together", shown, rest)
	}
}

// Hundreds of zones share one table, in which each zone must have at least one row.
func TestManyZonesShareATable(t *testing.T) {
	zones := map[string][]plan.Change{}
	for i := range 300 {
		name := fmt.Sprintf("zone-%03d.example", i)
		zones[name] = changes(5, plan.Add, dns.TXT, name)
	}

	out := page(t, zoned(zones), render.MarkdownOptions{})
	for name := range zones {
		if !strings.Contains(out, "`host-00000."+name+"`") {
			t.Errorf("%s is not on the page", name)
		}
	}

	if shown, rest := counted(t, out); shown+rest != 1500 || strings.Count(out, "\n| | Record |") != 1 {
		t.Errorf("%d changes are shown and %d counted in %d tables, want 1,500 together in one table",
			shown, rest, strings.Count(out, "\n| | Record |"))
	}

	for i := range 5000 {
		name := fmt.Sprintf("more-%04d.example", i)
		zones[name] = changes(1, plan.Add, dns.TXT, name)
	}

	out = page(t, zoned(zones), render.MarkdownOptions{})
	m := regexp.MustCompile(`\*\*And in (\d+) more zones:\*\* (\d+) to add`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("the zones without a row are not counted:\n%s", out[len(out)-500:])
	}
	if shown, rest := counted(t, out); shown+rest+number(m[2]) != 6500 {
		t.Errorf("%d changes are shown, %d counted in rows and %s below, want 6,500 together", shown, rest, m[2])
	}
}

// genPlan draws a plan of 1 to 30 zones, each with none to hundreds of changes of several kinds.
func genPlan() *rapid.Generator[*plan.Plan] {
	return rapid.Custom(func(t *rapid.T) *plan.Plan {
		zones := map[string][]plan.Change{}
		for i := range rapid.IntRange(1, 30).Draw(t, "zones") {
			name := fmt.Sprintf("z%d.example", i)
			for range rapid.IntRange(0, 4).Draw(t, "kinds") {
				action := rapid.SampledFrom([]plan.Action{plan.Add, plan.Update, plan.Destroy, plan.Adopt}).Draw(t,
					"action")
				typ := rapid.SampledFrom([]dns.Type{dns.A, dns.MX, dns.TXT}).Draw(t, "type")
				some := changes(rapid.IntRange(1, 60).Draw(t, "number"), action, typ, name)
				if rapid.Bool().Draw(t, "risky") {
					some[0].Risks = []plan.Risk{{
						Level: rapid.SampledFrom(plan.RiskLevels()).Draw(t, "level"),
						Rule:  "r",
						Text:  strings.Repeat("x.y ", 40),
					}}
				}
				zones[name] = append(zones[name], some...)
			}
		}

		return zoned(zones)
	})
}

func TestEveryChangeIsShownOrCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := genPlan().Draw(t, "plan")
		most := rapid.IntRange(200, 40_000).Draw(t, "most")
		out := page(t, p, render.MarkdownOptions{Most: most,
			Link: func(file string, line int) string { return "https://example.com/" + file }})
		if len(out) > most {
			t.Fatalf("the page has %d bytes, want at most %d:\n%s", len(out), most, out)
		}
		if out != page(t, p, render.MarkdownOptions{Most: most,
			Link: func(file string, line int) string { return "https://example.com/" + file }}) {
			t.Fatal("two Markdown pages of the same plan differ")
		}

		if strings.Contains(out, "**This page is cut off here.**") {
			if most > 6000 {
				t.Fatalf("a page of %d bytes is cut off, want that only below 6,000:\n%s", most, out)
			}
			return
		}

		shown, rest := counted(t, out)
		if m := regexp.MustCompile(`\*\*And in \d+ more zones?:\*\* (.*)`).FindStringSubmatch(out); m != nil {
			for _, n := range aCount.FindAllString(m[1], -1) {
				rest += number(n)
			}
		}

		total := 0
		for _, z := range p.Zones {
			total += len(z.Changes)
		}

		if shown+rest != total {
			t.Fatalf("%d changes are shown and %d counted, want %d together:\n%s", shown, rest, total, out)
		}
		if loud := strings.Contains(out, "**This page shows "); loud != (shown < total) {
			t.Fatalf("%d of %d changes are shown; the page says that some are missing: %v\n%s", shown, total, loud, out)
		}
		if shown < total && most-len(out) > 1000 {
			t.Fatalf("%d bytes are unused although changes are missing:\n%s", most-len(out), out)
		}
		if !strings.Contains(out, "cfplan (live)") || p.Summary.Destroy > 0 &&
			!strings.Contains(out, "will be destroyed") || len(p.Risks()) > 0 && !strings.Contains(out, "**Risks: ") {
			t.Fatalf("the head is incomplete:\n%s", out)
		}
	})
}

func TestMarkdownAllocatesLinearly(t *testing.T) {
	allocated := func(n int) (bytes uint64) {
		p := zoned(map[string][]plan.Change{"a.example": changes(n/2, plan.Update, dns.A, "a.example"),
			"b.example": changes(n/2, plan.Destroy, dns.A, "b.example")})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		page(t, p, render.MarkdownOptions{})
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}

	small, large := allocated(5_000), allocated(50_000)
	if large > 12*small {
		t.Errorf("5,000 changes allocate %d bytes and 50,000 changes %d, want at most 12 times as many", small, large)
	}
}

func BenchmarkMarkdown(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		p := zoned(map[string][]plan.Change{"a.example": changes(n/2, plan.Update, dns.A, "a.example"),
			"b.example": changes(n/2, plan.Destroy, dns.A, "b.example")})
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			start := time.Now()
			for b.Loop() {
				page(b, p, render.MarkdownOptions{})
			}
			b.ReportMetric(float64(time.Since(start).Nanoseconds())/float64(b.N*n), "ns/change")
		})
	}
}
