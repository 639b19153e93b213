package render_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// bottom returns the lower edge of the first element that a selector matches, in pixels from the top of the page,
// or 0 if no element matches.
func bottom(t *testing.T, b *tab, selector string) int {
	t.Helper()
	return ask[int](t, b, fmt.Sprintf(`Math.ceil(document.querySelector(%q)?.getBoundingClientRect().bottom ?? 0)`,
		selector))
}

func TestFirstScreenOfAPhoneShowsVerdictCountsAndFirstRisk(t *testing.T) {
	for name, p := range pagePlans() {
		b := open(t, p)
		b.run(t, size(390, 844))

		for what, selector := range map[string]string{
			"the verdict": ".verdict", "its explanation": ".sentence", "the counts": ".counts", "the first error": ".errors summary",
			"the first risk": ".risks ul p", "its level": ".risks ul .level",
		} {
			if got := bottom(t, b, selector); got > 844 {
				t.Errorf("%s: %s ends at pixel %d, want it on the first screen of 844", name, what, got)
			}
		}

		if p.HasChanges() && bottom(t, b, ".counts") == 0 {
			t.Errorf("%s: the page has no counts", name)
		}
		if len(p.Risks()) > 0 && bottom(t, b, ".risks ul p") == 0 {
			t.Errorf("%s: the page has no risks", name)
		}
	}
}

