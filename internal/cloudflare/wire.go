package cloudflare

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// wireRecord is a record as the API sends it. Of meta and settings only what
// counts is decoded, and data only for the records that have it.
type wireRecord struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Type     string          `json:"type"`
	Content  string          `json:"content"`
	Data     json.RawMessage `json:"data"`
	Priority *float64        `json:"priority"`
	TTL      float64         `json:"ttl"`
	Proxied  bool            `json:"proxied"`
	Comment  string          `json:"comment"`
	Tags     []string        `json:"tags"`
	Settings dns.Settings    `json:"settings"`
	Private  bool            `json:"private_routing"`
	Meta     wireMeta        `json:"meta"`
}

type wireMeta struct {
	ReadOnly     bool `json:"read_only"`
	EmailRouting bool `json:"email_routing"`
	Tunnel       bool `json:"managed_by_argo_tunnel"`
	Apps         bool `json:"managed_by_apps"`
}

// errIncomplete: without these three a record can be neither compared nor
// changed, and leaving it out would make a plan to create it once more.
var errIncomplete = errors.New("a record of the answer has no id, name or type")

// errBadID: an ID that Cloudflare does not give would be remembered, and be sent back with changes.
var errBadID = errors.New("a record of the answer has an id that cannot be one")

// record returns the record in canonical form.
func (w *wireRecord) record() (dns.Record, error) {
	if w.ID == "" || w.Name == "" || w.Type == "" {
		return dns.Record{}, errIncomplete
	}
	if !identifier.MatchString(w.ID) {
		return dns.Record{}, errBadID
	}
	data, err := w.data()
	if err != nil {
		return dns.Record{}, err
	}
	t := dns.Type(strings.ToUpper(w.Type))
	value := dns.ParseLive(t, w.Content, data, w.Priority)
	r := dns.Record{
		ID:             w.ID,
		Name:           canonicalName(w.Name),
		Type:           t,
		Content:        value.Content,
		Priority:       value.Priority,
		TTL:            w.ttl(),
		Proxied:        w.Proxied,
		Comment:        w.Comment,
		Tags:           dns.CanonicalTags(w.Tags),
		Settings:       w.Settings,
		PrivateRouting: w.Private,
		ManagedBy:      w.Meta.managedBy(),
	}
	return r.Stored(), nil
}

// data is nil for null and for nothing.
func (w *wireRecord) data() (map[string]any, error) {
	if len(w.Data) == 0 || w.Data[0] != '{' {
		return nil, nil
	}
	var data map[string]any
	err := json.Unmarshal(w.Data, &data)
	return data, err
}

// ttl is at least that which means automatic.
func (w *wireRecord) ttl() int {
	if w.TTL < dns.AutoTTL {
		return dns.AutoTTL
	}
	return int(min(w.TTL, math.MaxInt32))
}

func (m wireMeta) managedBy() string {
	switch {
	case m.ReadOnly && m.EmailRouting:
		return "Email Routing"
	case m.ReadOnly:
		return "Cloudflare"
	case m.Tunnel:
		return "Cloudflare Tunnel"
	case m.Apps:
		return "Cloudflare Apps"
	}
	return ""
}

// canonicalName keeps a name that the rules for names do not know: what is live
// exists, whatever the rules say.
func canonicalName(name string) string {
	if canonical, problem := dns.CanonicalName(name); problem == nil {
		return canonical
	}
	return strings.ToLower(strings.TrimSuffix(name, "."))
}

// wireZone is a zone as the API sends it.
type wireZone struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	NameServers []string `json:"name_servers"`
	Status      string   `json:"status"`
	Paused      bool     `json:"paused"`
	Type        string   `json:"type"`
	Account     struct {
		ID string `json:"id"`
	} `json:"account"`
	Plan struct {
		ID       string `json:"id"`
		LegacyID string `json:"legacy_id"`
	} `json:"plan"`
}

func (w wireZone) zone() dns.Zone {
	z := dns.Zone{ID: w.ID, Name: canonicalName(w.Name), Tier: w.tier()}
	for _, server := range w.NameServers {
		z.NameServers = append(z.NameServers, canonicalName(server))
	}
	slices.Sort(z.NameServers)
	return z
}

// tier reads the zone's plan. The field is deprecated, and still the only way to
// know without the permission to read subscriptions.
func (w wireZone) tier() dns.Tier {
	switch tier := dns.Tier(strings.ToLower(w.Plan.LegacyID)); {
	case tier.Known():
		return tier
	case w.Plan.ID == "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee":
		return dns.Free
	case w.Plan.ID == "94f3b7b768b0458b56d2cac4fe5ec0f9":
		return dns.Enterprise
	default:
		return ""
	}
}
