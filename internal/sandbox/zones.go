package sandbox

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// wireZone is a zone in an answer.
type wireZone struct {
	ID                  string         `json:"id"`
	Name                string         `json:"name"`
	Status              string         `json:"status"`
	Paused              bool           `json:"paused"`
	Type                string         `json:"type"`
	DevelopmentMode     int            `json:"development_mode"`
	NameServers         []string       `json:"name_servers,omitempty"`
	OriginalNameServers []string       `json:"original_name_servers"`
	OriginalRegistrar   *string        `json:"original_registrar"`
	OriginalDNSHost     *string        `json:"original_dnshost"`
	CreatedOn           string         `json:"created_on"`
	ModifiedOn          string         `json:"modified_on"`
	ActivatedOn         *string        `json:"activated_on"`
	Meta                map[string]any `json:"meta"`
	Owner               map[string]any `json:"owner"`
	Account             map[string]any `json:"account"`
	Tenant              map[string]any `json:"tenant"`
	TenantUnit          map[string]any `json:"tenant_unit"`
	Permissions         []string       `json:"permissions"`
	Plan                map[string]any `json:"plan"`
}

func (z *zone) json() []byte {
	i := z.info
	w := wireZone{
		ID:          i.ID,
		Name:        z.shownName(),
		Status:      i.Status,
		Paused:      i.Paused,
		Type:        i.Type,
		NameServers: i.NameServers,
		CreatedOn:   stamp(i.CreatedOn),
		ModifiedOn:  stamp(i.ModifiedOn),
		Meta: map[string]any{
			"step": 2, "custom_certificate_quota": 0, "page_rule_quota": 3, "phishing_detected": false,
		},
		Owner:      map[string]any{"id": "", "name": "", "type": "user"},
		Account:    map[string]any{"id": i.AccountID, "name": i.AccountName},
		Tenant:     map[string]any{"id": nil, "name": nil},
		TenantUnit: map[string]any{"id": nil},
		Plan:       plan(i.Plan),
		// Cloudflare shows the rights of the user, not those of the token.
		Permissions: []string{"#dns_records:edit", "#dns_records:read", "#zone:read"},
	}

	if i.Status == "active" {
		w.ActivatedOn = &w.CreatedOn
	}
	return encode(w)
}

func (z *zone) shownName() string {
	if z.info.UnicodeName {
		return unicodeName(z.info.Name)
	}
	return z.info.Name
}

func plan(legacy string) map[string]any {
	ids := map[string]string{
		"free":       "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
		"enterprise": "94f3b7b768b0458b56d2cac4fe5ec0f9",
	}

	id := ids[legacy]
	if id == "" {
		id = identifier(0, "plan", legacy)
	}

	name := strings.ToUpper(legacy[:1]) + legacy[1:] + " Website"
	return map[string]any{"id": id, "name": name, "price": 0, "currency": "USD", "frequency": "",
		"is_subscribed": legacy != "free", "can_subscribe": true, "legacy_id": legacy,
		"legacy_discount": false, "externally_managed": false}
}

func getZone(c *call) answer {
	return jsonAnswer(http.StatusOK, envelope{result: c.zone.json(), errorsFirst: true})
}

// listZones answers GET /zones with the zones that the token covers. Other zones do not appear at all.
func listZones(c *call) answer {
	p, refused := pageOf(c.query, 20, 5, 50)
	if refused != nil {
		return refused.answer()
	}

	var found []*zone
	for _, z := range c.server.zones {
		if c.token.covers(z) && zoneMatches(z, c.query) {
			found = append(found, z)
		}
	}
	if refused := sortZones(found, c.query); refused != nil {
		return refused.answer()
	}

	shown := p.cut(len(found))
	var b strings.Builder
	for i, z := range found[shown.from:shown.to] {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(z.json())
	}

	result := []byte("[" + b.String() + "]")
	return jsonAnswer(http.StatusOK, envelope{result: result, info: &shown.info, errorsFirst: true})
}

