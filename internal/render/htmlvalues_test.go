package render

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// shownMarks writes a value as the page shows it, with brackets around marked parts.
func shownMarks(parts []pagePart) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Mark != "" {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestThePageMarksTheDifferencesOfAValue(t *testing.T) {
	key := strings.Repeat("MIGfMA0GCSqGSIb3", 4)
	for _, tt := range []struct{ before, after, wantBefore, wantAfter string }{
		{`"192.0.2.1"`, `"192.0.2.2"`, `"192.0.2.[1]"`, `"192.0.2.[2]"`},
		{`"192.0.2.1"`, `"192.0.2.12"`, `"192.0.2.[1]"`, `"192.0.2.[12]"`},
		{`"192.0.2.1"`, `"198.51.100.1"`, `"[192.0.2].1"`, `"[198.51.100].1"`},
		{`"2001:db8::1"`, `"2001:db8:1::1"`, `"2001:db8::1"`, `"2001:db8:[1:]:1"`},
		{`"mail.example.org"`, `"mail.example.net"`, `"mail.example.[org]"`, `"mail.example.[net]"`},
		{`"mail.example.org"`, `"www.shop.test"`, `"[mail.example.org]"`, `"[www.shop.test]"`},
		{`300`, `3600`, `[300]`, `[3600]`},
		{`300`, `auto`, `[300]`, `[auto]`},
		{`"v=DMARC1; p=none"`, `"v=DMARC1; p=reject"`, `"v=DMARC1; p=[none]"`, `"v=DMARC1; p=[reject]"`},
		{`"v=spf1 a ~all"`, `"v=spf1 a -all"`, `"v=spf1 a [~]all"`, `"v=spf1 a [-]all"`},
		{`"v=spf1 a b"`, `"v=spf1 c d e"`, `"v=spf1 [a b]"`, `"v=spf1 [c d e]"`},
		{`"p=` + key + `"`, `"p=` + key[:20] + "x" + key[21:] + `"`, `"p=` + key[:20] + "[" + key[20:21] + "]" + key[21:] + `"`, `"p=` + key[:20] + "[x]" + key[21:] + `"`},
		{absent, `"a comment"`, absent, `"a comment"`},
	} {
		got := changedValue(row{name: dns.AttrContent, before: tt.before, after: tt.after})
		if before, after := shownMarks(got.Before), shownMarks(got.After); before != tt.wantBefore ||
			after != tt.wantAfter {
			t.Errorf("%s → %s is shown as\n%s → %s, want\n%s → %s", tt.before, tt.after, before, after, tt.wantBefore,
				tt.wantAfter)
		}
		if got.Whole != nil {
			t.Errorf("%s → %s is cut, want the whole values", tt.before, tt.after)
		}
	}
}

// The page cuts a long value. A fold must have the whole value, which without its marks is the original value.
func TestThePageHasTheWholeOfALongValue(t *testing.T) {
	long := strings.Repeat("ip4:192.0.2.0/24 ", 80)
	before, after := `"v=spf1 `+long+`~all"`, `"v=spf1 `+long+`-all"`
	unmark := strings.NewReplacer("[", "", "]", "")

	changed := changedValue(row{name: dns.AttrContent, before: before, after: after})
	if changed.Whole == nil || unmark.Replace(shownMarks(changed.Whole.Before)) != before ||
		unmark.Replace(shownMarks(changed.Whole.After)) != after {
		t.Error("the fold lacks the whole of a changed value")
	}

	for _, side := range []string{shownMarks(changed.Before), shownMarks(changed.After)} {
		if len(side) > roomForValue+20 || !strings.Contains(side, "]all") || !strings.HasPrefix(side, "…") {
			t.Errorf("a changed value is shown as %s, want it cut in front of the difference", side)
		}
	}

	one := pageRows(plan.Change{Action: plan.Add, Type: dns.TXT, After: &plan.Values{Content: after, TTL: 300}})[0]
	if one.Whole == nil || shownMarks(one.Whole.After) != after {
		t.Error("the fold lacks the whole of an added value")
	}
	if shown := shownMarks(one.After); !strings.HasPrefix(after, strings.TrimSuffix(shown, "…")) ||
		len(shown) > roomForOne+10 {
		t.Errorf("an added value is shown as %s, want its beginning and an ellipsis", shown)
	}
}
