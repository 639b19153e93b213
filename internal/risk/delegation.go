package risk

import (
	"fmt"
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
	if c.Type != dns.NS || c.Name == s.zone || !moves(c) || !s.before.at(c.Name).has(dns.NS) {
		return ""
	}
	if !s.after.at(c.Name).has(dns.NS) {
		return fmt.Sprintf("%s is no longer delegated: this zone answers for it and all names below it.", c.Name)
	}
	return fmt.Sprintf("Other name servers answer for %s and all names below it.", c.Name)
}

func hidingNS(s *scene, c plan.Change) string {
	if c.Type != dns.NS || c.Action != plan.Add || c.Name == s.zone || s.before.at(c.Name).has(dns.NS) {
		return ""
	}

	if s.hidden == nil {
		s.hidden = s.hiddenRecords()
	}
	n := s.hidden[c.Name]
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s is delegated: resolvers no longer get %s at or below it from this zone.",
		c.Name, english.Count(n, "record"))
}

// hiddenRecords counts, for each delegated name, the records that its delegation hides after the changes.
func (s *scene) hiddenRecords() map[string]int {
	out := map[string]int{}
	for name, there := range s.after {
		for cut, ok := name, true; ok && cut != s.zone; _, cut, ok = strings.Cut(cut, ".") {
			if !s.after.at(cut).has(dns.NS) {
				continue
			}

			for _, one := range there.sets {
				for _, r := range one.records {
					if !s.servesDelegation(cut, r) {
						out[cut]++
					}
				}
			}
		}
	}
	return out
}

// servesDelegation reports whether a record is part of the delegation of the name cut after the changes.
func (s *scene) servesDelegation(cut string, r dns.Record) bool {
	return dns.ServesDelegation(cut, r, func(host string) bool { return s.after.at(cut).servers[host] })
}

// belowCut finds a new record at or below a delegated name.
func belowCut(s *scene, c plan.Change) string {
	if c.Action != plan.Add || c.Type == dns.NS || c.Type == dns.DS {
		return ""
	}

	for name := c.Name; name != s.zone; {
		cut := s.after.at(name).has(dns.NS)
		if cut && !s.servesDelegation(name, c.AfterRecord()) {
			return fmt.Sprintf("%s is delegated to other name servers: resolvers do not get this record.", name)
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
	return fmt.Sprintf("Validating resolvers cannot resolve %s if the DS does not match its keys.", c.Name)
}

func removedDS(s *scene, c plan.Change) string {
	if c.Type != dns.DS || c.Action != plan.Destroy || s.after.at(c.Name).has(dns.DS) {
		return ""
	}
	return fmt.Sprintf("Resolvers no longer validate %s: its signatures protect nothing.", c.Name)
}
