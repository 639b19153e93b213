package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// change is a request body: the members of a record that a client sent. Members that the body does not have
// are nil.
type change struct {
	id       string // in a batch
	typ      *string
	name     *string
	content  *string
	data     map[string]any
	priority *float64
	ttl      *float64
	proxied  *bool
	comment  *string
	tags     *[]string
	settings *map[string]bool
	private  *bool
}

func malformed() *refusal {
	return refuse(http.StatusBadRequest, codeBadJSON, "Malformed JSON in request body")
}

// fields returns the members of a JSON object. Its keys are case-sensitive, unlike those that encoding/json
// decodes into a struct.
func fields(body []byte) (map[string]json.RawMessage, *refusal) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(body, &m); err != nil || m == nil {
		return nil, malformed()
	}
	return m, nil
}

// parseChange parses a record that a client sent. Like the API, it ignores read-only members and members
// that do not belong to records.
func parseChange(body []byte) (change, *refusal) {
	m, bad := fields(body)
	if bad != nil {
		return change{}, bad
	}

	p := parser{members: m}
	c := change{
		typ: read[string](&p, "type", "string"), name: read[string](&p, "name", "string"),
		content:  read[string](&p, "content", "string"),
		priority: read[float64](&p, "priority", "number"), ttl: read[float64](&p, "ttl", "number"),
		proxied: read[bool](&p, "proxied", "boolean"), comment: read[string](&p, "comment", "string"),
		tags:    read[[]string](&p, "tags", "list of strings"),
		private: read[bool](&p, "private_routing", "boolean"),
	}

	if id := read[string](&p, "id", "string"); id != nil {
		c.id = *id
	}
	if data := read[map[string]any](&p, "data", "object"); data != nil {
		c.data = *data
	}

	c.settings = readSettings(&p)
	c.clearNulls(m)
	if len(p.errs) > 0 {
		return change{}, reject(p.errs...)
	}

	return c, nil
}

// clearNulls makes a null comment or null tags an explicit "none". For all other members, null means the
// same as absent.
func (c *change) clearNulls(m map[string]json.RawMessage) {
	if isNull(m["comment"]) {
		c.comment = new(string)
	}
	if isNull(m["tags"]) {
		c.tags = new([]string)
	}
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// parser reads the members of an object and collects an error for each one that has the wrong JSON type.
type parser struct {
	members map[string]json.RawMessage
	errs    []apiError
}

func (p *parser) fail(name, want string) {
	p.errs = append(p.errs, apiError{Code: codeJSONType, Message: "Failed to parse. " + name + " must be a " + want})
}

// read returns a member, or nil if it is absent or null.
func read[T any](p *parser, name, want string) *T {
	raw, ok := p.members[name]
	if !ok || isNull(raw) {
		return nil
	}
	v := new(T)
	if json.Unmarshal(raw, v) != nil {
		p.fail(name, want)
		return nil
	}
	return v
}

// knownSettings are the settings that records can have. Other settings are ignored.
var knownSettings = []string{"flatten_cname", "ipv4_only", "ipv6_only"}

func readSettings(p *parser) *map[string]bool {
	sent := read[map[string]json.RawMessage](p, "settings", "object")
	if sent == nil {
		return nil
	}

	out := map[string]bool{}
	inner := parser{members: *sent}
	for _, name := range knownSettings {
		if v := read[bool](&inner, name, "boolean"); v != nil {
			out[name] = *v
		}
	}

	for _, e := range inner.errs {
		e.Message = strings.Replace(e.Message, "parse. ", "parse. settings.", 1)
		p.errs = append(p.errs, e)
	}

	return &out
}

// draft is a record before it is checked and stored.
type draft struct {
	Record
	hasPriority bool
	// ttl and priority are the numbers as sent; they may be fractions.
	ttl, priority float64
	// flat reports whether the client sent a new content, without data, for a type that takes data.
	flat bool
	// noContent reports whether the record had no content before and the client sent none.
	noContent bool
}

// fresh returns a draft with only defaults, from which a creation or an overwrite starts.
func fresh() draft { return draft{Record: Record{TTL: 1}, ttl: 1, noContent: true} }

// edit returns a draft that starts from an existing record.
func edit(r Record) draft {
	return draft{Record: r.clone(), hasPriority: true, ttl: float64(r.TTL), priority: float64(r.Priority)}
}

// apply overrides the draft with what the client sent.
func (d *draft) apply(c change) {
	set(&d.Type, c.typ)
	set(&d.Name, c.name)
	set(&d.ttl, c.ttl)
	set(&d.Proxied, c.proxied)
	set(&d.Comment, c.comment)
	set(&d.PrivateRouting, c.private)
	if c.tags != nil {
		d.Tags = slices.Clone(*c.tags)
	}
	if c.settings != nil {
		d.Settings = *c.settings
	}
	if c.priority != nil {
		d.priority, d.hasPriority = *c.priority, true
	}

	d.applyValue(c)
}

// applyValue applies content and data. Clients cannot set the content of a type with data: normalizeData
// refuses one that differs from the stored content.
func (d *draft) applyValue(c change) {
	if takesData(d.Type) {
		d.flat = c.data == nil && c.content != nil && *c.content != d.Content
		if c.data != nil {
			d.Data = c.data
		}
		return
	}
	set(&d.Content, c.content)
	d.noContent = d.noContent && c.content == nil
	d.Data = nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
