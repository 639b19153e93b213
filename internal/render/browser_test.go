package render_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// These tests open the page in a real browser, Debian's Chromium. If CFPLAN_SCREENSHOTS names a directory,
// they keep screenshots there.

// browser is one Chromium for all tests of the page.
var browser = sync.OnceValues(func() (context.Context, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
			chromedp.DisableGPU,
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
			chromedp.Flag("disable-background-networking", true))
		allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, _ := chromedp.NewContext(allocator)
		return ctx, chromedp.Run(ctx) // starts the browser, which ends with the test's process
	}
	return nil, exec.ErrNotFound
})

// tab is a page in the browser. It records everything that goes wrong on the page.
type tab struct {
	context.Context
	mu     sync.Mutex
	wrong  []string
	loaded []string
}

// open opens the page of a plan in a tab of its own.
func open(t testing.TB, p *plan.Plan) *tab {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser: not with -short")
	}

	ctx, err := browser()
	switch {
	case errors.Is(err, exec.ErrNotFound) && os.Getenv("CI") == "":
		t.Skip("chromium is not in the PATH; install it with apt-get install chromium")
	case err != nil:
		t.Fatalf("chromium: %v", err)
	}

	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	b := &tab{Context: ctx}
	chromedp.ListenTarget(ctx, b.hear)
	path := filepath.Join(t.TempDir(), "plan.html")
	if err := os.WriteFile(path, html(t, p), 0o600); err != nil {
		t.Fatal(err)
	}

	b.run(t, network.Enable(), log.Enable(), chromedp.Navigate("file://"+path), chromedp.WaitReady("footer"))
	return b
}

func html(t testing.TB, p *plan.Plan) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := render.HTML(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hear records errors and dialogs of the page, and the address of everything that it loads.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()

	switch e := event.(type) {
	case *cdpruntime.EventConsoleAPICalled:
		b.wrong = append(b.wrong, fmt.Sprintf("console.%s", e.Type))
	case *cdpruntime.EventExceptionThrown:
		b.wrong = append(b.wrong, e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		b.wrong = append(b.wrong, e.Entry.Text)
	case *cdppage.EventJavascriptDialogOpening:
		b.wrong = append(b.wrong, "dialog: "+e.Message)
		go func() { _ = chromedp.Run(b.Context, cdppage.HandleJavaScriptDialog(true)) }()
	case *network.EventRequestWillBeSent:
		b.loaded = append(b.loaded, e.Request.URL)
	}
}

func (b *tab) run(t testing.TB, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(b.Context, actions...); err != nil {
		t.Fatal(err)
	}
}

// ask evaluates an expression on the page.
func ask[T any](t testing.TB, b *tab, expression string) (out T) {
	t.Helper()
	b.run(t, chromedp.Evaluate(expression, &out))
	return out
}

// clean fails if the page wrote to the console, or loaded anything except itself.
func (b *tab) clean(t testing.TB) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()

	for _, w := range b.wrong {
		t.Errorf("the page wrote to the console: %s", w)
	}

	for _, url := range b.loaded {
		if !strings.HasPrefix(url, "file:///") || !strings.HasSuffix(url, "/plan.html") {
			t.Errorf("the page loads %s, want nothing except itself", url)
		}
	}

	if len(b.loaded) != 1 {
		t.Errorf("%d requests, want only the one for the page", len(b.loaded))
	}
}

// shown counts the changes that are neither filtered out nor folded.
const shown = `[...document.querySelectorAll("article")].filter(a => a.checkVisibility()).length`

