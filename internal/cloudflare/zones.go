package cloudflare

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/zones"
	"golang.org/x/net/idna"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/parallel"
)

// zonesPerPage is the size of the largest page that the API returns.
const zonesPerPage = 50

// fewNames is the largest number of names that FindZones looks up one by one. For more names, reading the
// list may be cheaper.
const fewNames = 3

// parallelReads is the largest number of requests that run in parallel.
const parallelReads = 8

// FindZones finds zones by their canonical names. The result has, for each name, every zone that the
// credentials can see: none, one or (in several accounts) more.
//
// It takes one request for each name or one for each 50 zones of the account, whichever is less.
//
// A zone that cannot be read may have any name. So if there is one, FindZones returns an error unless it has
// found all names.
func (c *Client) FindZones(ctx context.Context, names []string) (map[string][]dns.Zone, error) {
	found, err := c.findZones(ctx, names)
	if err == nil && len(found.missing()) > 0 {
		err = found.unread
	}
	return found.result(err)
}

// findZones is FindZones without an error for zones that cannot be read.
func (c *Client) findZones(ctx context.Context, names []string) (*zoneSet, error) {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	found := &zoneSet{wanted: names, byName: map[string][]dns.Zone{}, ids: map[string]bool{}}
	if len(names) <= fewNames {
		return found, c.lookUp(ctx, names, found)
	}

	watch := c.newStopwatch(parallelReads)
	first, err := listed[[]wireZone](ctx, c, zonesPage(c, 1), watch)
	if err != nil {
		return found, err
	}

	found.add(c, zonesPage(c, 1), first.Result)
	pages := min(pagesOf(first.Info, len(first.Result)), mostPages+1)
	switch {
	case pages-1 > len(names) || pages > mostPages:
		// Also look up the names on the first page, because another page may have a zone with the same name
		// in another account.
		return found, c.lookUp(ctx, names, found)
	default:
		err := c.readPages(ctx, pages, found, watch)
		if err == nil && first.Info.TotalCount != nil && found.seen() < *first.Info.TotalCount {
			// The pages do not have the whole list, so look up the missing names.
			err = c.lookUp(ctx, found.missing(), found)
		}
		return found, err
	}
}

// FindEach finds zones like [Client.FindZones], but returns an error for each name that it could not look up.
// It looks up a few names one by one, so that a refusal for one name does not affect the others. For many
// names, an error applies to all of them. But if a zone cannot be read, only the names that were not found
// get an error.
func (c *Client) FindEach(ctx context.Context, names []string) (map[string][]dns.Zone, map[string]error) {
	if len(names) > fewNames {
		return c.findMany(ctx, names)
	}

	zones, errs := map[string][]dns.Zone{}, map[string]error{}
	for _, name := range names {
		found, err := c.FindZones(ctx, []string{name})
		if err != nil {
			errs[name] = err
			continue
		}
		zones[name] = found[name]
	}
	return zones, errs
}

// findMany finds many zones. If a zone cannot be read, the names that were not found get an error.
func (c *Client) findMany(ctx context.Context, names []string) (map[string][]dns.Zone, map[string]error) {
	found, err := c.findZones(ctx, names)
	failed := names
	if err == nil {
		err, failed = found.unread, found.missing()
	}
	if err == nil {
		zones, _ := found.result(nil)
		return zones, nil
	}

	errs := make(map[string]error, len(failed))
	for _, name := range failed {
		errs[name] = err
	}
	zones, _ := found.result(nil)
	return zones, errs
}

// pagesOf returns the number of pages of the list according to its first page, with got items. If the page
// does not say, it returns a number beyond mostPages.
func pagesOf(i resultInfo, got int) int {
	switch {
	case i.TotalPages > 0:
		return i.TotalPages
	case i.TotalCount != nil && *i.TotalCount > 0:
		per := zonesPerPage
		if 0 < i.PerPage && i.PerPage < per { // the server may return smaller pages than requested
			per = i.PerPage
		}
		return (*i.TotalCount-1)/per + 1
	case got == 0, i.PerPage > 0 && got < min(i.PerPage, zonesPerPage):
		return 1
	default:
		return mostPages + 1 // unknown
	}
}

func (c *Client) lookUp(ctx context.Context, names []string, found *zoneSet) error {
	return inParallel(ctx, len(names), func(ctx context.Context, i int) error {
		matches, err := c.zonesNamed(ctx, names[i])
		found.add(c, zonesByName(c, names[i]), matches)
		return err
	})
}

func (c *Client) readPages(ctx context.Context, pages int, found *zoneSet, watch *stopwatch) error {
	return inParallel(ctx, pages-1, func(ctx context.Context, i int) error {
		env, err := listed[[]wireZone](ctx, c, zonesPage(c, i+2), watch)
		found.add(c, zonesPage(c, i+2), env.Result)
		return err
	})
}

func inParallel(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	g, ctx := parallel.WithContext(ctx, parallelReads)
	for i := range n {
		g.Go(func() error { return do(ctx, i) })
	}
	return g.Wait()
}

