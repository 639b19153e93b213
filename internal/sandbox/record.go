package sandbox

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Record is a DNS record in Cloudflare's own form: the JSON names are the API's. Seeds have the same form.
type Record struct {
	// ID is 32 hexadecimal digits; a seed may leave it out.
	ID string `json:"id,omitempty"`
	// Name is the full name, in lower case and punycode, without a final dot. Input may also have "@" or a
	// relative name.
	Name string `json:"name"`
	Type string `json:"type"`
	// Content is the value. For types with Data, the sandbox makes it from Data.
	Content string `json:"content,omitempty"`
	// Data has the members of the 13 types with structured data. Numbers are float64.
	Data map[string]any `json:"data,omitempty"`
	// Priority is the priority of MX, SRV and URI records.
	Priority int `json:"priority,omitempty"`
	// TTL is in seconds; 1 means automatic, and so does 0 in input.
	TTL     int    `json:"ttl,omitempty"`
	Proxied bool   `json:"proxied,omitempty"`
	Comment string `json:"comment,omitempty"`
	// Tags are "name" or "name:value".
	Tags []string `json:"tags,omitempty"`
	// Settings may have flatten_cname (CNAME), ipv4_only and ipv6_only (A, AAAA).
	Settings map[string]bool `json:"settings,omitempty"`
	// PrivateRouting is for proxied A and AAAA records.
	PrivateRouting bool `json:"private_routing,omitempty"`
	// Meta says which product manages the record. With {"email_routing":true,"read_only":true}, the record
	// cannot be changed through the API.
	Meta map[string]any `json:"meta,omitempty"`

	CreatedOn         time.Time `json:"created_on,omitzero"`
	ModifiedOn        time.Time `json:"modified_on,omitzero"`
	CommentModifiedOn time.Time `json:"comment_modified_on,omitzero"`
	TagsModifiedOn    time.Time `json:"tags_modified_on,omitzero"`
}

// clone returns a copy of r that shares nothing with r.
func (r Record) clone() Record {
	r.Data = maps.Clone(r.Data)
	r.Tags = slices.Clone(r.Tags)
	r.Settings = maps.Clone(r.Settings)
	r.Meta = maps.Clone(r.Meta)
	return r
}

// readOnly reports whether a Cloudflare product manages the record.
func (r Record) readOnly() bool {
	b, _ := r.Meta["read_only"].(bool)
	return b
}

func (r Record) emailRouting() bool {
	b, _ := r.Meta["email_routing"].(bool)
	return b
}

// says reports whether r and o are equal except for their IDs and times.
func (r Record) says(o Record) bool {
	return r.Name == o.Name && r.Type == o.Type && r.Content == o.Content &&
		r.Priority == o.Priority && r.TTL == o.TTL && r.Proxied == o.Proxied &&
		r.Comment == o.Comment && slices.Equal(r.Tags, o.Tags) &&
		maps.Equal(r.Settings, o.Settings) && maps.Equal(r.Data, o.Data) &&
		r.PrivateRouting == o.PrivateRouting
}

// touch sets the times of a record that replaces old, which is nil for a new record. A change without effect
// leaves the times as they are; we do not know whether Cloudflare does the same.
func (r *Record) touch(old *Record, now time.Time) {
	if old == nil {
		r.CreatedOn = orTime(r.CreatedOn, now)
		r.ModifiedOn = orTime(r.ModifiedOn, r.CreatedOn)
		r.CommentModifiedOn = orTime(r.CommentModifiedOn, r.ModifiedOn)
		r.TagsModifiedOn = orTime(r.TagsModifiedOn, r.ModifiedOn)
	} else {
		r.retouch(*old, now)
	}

	// Without a comment, the answer has no comment_modified_on.
	if r.Comment == "" {
		r.CommentModifiedOn = time.Time{}
	}
	if len(r.Tags) == 0 {
		r.TagsModifiedOn = time.Time{}
	}
}

func (r *Record) retouch(old Record, now time.Time) {
	r.CreatedOn, r.ModifiedOn = old.CreatedOn, old.ModifiedOn
	r.CommentModifiedOn, r.TagsModifiedOn = old.CommentModifiedOn, old.TagsModifiedOn
	if !r.says(old) {
		r.ModifiedOn = now
	}
	if r.Comment != old.Comment {
		r.CommentModifiedOn = now
	}
	if !slices.Equal(r.Tags, old.Tags) {
		r.TagsModifiedOn = now
	}
}

func orTime(t, fallback time.Time) time.Time {
	if t.IsZero() {
		return fallback
	}
	return t
}

// stamp returns a time in the form of the DNS service.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// wireRecord is a record in an answer. Its absent, null and empty keys are those of recorded answers.
type wireRecord struct {
	ID                string          `json:"id"`
	Name              string          `json:"name"`
	Type              string          `json:"type"`
	Content           string          `json:"content"`
	Data              map[string]any  `json:"data,omitempty"`
	Priority          *int            `json:"priority,omitempty"`
	Proxiable         bool            `json:"proxiable"`
	Proxied           bool            `json:"proxied"`
	TTL               int             `json:"ttl"`
	Settings          map[string]bool `json:"settings,omitzero"`
	PrivateRouting    bool            `json:"private_routing,omitempty"`
	Meta              map[string]any  `json:"meta"`
	Comment           *string         `json:"comment"`
	Tags              []string        `json:"tags"`
	CreatedOn         string          `json:"created_on"`
	ModifiedOn        string          `json:"modified_on"`
	CommentModifiedOn string          `json:"comment_modified_on,omitempty"`
	TagsModifiedOn    string          `json:"tags_modified_on,omitempty"`
}

func (r Record) wire(order uint64) []byte {
	w := wireRecord{
		ID:                r.ID,
		Name:              r.Name,
		Type:              r.Type,
		Content:           r.Content,
		Data:              r.Data,
		Proxiable:         proxiable(r),
		Proxied:           r.Proxied,
		TTL:               r.TTL,
		Settings:          r.wireSettings(order),
		PrivateRouting:    r.PrivateRouting,
		Meta:              r.Meta,
		Tags:              r.Tags,
		CreatedOn:         stamp(r.CreatedOn),
		ModifiedOn:        stamp(r.ModifiedOn),
		CommentModifiedOn: stamp(r.CommentModifiedOn),
		TagsModifiedOn:    stamp(r.TagsModifiedOn),
	}

	if r.Comment != "" {
		w.Comment = &r.Comment
	}
	if w.Meta == nil {
		w.Meta = map[string]any{}
	}
	if w.Tags == nil {
		w.Tags = []string{}
	}
	if hasPriority(r.Type) {
		w.Priority = &r.Priority
	}
	return encode(w)
}

// wireSettings returns the settings in an answer. For one CNAME in three it leaves them out, because reports
// say that Cloudflare sometimes does.
func (r Record) wireSettings(order uint64) map[string]bool {
	out := map[string]bool{}
	if r.Type == "CNAME" {
		if order%3 == 0 && !r.Settings["flatten_cname"] {
			return nil
		}
		out["flatten_cname"] = false
	}
	maps.Copy(out, r.Settings)
	return out
}

func hasPriority(typ string) bool { return typ == "MX" || typ == "SRV" || typ == "URI" }

// compareRecords orders the records that the sandbox's Go methods return.
func compareRecords(a, b Record) int {
	return strings.Compare(a.Name+"\x00"+a.Type+"\x00"+a.Content+"\x00"+a.ID,
		b.Name+"\x00"+b.Type+"\x00"+b.Content+"\x00"+b.ID)
}