func TestThePageFilters(t *testing.T) {
	p := allActions()
	other := diffed(plan.SourceLive, []dns.Record{at(3, a("second", "192.0.2.2"))}, nil)
	other.Zones[0].Name = "example.org"
	p.Zones, p.Summary.Add = append(p.Zones, other.Zones...), p.Summary.Add+1
	b := open(t, p)
	if got := ask[int](t, b, shown); got != 9 {
		t.Fatalf("%d changes are shown, want 9", got)
	}

	count := `document.getElementById("f-count").value`
	choose := func(name, value string) chromedp.Action {
		return chromedp.Evaluate(fmt.Sprintf(`{ const f = document.getElementById("f-%s"); f.value = %q; f.dispatchEvent(new Event("input", {bubbles: true})); }`, name, value), nil)
	}

	for _, f := range []struct {
		name, value string
		want        int
	}{
		{"zone", "example.org", 1}, {"type", "TXT", 2}, {"action", "destroy", 1}, {"action", "adopt", 1}, {"risk", "high", 1}, {"risk", "medium", 5},
		{"text", "shop 192.0.2.7", 1}, {"text", "EXAMPLE.org", 2}, {"text", "dns.cf.hcl:40", 1}, {"text", "nothing of the kind", 0},
	} {
		b.run(t, choose(f.name, f.value))
		said := fmt.Sprintf("%d of 9 changes", f.want)
		b.run(t, chromedp.Poll(count+" === "+fmt.Sprintf("%q", said), nil))
		if got := ask[int](t, b, shown); got != f.want {
			t.Errorf("%s=%s shows %d changes, want %d", f.name, f.value, got, f.want)
		}
		if none := ask[bool](t, b, `!document.getElementById("f-none").hidden`); none != (f.want == 0) {
			t.Errorf("%s=%s: the page says that nothing matches: %v, want %v", f.name, f.value, none, f.want == 0)
		}
		b.run(t, chromedp.Click("#f-clear"), chromedp.Poll(count+` === "9 changes"`, nil))
	}

	if !ask[bool](t, b, `document.querySelector(".zone[data-zone='example.org']").checkVisibility()`) {
		t.Error("a zone is still hidden after the filter is cleared")
	}

	b.clean(t)
}

func TestThePageWorksByKeyboard(t *testing.T) {
	b := open(t, allActions())
	b.run(t, chromedp.KeyEvent("/"))
	if got := ask[string](t, b, `document.activeElement.id`); got != "f-text" {
		t.Errorf("/ leads to %q, want the search", got)
	}

	// With a real keyboard, a key that a shortcut uses types no character. The keyboard of the test does type it.
	b.run(t, chromedp.KeyEvent(kb.Backspace), chromedp.KeyEvent("caa"),
		chromedp.Poll(`document.getElementById("f-count").value === "1 of 8 changes"`, nil),
		chromedp.KeyEvent(kb.Escape), chromedp.Poll(`document.getElementById("f-count").value === "8 changes"`, nil))

	var order []string
	for range 5 {
		b.run(t, chromedp.KeyEvent(kb.Tab))
		order = append(order, ask[string](t, b, `document.activeElement.id || document.activeElement.type`))
	}

	if got := strings.Join(order, " "); got != "f-zone f-type f-action f-risk f-clear" {
		t.Errorf("Tab leads through %s, want f-zone f-type f-action f-risk f-clear", got)
	}

	// A screen reader needs names for all controls, one heading of the first level, landmarks, and headings that
	// skip no level.
	for _, question := range []string{
		`[...document.querySelectorAll("input, select")].every(f => f.labels.length === 1)`,
		`document.querySelectorAll("h1").length === 1 && document.querySelectorAll("main").length === 1`,
		`[...document.querySelectorAll("h1, h2, h3, h4, h5")].every((h, i, all) => i === 0 || h.tagName[1] - all[i - 1].tagName[1] <= 1)`,
		`document.documentElement.lang === "en" && document.getElementById("f-count").getAttribute("aria-live") === "polite"`,
		`[...document.querySelectorAll("section")].every(s => s.getAttribute("aria-label") || document.getElementById(s.getAttribute("aria-labelledby")))`,
	} {
		if !ask[bool](t, b, question) {
			t.Errorf("%s is false, want true", question)
		}
	}

	b.clean(t)
}

func TestThePageIsReadableWithoutScripts(t *testing.T) {
	read := func(p *plan.Plan) *tab {
		b := open(t, p)
		b.run(t, emulation.SetScriptExecutionDisabled(true), chromedp.Reload(), chromedp.WaitReady("footer"),
			emulation.SetScriptExecutionDisabled(false))
		return b
	}

	text := ask[string](t, read(readOnly()), `document.body.innerText`)
	for _, want := range []string{"Read-only plan", "Open My Profile", "www.example.com", "192.0.2.2", "13 hours old"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not shown without scripts", want)
		}
	}

	b := read(allActions())
	if got := ask[int](t, b, shown); got != 8 {
		t.Errorf("%d changes are shown without scripts, want 8", got)
	}
	if ask[bool](t, b, `document.querySelector(".filters").checkVisibility()`) {
		t.Error("controls that need scripts are shown without scripts")
	}
}

