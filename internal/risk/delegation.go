package risk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

func apexNS(s *scene, c plan.Change) string {
	if c.Type != dns.NS || c.Name != s.zone || !moves(c) {
		return ""
	}
	return "The zone's own name servers change."
}

func delegation(s *scene, c plan.Change) string {
	if c.Type != dns.NS || c.Name == s.zone || !moves(c) || len(of(s.before[c.Name], dns.NS)) == 0 {
		return ""
	}
	if len(of(s.after[c.Name], dns.NS)) == 0 {
		return fmt.Sprintf("%s is delegated no more: all names below it are answered from here.", c.Name)
	}
	return fmt.Sprintf("Other name servers answer for %s and all names below it.", c.Name)
}

func hidingNS(s *scene, c plan.Change) string {
	if c.Type != dns.NS || c.Action != plan.Add || c.Name == s.zone || len(of(s.before[c.Name], dns.NS)) > 0 {
		return ""
	}
	n := 0
	for name, records := range s.after {
		if !dns.Inside(name, c.Name) {
			continue
		}
		for _, r := range records {
			if !s.servesDelegation(c.Name, r) {
				n++
			}
		}
	}
	if n == 0 {
		return ""
	}
	are := "are"
	if n == 1 {
		are = "is"
	}
	return fmt.Sprintf("%s is delegated: %s at or below it in this zone %s answered no more.",
		c.Name, english.Count(n, "record"), are)
}

// servesDelegation reports whether a record takes part in the delegation of a name
// after the changes.
func (s *scene) servesDelegation(cut string, r dns.Record) bool {
	return dns.ServesDelegation(cut, r, func(host string) bool {
		return slices.ContainsFunc(of(s.after[cut], dns.NS), func(ns dns.Record) bool { return ns.Content == host })
	})
}

// belowCut finds a new record at or below a delegated name.
func belowCut(s *scene, c plan.Change) string {
	if c.Action != plan.Add || c.Type == dns.NS || c.Type == dns.DS {
		return ""
	}
	for name := c.Name; name != s.zone; {
		cut := len(of(s.after[name], dns.NS)) > 0
		if cut && !s.servesDelegation(name, c.After.Record(c.Name, c.Type)) {
			return fmt.Sprintf("%s is delegated to other name servers: nobody is answered this record.", name)
		}
		_, parent, ok := strings.Cut(name, ".")
		if !ok {
			break
		}
		name = parent
	}
	return ""
}

func otherDS(_ *scene, c plan.Change) string {
	if c.Type != dns.DS || c.Action == plan.Destroy || !moves(c) {
		return ""
	}
	return fmt.Sprintf("%s cannot be resolved by validating resolvers if the DS does not match its keys.", c.Name)
}

func removedDS(s *scene, c plan.Change) string {
	if c.Type != dns.DS || c.Action != plan.Destroy || len(of(s.after[c.Name], dns.DS)) > 0 {
		return ""
	}
	return fmt.Sprintf("%s is validated no more: its signatures protect nobody.", c.Name)
}
