package cloudflare

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// ListZones lists all zones that the credentials can see, without their records, sorted by name.
func (c *Client) ListZones(ctx context.Context) ([]dns.Zone, error) {
	all := &zoneList{ids: map[string]bool{}}
	watch := c.newStopwatch(1)
	for page := 1; ; page++ {
		r := zonesPage(c, page)
		if page > mostPages {
			return nil, c.unusable(r, boundf("the list of zones has more than %d pages", mostPages))
		}
		env, err := listed[[]wireZone](ctx, c, r, watch)
		if err != nil {
			return nil, err
		}

		before := len(all.zones)
		if err := all.add(env.Result); err != nil {
			return nil, c.unusable(r, err)
		}
		if env.Info.last(page, len(env.Result), len(all.zones), zonesPerPage) {
			return all.sorted(), nil
		}
		if len(all.zones) == before {
			return nil, c.unusable(r, boundf("page %d of the list of zones only repeats earlier ones", page))
		}
	}
}

// zoneList collects the zones of several pages, which may overlap.
type zoneList struct {
	zones []dns.Zone
	ids   map[string]bool
}

func (l *zoneList) add(page []wireZone) error {
	for _, w := range page {
		z := w.zone()
		if !identifier.MatchString(z.ID) || z.Name == "" {
			return unreadablef("a zone of the list cannot be read: its id or its name is missing or invalid")
		}
		if !l.ids[z.ID] {
			l.ids[z.ID] = true
			l.zones = append(l.zones, z)
		}
	}
	return nil
}

func (l *zoneList) sorted() []dns.Zone {
	return slices.SortedFunc(slices.Values(l.zones), func(a, b dns.Zone) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
}