// The page must show a hostile value, but nothing in the value may run, load or become a link.
func TestThePageRunsNothingHostile(t *testing.T) {
	attack := strings.Join([]string{
		`<script>window.owned=1</script>`, `"><img src=x onerror="window.owned=1">`, `</style><script>window.owned=1</script>`, `</script><script>window.owned=1</script>`,
		`javascript:window.owned=1`, `<a href="javascript:window.owned=1">x</a>`, `{{.}}`, `' onmouseover='window.owned=1`, `<svg onload=window.owned=1>`,
		`<base href="https://evil.example/">`, `<meta http-equiv=refresh content="0;url=https://evil.example">`, "\u202egnp.exe", "\x1b[31m", "\x00", "<!--",
	}, " ")

	p := allActions()
	z := &p.Zones[0]
	z.Name = "example.com" + attack

	for i := range z.Changes {
		c := &z.Changes[i]
		c.Name, c.Type, c.Reason = c.Name+attack, c.Type+dns.Type(attack), attack
		c.DeclaredAt = &plan.Position{File: attack, Line: 1}
		for _, v := range []*plan.Values{c.Before, c.After} {
			if v != nil {
				v.Content, v.Comment, v.Tags = attack, attack, []string{attack}
			}
		}
		c.Risks = append(c.Risks, plan.Risk{Level: plan.RiskLevel(attack), Rule: attack, Text: attack, Check: attack})
	}

	p.Mode = plan.ReadOnly
	p.Degraded = []plan.Degradation{{
		Zone:     attack,
		Code:     1,
		Message:  attack,
		Cause:    attack,
		Guidance: []string{attack},
		RayID:    attack,
	}}
	p.Diagnostics = []plan.Diagnostic{{Severity: dns.Severity(attack), Summary: attack, Detail: attack}}
	p.Hash = attack
	b := open(t, p)
	b.run(t, chromedp.Evaluate(`document.querySelectorAll("*").forEach(e => e.dispatchEvent(new MouseEvent("mouseover", {bubbles: true})))`, nil))

	for question, want := range map[string]any{
		`window.owned === undefined`: true,
		`document.scripts.length`:    1.0,
		`document.querySelectorAll("img, svg, base, iframe, object, embed, link, form[action]").length`: 0.0,
		// Every link leads to a place on the page, and no name has become a link.
		`[...document.links].every(a => /^#[a-z0-9-]+$/.test(a.getAttribute("href")) && document.querySelectorAll(a.getAttribute("href")).length === 1)`: true,
		`[...document.querySelectorAll("[id]")].every(e => /^[a-z0-9-]+$/.test(e.id))`:                                                                   true,
		`[...document.querySelectorAll("[class]")].every(e => /^[a-z -]*$/.test(e.className))`:                                                           true,
		`new Set([...document.querySelectorAll("[id]")].map(e => e.id)).size === document.querySelectorAll("[id]").length`:                               true,
		`document.querySelectorAll("meta[http-equiv]").length`:                                                                                           1.0,
		`[...document.querySelectorAll("*")].some(e => [...e.attributes].some(x => x.name.startsWith("on")))`:                                            false,
		`/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent)`:                                          false,
		`document.querySelector("article dd").textContent.includes("<script>window.owned=1</script>")`:                                                   true,
	} {
		if got := ask[any](t, b, question); got != want {
			t.Errorf("%s is %v, want %v", question, got, want)
		}
	}

	b.clean(t)
}

// Even if hostile markup got onto the page, the page's content security policy must stop it.
func TestThePolicyOfThePage(t *testing.T) {
	b := open(t, allActions())
	b.run(t, chromedp.Evaluate(`{
		const s = document.createElement("script"); s.textContent = "window.owned = 1"; document.body.append(s);
		const i = document.createElement("img"); i.src = "https://evil.example/x.png"; document.body.append(i);
		document.body.insertAdjacentHTML("beforeend", "<p id=styled style='color: rgb(1, 2, 3)'>x</p>");
		const l = document.createElement("style"); l.textContent = "p { color: rgb(1, 2, 3) !important }"; document.head.append(l);
	}`, nil))
	if ask[bool](t, b, `window.owned !== undefined || getComputedStyle(document.getElementById("styled")).color === "rgb(1, 2, 3)"`) {
		t.Error("the policy allows foreign scripts or styles")
	}
}