// The page must not be wider than the screen, even on the narrowest phones and with the longest names.
func TestThePageFitsEveryScreen(t *testing.T) {
	for name, p := range pagePlans() {
		b := open(t, p)
		for _, width := range []int64{320, 390, 800, 1280} {
			b.run(t, size(width, 844), chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => d.open = true)`, nil))
			if got := ask[int64](t, b, "document.documentElement.scrollWidth"); got > width {
				t.Errorf("%s: the page is %d wide on a screen of %d", name, got, width)
			}
		}
	}
}

func TestTheTitleDoesNotRepeatTheCounts(t *testing.T) {
	title := regexp.MustCompile(`<title>(.*?)</title>`)
	heading := regexp.MustCompile(`<h1>(.*?)</h1>`)
	for name, p := range pagePlans() {
		page := string(html(t, p))
		for _, r := range []*regexp.Regexp{title, heading} {
			found := r.FindStringSubmatch(page)
			if found == nil || strings.Contains(found[1], " to ") {
				t.Errorf("%s: title or heading %q, want one without the counts of the changes", name, found)
			}
		}
	}
}

// riskLinks returns the targets of all links in the list of risks, folded or not.
const riskLinks = `[...document.querySelectorAll(".risks a")].map(a => a.getAttribute("href"))`

// onScreen reports whether the beginning of an element is visible on the screen.
const onScreen = `(() => {
	const e = document.querySelector(%q), box = e.getBoundingClientRect();
	return e.contains(document.elementFromPoint(box.left + 30, box.top + 12));
})()`

func TestEachRiskLeadsToItsChange(t *testing.T) {
	b := open(t, large(900, 9))
	links := ask[[]string](t, b, riskLinks)
	if want := len(large(900, 9).Risks()); len(links) != want {
		t.Errorf("the page has %d links for %d risks, want one for each", len(links), want)
	}

	folded := 0
	for _, link := range links {
		if !ask[bool](t, b, fmt.Sprintf(`document.querySelector(%q).checkVisibility()`, link)) {
			folded++
		}
		text := ask[string](t, b, fmt.Sprintf(`{ const a = document.querySelector(".risks a[href='%s']"); a.click(); a.textContent }`, link))
		b.run(t, chromedp.Poll(fmt.Sprintf(`location.hash === %q && document.querySelector(%q).checkVisibility()`,
			link, link), nil))
		if !ask[bool](t, b, fmt.Sprintf(onScreen, link)) {
			t.Errorf("%s is not on the screen, or something is on top of it", link)
		}
		if !ask[bool](t, b, fmt.Sprintf(`[...document.querySelector(%q).querySelectorAll(".risk")].some(r => r.textContent.includes(%q))`, link, text)) {
			t.Errorf("%s does not have the risk %q", link, text)
		}
	}

	if folded == 0 {
		t.Error("no link leads into a fold, so this test does not check that folds open")
	}

	b.clean(t)
}

// A browser opens the folds around a link's target by itself.
func TestLinksLeadIntoFoldsWithoutScripts(t *testing.T) {
	b := open(t, large(300, 3))
	link := ask[string](t, b, `"#" + document.querySelector(".more article").id`)
	url := ask[string](t, b, `location.href`)
	b.run(t, emulation.SetScriptExecutionDisabled(true), chromedp.Navigate("about:blank"),
		chromedp.Navigate(url+link), chromedp.WaitReady("footer"),
		emulation.SetScriptExecutionDisabled(false))
	if ask[bool](t, b, `document.documentElement.classList.contains("js")`) {
		t.Fatal("the page's script ran, so this test does not check the page without it")
	}
	b.run(t, chromedp.Poll(fmt.Sprintf(`document.querySelector(%q).checkVisibility()`, link), nil))
}

// A link clears a filter that hides its target.
func TestLinksEndAFilterThatHidesTheirTarget(t *testing.T) {
	b := open(t, large(300, 3))
	link := ask[[]string](t, b, riskLinks)[0]
	b.run(t, chromedp.SendKeys("#f-text", "nothing of the kind"),
		chromedp.Poll(`!document.getElementById("f-none").hidden`, nil),
		chromedp.Click(`.risks a`), chromedp.Poll(fmt.Sprintf(`document.querySelector(%q).checkVisibility()`, link),
			nil))
	if got := ask[string](t, b, `document.getElementById("f-count").value`); got != "300 changes" {
		t.Errorf("after the click the page says %q, want \"300 changes\"", got)
	}
	b.clean(t)
}

func TestTheCountsLeadToTheirChanges(t *testing.T) {
	b := open(t, allActions())
	for _, action := range []string{"add", "change", "destroy", "adopt"} {
		if got := ask[string](t, b, fmt.Sprintf(`document.querySelector(document.querySelector(".counts .%s a").getAttribute("href")).dataset.action`, action)); got != action {
			t.Errorf("the link of the count of %s leads to a change with the action %q", action, got)
		}
	}
	adopted := open(t, onlyAdoptions())
	if !ask[bool](t, adopted, `document.querySelector(document.querySelector(".counts .change a").getAttribute("href")).textContent.includes("ttl")`) {
		t.Error("the count of changes does not lead to an adoption that changes a record")
	}
}

func TestLongListsFold(t *testing.T) {
	p := large(2300, 12)
	b := open(t, p)
	for question, want := range map[string]any{
		// At first a reader sees one to three screens, and everything is one click away.
		`document.querySelectorAll("article").length`: 2300.0,
		shown + ` <= 150`: true,
		shown + ` >= 20`:  true,
		`document.querySelectorAll(".zone").length`:                                                        12.0,
		`document.querySelectorAll(".zone:not([open])").length > 6`:                                        true,
		`[...document.querySelectorAll(".group.change > article")].length <= 12 * 10`:                      true,
		`document.querySelector(".zone:not([open]) summary").textContent.match(/- destroy \d+ /) !== null`: true,
	} {
		if got := ask[any](t, b, question); got != want {
			t.Errorf("%s is %v, want %v", question, got, want)
		}
	}

	b.run(t, chromedp.Click("#f-open"))
	if got := ask[int](t, b, shown); got != 2300 {
		t.Errorf("%d changes are shown after all are opened, want 2300", got)
	}

	b.run(t, chromedp.Click("#f-shut"))
	if got := ask[int](t, b, shown); got != 0 {
		t.Errorf("%d changes are shown after all are folded, want none", got)
	}

	b.run(t, chromedp.SendKeys("#f-text", "host-190."), chromedp.Poll(`document.getElementById("f-count").value === "12 of 2300 changes"`, nil))
	if got := ask[int](t, b, shown); got != 12 {
		t.Errorf("a filter shows %d changes, want the 12 that match", got)
	}

	b.run(t, chromedp.Click("#f-clear"), chromedp.Poll(`document.getElementById("f-count").value === "2300 changes"`,
		nil))
	if got := ask[int](t, b, shown); got != 0 {
		t.Errorf("%d changes are shown after the filter is cleared, want none, as before", got)
	}

	b.clean(t)
}

func TestLowRisksAndLongSetsFold(t *testing.T) {
	var pool []dns.Record
	for i := range 60 {
		pool = append(pool, at(3, a("pool", fmt.Sprintf("192.0.2.%d", i))))
	}

	p := diffed(plan.SourceLive, append(pool, at(70, a("other", "192.0.2.99"))), nil)
	p.Zones[0].Changes[0].Risks = []plan.Risk{{Level: plan.LowRisk, Text: "good to know"}}
	b := open(t, p)
	for question, want := range map[string]any{
		shown: 4.0, // three of the set, and the other name
		`document.querySelector(".set > summary").textContent`: "57 more A records of pool.example.com",
		`document.querySelector(".risks summary").textContent`: "1 low risk",
		`document.querySelector(".risks a").checkVisibility()`: false,
		`document.querySelectorAll(".risks a").length`:         1.0,
	} {
		if got := ask[any](t, b, question); got != want {
			t.Errorf("%s is %q, want %q", question, got, want)
		}
	}
}

func TestDestroysComeFirst(t *testing.T) {
	page := string(html(t, allActions()))
	at := -1
	for _, action := range []string{"destroy", "change", "adopt", "add"} {
		i := strings.Index(page, `data-action="`+action+`"`)
		if i <= at {
			t.Errorf("the first %s comes before an action that should be above it", action)
		}
		at = i
	}

	risky := strings.Index(page, ">shop<")
	if harmless := strings.Index(page, ">www<"); risky < 0 || harmless < risky {
		t.Error("a change without a risk comes before one with a risk")
	}
}

// A large page must stay fast: each change takes few bytes and elements, the browser does not lay out elements off
// the screen, and the script does not read all changes before the user searches.
func TestALargePageStaysFast(t *testing.T) {
	if testing.Short() {
		t.Skip("a large page: not with -short")
	}

	const n = 2300
	head := len(html(t, large(23, 1)))
	bytes := len(html(t, large(n, 12)))
	if each := (bytes - head) / n; each > 550 {
		t.Errorf("a change takes %d bytes, want at most 550", each)
	}
	if twice := len(html(t, large(2*n, 12))); twice > 2*bytes {
		t.Errorf("%d changes take %d bytes, and twice as many changes %d, want at most twice as many bytes", n, bytes, twice)
	}

	b := open(t, large(n, 12))
	if each := ask[int](t, b, `document.querySelectorAll("#changes *").length`) / n; each > 17 {
		t.Errorf("a change has %d elements, want at most 17", each)
	}
	if !ask[bool](t, b, `[...document.querySelectorAll("article")].every(a => getComputedStyle(a).contentVisibility === "auto")`) {
		t.Error("elements off the screen are laid out")
	}

	spy := `for (const proto of [Document.prototype, Element.prototype]) {
		const all = proto.querySelectorAll;
		proto.querySelectorAll = function (s) { const found = all.call(this, s); window.found = (window.found ?? 0) + found.length; return found; };
	}`

	b.run(t, chromedp.ActionFunc(spied(spy)), chromedp.Reload(), chromedp.WaitReady("footer"))
	if got := ask[int](t, b, `window.found ?? 0`); got > 10 {
		t.Errorf("the script has read %d elements before a search, want at most 10", got)
	}

	b.run(t, chromedp.SendKeys("#f-text", "host-7."), chromedp.Poll(`document.getElementById("f-count").value === "12 of 2300 changes"`, nil))
	if got := ask[int](t, b, `window.found`); got < n {
		t.Errorf("the search has read %d elements, want at least %d: the spy does not work", got, n)
	}
}

// The text of a page must have the contrast of WCAG 2.2, level AA, in both color schemes and on paper.
func TestTheColorsHaveContrast(t *testing.T) {
	for _, name := range []string{"live", "readonly", "diagnostics", "long", "none", "risky", "adoptions",
		"ownership", "drift"} {
		b := open(t, pagePlans()[name])
		b.run(t, chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => d.open = true)`, nil))
		for scheme, action := range map[string]chromedp.Action{
			"light": inColors("light"), "dark": inColors("dark"), "print": emulation.SetEmulatedMedia().WithMedia("print"),
		} {
			b.run(t, action)
			for _, pale := range ask[[]string](t, b, contrast) {
				t.Errorf("%s, %s: %s", name, scheme, pale)
			}
		}
	}
}

