package lint

import (
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Elsewhere reports records that are probably meant for another declared zone, because their names
// end in its name. zones has the names of all declared zones.
func Elsewhere(z dns.Zone, zones map[string]bool) []ZoneProblem {
	if len(zones) < 2 {
		return nil
	}

	c := newZoneChecker(z)
	for _, at := range c.groups {
		c.checkElsewhere(siblings{z.Records, at}, zones)
	}
	return c.problems
}

func (c *zoneChecker) checkElsewhere(s siblings, zones map[string]bool) {
	name := s.name()
	if other := c.zoneBelow(name, zones); other != "" && !c.cuts[other] {
		if those := s.where(func(r dns.Record) bool { return r.Name != other || r.Type != dns.DS }); len(those) > 0 {
			c.add(caution("name-elsewhere", dns.AttrName, "Name in another declared zone",
				"%s is in the zone %s, which is also declared. Declare the record there: that zone answers for it.",
				dns.Show(name), dns.Show(other)), those)
		}
		return
	}

	relative, ok := strings.CutSuffix(name, "."+c.zone.Name)
	if !ok {
		return
	}
	if other := endIn(relative, c.zone.Name, zones); other != "" {
		c.add(caution("name-elsewhere", dns.AttrName, "Name in another declared zone",
			"%s has the name of the declared zone %s in it. Did you mean %s? Names are relative to the zone that "+
				"declares them, so cfplan adds the name of that zone.", dns.Show(name), dns.Show(other), dns.Show(relative)), s.at)
	}
}

// zoneBelow returns the declared zone that contains the name and is below the checked zone, or "" if
// there is none.
func (c *zoneChecker) zoneBelow(name string, zones map[string]bool) string {
	for name != c.zone.Name && dns.Inside(name, c.zone.Name) {
		if zones[name] {
			return name
		}

		_, parent, ok := strings.Cut(name, ".")
		if !ok {
			return ""
		}
		name = parent
	}
	return ""
}

// endIn returns the declared zone that the name equals or ends in, or "" if there is none. It leaves
// out the zone that declares the name, because the check name-doubled reports such a name.
func endIn(name, own string, zones map[string]bool) string {
	for name != "" && name != own {
		if zones[name] {
			return name
		}
		_, name, _ = strings.Cut(name, ".")
	}
	return ""
}