func TestThePagePrintsAllChanges(t *testing.T) {
	b := open(t, large(300, 3))
	b.run(t, chromedp.SendKeys("#f-text", "host-99."), chromedp.Poll(`document.getElementById("f-count").value === "3 of 300 changes"`, nil),
		emulation.SetEmulatedMedia().WithMedia("print"))

	if got := ask[int](t, b, shown); got != 300 {
		t.Errorf("%d changes are printed, want all 300 despite the filter and the folds", got)
	}
	if ask[bool](t, b, `document.querySelector(".filters").checkVisibility()`) {
		t.Error("the filters are visible in print, want them hidden")
	}

	var pdf []byte
	b.run(t, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = cdppage.PrintToPDF().Do(ctx)
		return err
	}))

	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("PrintToPDF returned %d bytes that do not begin with %%PDF-", len(pdf))
	}

	b.clean(t)
}

func TestThePageTakesTenThousandChanges(t *testing.T) {
	b := open(t, many(10_000, plan.Update, func(i int) string { return fmt.Sprintf("192.0.2.%d", i%250) }))
	b.run(t, chromedp.Poll(`document.getElementById("f-count").value === "10000 changes"`, nil),
		chromedp.SendKeys("#f-text", "host-number-9999"), chromedp.Poll(`document.getElementById("f-count").value === "1 of 10000 changes"`, nil))
	if got := ask[int](t, b, shown); got != 1 {
		t.Errorf("%d changes are shown, want the one that matches", got)
	}
	b.clean(t)
}

func TestThePageIsTheSameForTheSamePlan(t *testing.T) {
	if !bytes.Equal(html(t, allActions()), html(t, allActions())) {
		t.Error("two HTML pages of the same plan differ")
	}
	golden(t, "all_actions.html", string(html(t, allActions())))
	golden(t, "trust.html", string(html(t, trusted())))
}

func TestNothingInAPlanIsHTML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		if err := render.HTML(&b, hostilePlan(t)); err != nil {
			t.Fatal(err)
		}

		visible(t, b.String())
		if n := strings.Count(b.String(), "<script>"); n != 1 {
			t.Fatalf("the page has %d scripts, want only its own:\n%s", n, b.String())
		}

		ours := strings.Count(b.String(), "<details")
		if strings.Count(b.String(), "</details>") != ours || strings.Contains(b.String(), "<!--") {
			t.Fatalf("a value became markup in:\n%s", b.String())
		}
	})
}

// TestScreenshots takes pictures for a person to look at: of the whole page, and of the first screen.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("CFPLAN_SCREENSHOTS")
	if dir == "" {
		t.Skip("CFPLAN_SCREENSHOTS names no directory")
	}

	for name, p := range pagePlans() {
		b := open(t, p)
		for _, screen := range []struct {
			name          string
			width, height int64
		}{{"phone", 390, 844}, {"desktop", 1280, 900}} {
			for _, scheme := range []string{"light", "dark"} {
				var first, whole []byte
				b.run(t, inColors(scheme), size(screen.width, screen.height), chromedp.CaptureScreenshot(&first))
				height := ask[int64](t, b, "document.documentElement.scrollHeight")
				b.run(t, size(screen.width, min(height, 4000)), chromedp.CaptureScreenshot(&whole))
				for part, picture := range map[string][]byte{"first": first, "whole": whole} {
					path := filepath.Join(dir, strings.Join([]string{name, screen.name, scheme, part}, "-")+".png")
					if err := os.WriteFile(path, picture, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// size sets the size of the window. A window as narrow as a phone's counts as a phone.
func size(width, height int64) chromedp.Action {
	return emulation.SetDeviceMetricsOverride(width, height, 1, width < 500)
}

// inColors sets the color scheme, "light" or "dark".
func inColors(scheme string) chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme",
		Value: scheme}})
}