// contrast lists the texts whose color is too close to the one behind it. Every text of the page counts as
// small.
const contrast = `(() => {
	const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return { rgb: m.slice(0, 3), alpha: m[3] ?? 1 }; };
	const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
	const behind = (e) => {
		for (; e; e = e.parentElement) {
			const c = parse(getComputedStyle(e).backgroundColor);
			if (c.alpha === 1) return c.rgb;
		}
		return [255, 255, 255];
	};
	const pale = new Set();
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n; (n = walker.nextNode());) {
		const e = n.parentElement;
		if (!n.data.trim() || e.matches("script, option") || !e.checkVisibility()) continue;
		const a = light(parse(getComputedStyle(e).color).rgb), b = light(behind(e));
		const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < 4.5) pale.add(e.tagName + "." + e.className + " has a contrast of " + ratio.toFixed(2) + ": " + n.data.trim().slice(0, 30));
	}
	return [...pale];
})()`

// Signs and words must say everything that colors mean, also to users of a screen reader.
func TestColorIsNeverTheOnlySign(t *testing.T) {
	b := open(t, allActions())
	for _, question := range []string{
		`[...document.querySelectorAll("article")].every(a => a.querySelector("h5").textContent.trim().startsWith({add: "+", change: "~", destroy: "-", adopt: "="}[a.dataset.action] + " " + a.dataset.action))`,
		`[...document.querySelectorAll(".level")].every(l => /high|medium|low/.test(l.textContent))`,
		`[...document.querySelectorAll("dd.o")].every(d => getComputedStyle(d, "::before").content.includes("before"))`,
		`[...document.querySelectorAll("dd.n")].every(d => getComputedStyle(d, "::before").content.includes("after"))`,
		`[...document.querySelectorAll("del, ins")].every(e => getComputedStyle(e).textDecorationLine === "underline")`,
		`document.querySelectorAll("del").length > 3`,
	} {
		if !ask[bool](t, b, question) {
			t.Errorf("%s is false, want true", question)
		}
	}
}