// zoneMatches applies the filters. With match=any, one matching filter is enough.
func zoneMatches(z *zone, q url.Values) bool {
	results := []bool{}
	filter := func(name string, match func(string) bool) {
		if v := q.Get(name); v != "" {
			results = append(results, match(v))
		}
	}

	filter("name", func(v string) bool { return nameMatches(z, v) })
	filter("account.id", func(v string) bool { return v == z.info.AccountID })
	filter("account.name", func(v string) bool { return operatorMatches(z.info.AccountName, v) })
	filter("status", func(v string) bool { return v == z.info.Status })
	filter("type", func(v string) bool { return slices.Contains(strings.Split(v, ","), z.info.Type) })
	if q.Get("type") == "" && z.info.Type == "internal" {
		return false
	}
	if len(results) > 0 && q.Get("match") == "any" {
		return slices.Contains(results, true)
	}

	return !slices.Contains(results, false)
}

// nameMatches compares names in punycode, whatever the spelling of v is.
func nameMatches(z *zone, v string) bool {
	if operatorMatches(z.info.Name, v) || operatorMatches(z.shownName(), v) {
		return true
	}
	ascii, ok := asciiName(v)
	return ok && ascii == z.info.Name
}

// operatorMatches reports whether have matches v. v may begin with an operator, as in "contains:.org";
// without an operator, the two must be equal.
func operatorMatches(have, v string) bool {
	op, want, found := strings.Cut(v, ":")
	op, exactCase := strings.CutSuffix(op, "_case_sensitive")
	if !found {
		op, want = "equal", v
	}
	if !exactCase {
		have, want = strings.ToLower(have), strings.ToLower(want)
	}

	switch op {
	case "equal":
		return have == want
	case "not_equal":
		return have != want
	case "starts_with":
		return strings.HasPrefix(have, want)
	case "ends_with":
		return strings.HasSuffix(have, want)
	case "contains":
		return strings.Contains(have, want)
	}

	return false
}

func sortZones(zs []*zone, q url.Values) *refusal {
	var key func(*zone) string
	switch q.Get("order") {
	case "", "name":
		key = func(z *zone) string { return z.info.Name }
	case "status":
		key = func(z *zone) string { return z.info.Status }
	case "account.id":
		key = func(z *zone) string { return z.info.AccountID }
	case "account.name":
		key = func(z *zone) string { return z.info.AccountName }
	case "plan.id":
		key = func(z *zone) string { return plan(z.info.Plan)["id"].(string) }
	default:
		return badParameter("order")
	}

	sign := 1
	if q.Get("direction") == "desc" {
		sign = -1
	}

	slices.SortFunc(zs, func(a, b *zone) int {
		return sign * cmp.Or(strings.Compare(key(a), key(b)), strings.Compare(a.info.ID, b.info.ID))
	})

	return nil
}

// page is the part of a list that a request asks for.
type page struct{ number, size int }

// pageOf parses page and per_page. It refuses values beyond their bounds.
func pageOf(q url.Values, size, least, most int) (page, *refusal) {
	p := page{number: 1, size: size}
	for _, v := range []struct {
		name        string
		to          *int
		least, most int
	}{{"page", &p.number, 1, 1 << 30}, {"per_page", &p.size, least, most}} {
		s := q.Get(v.name)
		if s == "" {
			continue
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < v.least || n > v.most {
			return p, badParameter(v.name)
		}
		*v.to = n
	}

	return p, nil
}

// slice is the part of a list that a page shows, with its result_info.
type slice struct {
	from, to int
	info     resultInfo
}

func (p page) cut(total int) slice {
	pages := (total + p.size - 1) / p.size
	from := total
	if p.number <= pages {
		from = (p.number - 1) * p.size
	}
	to := min(total, from+p.size)

	info := resultInfo{Page: p.number, PerPage: p.size, Count: to - from, TotalCount: total, TotalPages: pages}
	return slice{from, to, info}
}