// zonesNamed looks up one name. It tries both spellings of an IDN, because the API's filter finds the zone by
// only one of them.
func (c *Client) zonesNamed(ctx context.Context, name string) ([]wireZone, error) {
	env, err := c.zonesByName(ctx, name)
	if err != nil || slices.ContainsFunc(env.Result, func(z wireZone) bool { return canonicalName(z.Name) == name }) {
		return env.Result, err
	}

	unicode, err := idna.ToUnicode(name)
	if err != nil || unicode == name {
		return env.Result, nil //nolint:nilerr // a name without another spelling needs only one request
	}

	env, err = c.zonesByName(ctx, unicode)
	return env.Result, err
}

// zonesByName looks up one spelling of a name. It returns an error if the answer has only a part of the list.
func (c *Client) zonesByName(ctx context.Context, name string) (envelope[[]wireZone], error) {
	r := zonesByName(c, name)
	env, err := call[[]wireZone](ctx, c, r)
	more := env.Info.TotalPages > 1 || env.Info.TotalCount != nil && *env.Info.TotalCount > len(env.Result)
	if err == nil && more {
		err = c.unusable(r, boundf("the list of the zones of one name has more than one page"))
	}
	return env, err
}

// zoneSet collects the wanted zones from several answers.
type zoneSet struct {
	wanted []string // sorted

	mu     sync.Mutex
	byName map[string][]dns.Zone
	// ids has the IDs of all zones in the answers, wanted or not.
	ids map[string]bool
	// unread is the error of a zone that could not be read; nil if there is none.
	unread error
}

// seen returns the number of different zones in the answers.
func (s *zoneSet) seen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ids)
}

// missing returns the wanted names that no answer has.
func (s *zoneSet) missing() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.wanted), func(name string) bool { return len(s.byName[name]) > 0 })
}

// add adds the wanted zones of an answer. It compares the names itself, because the API ignores unknown
// filters and returns all zones.
func (s *zoneSet) add(c *Client, r request, answer []wireZone) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, w := range answer {
		z := w.zone()
		if !identifier.MatchString(z.ID) || z.Name == "" {
			s.unread = c.unusable(r,
				unreadablef("a zone of the list cannot be read: its id or its name is missing or invalid"))
			continue
		}

		s.ids[z.ID] = true
		same := func(o dns.Zone) bool { return o.ID == z.ID }
		if _, wanted := slices.BinarySearch(s.wanted, z.Name); wanted && !slices.ContainsFunc(s.byName[z.Name], same) {
			s.byName[z.Name] = append(s.byName[z.Name], z)
		}
	}
}

func (s *zoneSet) result(err error) (map[string][]dns.Zone, error) {
	if err != nil {
		return nil, err
	}
	for _, list := range s.byName {
		slices.SortFunc(list, func(a, b dns.Zone) int { return strings.Compare(a.ID, b.ID) })
	}
	return s.byName, nil
}

// GetZone returns a zone without its records.
func (c *Client) GetZone(ctx context.Context, id string) (dns.Zone, error) {
	info, err := c.ZoneInfo(ctx, id)
	return info.Zone, err
}

// ZoneInfo is a zone with the settings that decide whether its records are served.
type ZoneInfo struct {
	// Zone has no records.
	dns.Zone
	// Status is "active" if the registrar points to Cloudflare; otherwise it is "initializing", "pending"
	// or "moved".
	Status string
	// Type is "full", "partial", "secondary" or "internal".
	Type string
	// Paused reports whether the zone is paused, so that Cloudflare proxies none of its records.
	Paused bool
	// AccountID is the ID of the zone's account; empty if the answer does not have it.
	AccountID string
}

// ZoneInfo returns a zone by its ID.
func (c *Client) ZoneInfo(ctx context.Context, id string) (ZoneInfo, error) {
	if err := c.checkID("zone", id); err != nil {
		return ZoneInfo{}, err
	}

	r := request{
		method: http.MethodGet,
		path:   "/zones/" + id,
		send: func(ctx context.Context, opts ...option.RequestOption) error {
			var p zones.ZoneGetParams
			p.ZoneID.Value = id
			_, err := c.zones.Get(ctx, p, opts...)
			return err
		},
	}

	env, err := call[wireZone](ctx, c, r)
	if err == nil && (env.Result.ID != id || env.Result.Name == "") {
		r.ray = env.ray
		err = c.unusable(r, errNoResult)
	}
	if err != nil {
		return ZoneInfo{}, err
	}

	w := env.Result
	return ZoneInfo{
		Zone:      w.zone(),
		Status:    c.secrets.text(w.Status),
		Type:      c.secrets.text(w.Type),
		Paused:    w.Paused,
		AccountID: c.secrets.text(w.Account.ID),
	}, nil
}

func zonesPage(c *Client, page int) request {
	return c.zoneList(url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(zonesPerPage)}})
}

func zonesByName(c *Client, name string) request {
	return c.zoneList(url.Values{"name": {name}, "per_page": {strconv.Itoa(zonesPerPage)}})
}

func (c *Client) zoneList(query url.Values) request {
	return request{
		method: http.MethodGet,
		path:   "/zones",
		query:  query,
		send: func(ctx context.Context, opts ...option.RequestOption) error {
			_, err := c.zones.List(ctx, zones.ZoneListParams{}, opts...)
			return err
		},
	}
}