// A user can open folds and follow links with the keyboard.
func TestFoldsOpenByKeyboard(t *testing.T) {
	b := open(t, large(300, 3))
	fold := `document.querySelector(".zone")`
	before := ask[bool](t, b, fold+".open")
	b.run(t, chromedp.Focus(".zone > summary"), chromedp.KeyEvent("\r"))
	if after := ask[bool](t, b, fold+".open"); after == before {
		t.Error("Enter does not open or close a zone")
	}
	b.run(t, chromedp.Focus(".skip"), chromedp.KeyEvent("\r"),
		chromedp.Poll(`document.activeElement.id === "changes"`, nil))
}

// spied runs a script before the page's scripts.
func spied(script string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := cdppage.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
		return err
	}
}

// BenchmarkThePageOpens measures how long a browser takes from the first byte to the first paint, and until
// the page is complete.
func BenchmarkThePageOpens(b *testing.B) {
	for _, n := range []int{230, 2300, 23000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			tab := open(b, large(n, 12))
			var paint, load float64
			for b.Loop() {
				tab.run(b, chromedp.Reload(), chromedp.Poll(`performance.getEntriesByName("first-contentful-paint").length > 0`, nil))
				paint += ask[float64](b, tab, `performance.getEntriesByName("first-contentful-paint")[0].startTime`)
				load += ask[float64](b, tab, `performance.getEntriesByType("navigation")[0].loadEventEnd`)
			}
			b.ReportMetric(paint/float64(b.N), "ms-to-paint")
			b.ReportMetric(load/float64(b.N), "ms-to-load")
		})
	}
}
