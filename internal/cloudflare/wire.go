package cloudflare

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// wireRecord is a record as the API sends it. Of meta and settings, it has only the members that cfplan uses.
// Data stays undecoded until it is needed.
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

	// saved reports whether the record comes from a saved answer, so that it may have no ID.
	saved bool
	// odd has the fields that do not have the documented form.
	odd []Odd
	// shapes has the types of required string fields that are not strings.
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

// record returns the record in canonical form and notes its odd fields. It returns an error if a field that
// is needed to compare and change the record cannot be read.
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

// checkIdentity returns an error if the record cannot be identified.
func (w *wireRecord) checkIdentity() error {
	anonymous := w.saved && w.ID == "" && w.shapes["id"] == ""
	switch {
	case w.ID == "" && !anonymous:
		return w.unreadable("id")
	case w.Name == "":
		return w.unreadable("name")
	case w.Type == "":
		return w.unreadable("type")
	case !anonymous && !identifier.MatchString(w.ID): // cfplan would store the ID and send it back in changes
		return unreadablef("%s: the field id cannot be read: it is not one of Cloudflare's", w.label())
	}
	return nil
}

// readFromData reports whether a record without content got a value from its data. For an unknown type, it
// accepts any value.
func readFromData(t dns.Type, v dns.Value) bool {
	if !t.Writable() {
		return v.Content != ""
	}
	_, problem := dns.ParseContent(t, v.Content)
	return problem == nil && t != dns.TXT
}

// data returns the structured data, or nil if it is null, missing or not an object.
func (w *wireRecord) data() map[string]any {
	if len(w.Data) == 0 || w.Data[0] == 'n' {
		return nil
	}
	if w.Data[0] != '{' {
		w.note("data", "is "+shapeOf(w.Data)+", "+takenFor["data"])
		return nil
	}
	var data map[string]any
	_ = json.Unmarshal(w.Data, &data) // cannot fail, because it is an object inside a valid document
	return data
}

// ttl returns the TTL, which is at least dns.AutoTTL.
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

// canonicalName returns the canonical form of a name. It returns an invalid name unchanged, because a live
// name exists whatever the rules say.
func canonicalName(name string) string {
	if canonical, problem := dns.CanonicalName(name); problem == nil {
		return canonical
	}
	return strings.ToLower(strings.TrimSuffix(name, "."))
}

// wireZone is a zone as the API sends it. Fields that cannot be read are empty.
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

// UnmarshalJSON never fails: one odd zone must not make the other zones of a list unreadable.
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

// readOr reads a value of the expected type. If the value has another type, it leaves the target unchanged.
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

// tier returns the zone's plan. The field is deprecated, but there is no other way to know the plan without the
// permission to read subscriptions.
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
