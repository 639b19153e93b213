package render

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func TestLineShowsBothNamesOfARename(t *testing.T) {
	record := dns.Record{ID: "1", Name: "new.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300}
	c := plan.Change{
		Action:       plan.Update,
		Type:         dns.A,
		Name:         "new.example.com",
		PreviousName: "old.example.com",
		RecordID:     "1",
		Before:       plan.ValuesOf(record),
	}
	for content, want := range map[string]string{
		"192.0.2.1": `~ A new.example.com 192.0.2.1 (name "old.example.com" -> "new.example.com")`,
		"192.0.2.2": `~ A new.example.com 192.0.2.2 (name "old.example.com" -> "new.example.com", content "192.0.2.1" -> "192.0.2.2")`,
	} {
		record.Content = content
		c.After = plan.ValuesOf(record)
		if got := Line(c); got != want {
			t.Errorf("Line = %s, want %s", got, want)
		}
	}

	c.Sensitive = []dns.Attribute{dns.AttrName}
	masked := Line(c)
	if strings.Contains(masked, "old.example") || strings.Contains(masked, "new.example") || !strings.Contains(masked, "name") {
		t.Errorf("Line = %s, want the attribute name without the old and the new name", masked)
	}
}

// A rename of a record at the zone's own name is as important as any change there.
func TestRenameIsAsImportantAsEitherName(t *testing.T) {
	values := plan.ValuesOf(dns.Record{Type: dns.A, Content: "192.0.2.1", TTL: 300})
	c := plan.Change{Action: plan.Update, Type: dns.A, Name: "www.example.com", RecordID: "1", Before: values, After: values}
	if got := rankOf(c, "example.com"); got != anyOther {
		t.Errorf("rank of a change of an ordinary record = %v, want %v", got, anyOther)
	}
	c.PreviousName = "example.com"
	if got := rankOf(c, "example.com"); got != importantWrite {
		t.Errorf("rank of a rename from the apex = %v, want %v", got, importantWrite)
	}
}
