package cloudflare

import (
	"encoding/json"
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

	// odd is what could not be read, or only with some goodwill.
	odd []Odd
	// shapes has the types of those fields that had to be strings and are not.
	shapes map[string]string
}

// recordPage is a list of records.
type recordPage []wireRecord

type wireMeta struct {
	ReadOnly     bool `json:"read_only"`
	EmailRouting bool `json:"email_routing"`
	Tunnel       bool `json:"managed_by_argo_tunnel"`
	Apps         bool `json:"managed_by_apps"`
}

// record returns the record in canonical form. What is odd in it is noted; a record that can be neither compared nor
// changed is an error.
func (w *wireRecord) record() (dns.Record, error) {
	if err := w.checkIdentity(); err != nil {
		return dns.Record{}, err
	}
	t := dns.Type(strings.ToUpper(w.Type))
	value := dns.ParseLive(t, w.Content, w.data(), w.Priority)
	if w.Content == "" && !readFromData(t, value) {
		return dns.Record{}, w.unreadable("content")
	}
	w.checkNumbers(t, value)

	r := dns.Record{
		ID:             w.ID,
		Name:           canonicalName(w.Name),
		Type:           t,
		Content:        value.Content,
		Priority:       value.Priority,
		NoPriority:     t == dns.MX && !value.HasPriority,
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

// checkIdentity returns an error if the record cannot be told from others.
func (w *wireRecord) checkIdentity() error {
	switch {
	case w.ID == "":
		return w.unreadable("id")
	case w.Name == "":
		return w.unreadable("name")
	case w.Type == "":
		return w.unreadable("type")
	case !identifier.MatchString(w.ID): // it would be remembered, and be sent back with changes
		return unreadablef("%s: the field id cannot be read: it is not one of Cloudflare's", w.label())
	}
	return nil
}

// readFromData reports whether the value of a record without content is one. Of a type that is not known, any will do.
func readFromData(t dns.Type, v dns.Value) bool {
	if !t.Writable() {
		return v.Content != ""
	}
	_, problem := dns.ParseContent(t, v.Content)
	return problem == nil && t != dns.TXT
}

// data is nil for null, for nothing, and for what is no object.
func (w *wireRecord) data() map[string]any {
	if len(w.Data) == 0 || w.Data[0] == 'n' {
		return nil
	}
	if w.Data[0] != '{' {
		w.note("data", "is "+shapeOf(w.Data)+", "+takenFor["data"])
		return nil
	}
	var data map[string]any
	_ = json.Unmarshal(w.Data, &data) // an object in a JSON document is one
	return data
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

// wireZone is a zone as the API sends it. A field that cannot be read is empty.
type wireZone struct {
	ID          string
	Name        string
	NameServers []string
	Status      string
	Paused      bool
	Type        string
	Account     struct{ ID string }
	Plan        struct{ ID, LegacyID string }
}

// UnmarshalJSON never fails: an odd zone must not make the others of a list unreadable.
func (w *wireZone) UnmarshalJSON(raw []byte) error {
	*w = wireZone{}
	var members struct {
		ID          json.RawMessage `json:"id"`
		Name        json.RawMessage `json:"name"`
		NameServers json.RawMessage `json:"name_servers"`
		Status      json.RawMessage `json:"status"`
		Paused      json.RawMessage `json:"paused"`
		Type        json.RawMessage `json:"type"`
		Account     json.RawMessage `json:"account"`
		Plan        json.RawMessage `json:"plan"`
	}
	var account struct {
		ID json.RawMessage `json:"id"`
	}
	var plan struct {
		ID       json.RawMessage `json:"id"`
		LegacyID json.RawMessage `json:"legacy_id"`
	}
	readOr(raw, &members)
	readOr(members.Account, &account)
	readOr(members.Plan, &plan)

	readOr(members.ID, &w.ID)
	readOr(members.Name, &w.Name)
	readOr(members.NameServers, &w.NameServers)
	readOr(members.Status, &w.Status)
	readOr(members.Paused, &w.Paused)
	readOr(members.Type, &w.Type)
	readOr(account.ID, &w.Account.ID)
	readOr(plan.ID, &w.Plan.ID)
	readOr(plan.LegacyID, &w.Plan.LegacyID)
	return nil
}

// readOr reads a value of the expected type, and leaves the target as it is if the value is of another.
func readOr[T any](raw json.RawMessage, to *T) {
	var v T
	if len(raw) > 0 && json.Unmarshal(raw, &v) == nil {
		*to = v
	}
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
