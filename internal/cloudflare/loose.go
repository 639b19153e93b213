package cloudflare

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// The API has changed the types of fields before, and one odd field must not make a whole zone unreadable. So
// if an answer does not have the documented form, the code in this file reads it again field by field. That
// takes several times as long, so it happens only for such answers.

// loose is a result that can be read field by field.
type loose interface {
	// readLoosely reads a result whatever the types of its fields are. It returns an error if raw is not a
	// result of this kind at all.
	readLoosely(raw json.RawMessage) error
}

// decode reads an answer. If a field has another type than expected, it reads the answer field by field.
func decode[T any](body []byte, env *envelope[T]) error {
	err := json.Unmarshal(body, env)
	if err == nil || !errors.As(err, new(*json.UnmarshalTypeError)) {
		return err
	}

	var parts envelope[json.RawMessage]
	if partsErr := json.Unmarshal(body, &parts); partsErr != nil {
		return partsErr
	}
	*env = envelope[T]{Success: parts.Success, Errors: parts.Errors, Info: parts.Info}
	if r, ok := any(&env.Result).(loose); ok {
		return r.readLoosely(parts.Result)
	}
	return err
}

func (p *recordPage) readLoosely(raw json.RawMessage) error {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return err
	}
	if items == nil {
		return nil
	}

	*p = make(recordPage, len(items))
	for i, item := range items {
		w := &(*p)[i]
		if json.Unmarshal(item, w) != nil {
			w.readLoosely(item)
		}
	}
	return nil
}

func (r *wireResult) readLoosely(raw json.RawMessage) error {
	var lists struct {
		Deletes, Patches, Posts json.RawMessage
	}
	if err := json.Unmarshal(raw, &lists); err != nil {
		return err
	}

	*r = wireResult{}
	if err := json.Unmarshal(orNull(lists.Deletes), &r.Deletes); err != nil {
		return err
	}
	if err := r.Patches.readLoosely(orNull(lists.Patches)); err != nil {
		return err
	}
	return r.Posts.readLoosely(orNull(lists.Posts))
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// takenFor says what the client assumes for a field whose value it cannot read.
var takenFor = map[string]string{
	"ttl":             "read as automatic",
	"proxied":         "read as false",
	"private_routing": "read as false",
	"comment":         "read as empty",
	"tags":            "read as empty",
	"settings":        "read as the defaults",
	"meta":            "so it is not known whether a Cloudflare product manages the record",
	"data":            "so the value is read from the content",
	"priority":        "which is not a priority",
}

// readLoosely reads as much of a record as possible.
func (w *wireRecord) readLoosely(raw json.RawMessage) {
	*w = wireRecord{shapes: map[string]string{}}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return // the record then has no ID, which record reports
	}

	f := looseFields{members: members, record: w}
	w.ID, w.Name = f.exactText("id"), f.exactText("name")
	w.Type, w.Content = f.exactText("type"), f.exactText("content")
	w.Data = f.object("data")
	w.Priority = f.number("priority")
	if ttl := f.number("ttl"); ttl != nil {
		w.TTL = *ttl
	}
	w.Proxied, w.Private = f.boolean("proxied"), f.boolean("private_routing")
	w.Comment, w.Tags = f.text("comment"), f.tags("tags")

	settings := f.inside("settings")
	w.Settings = dns.Settings{
		FlattenCNAME: settings.boolean("flatten_cname"),
		IPv4Only:     settings.boolean("ipv4_only"),
		IPv6Only:     settings.boolean("ipv6_only"),
	}

	meta := f.inside("meta")
	w.Meta = wireMeta{
		ReadOnly:     meta.boolean("read_only"),
		EmailRouting: meta.boolean("email_routing"),
		Tunnel:       meta.boolean("managed_by_argo_tunnel"),
		Apps:         meta.boolean("managed_by_apps"),
	}
}

// looseFields are the fields of a record, or of an object in it.
type looseFields struct {
	members map[string]json.RawMessage
	// within is the name of the object; empty for the record.
	within string
	record *wireRecord
}

// get returns a field, or nil if it is missing or null.
func (f looseFields) get(name string) json.RawMessage {
	if raw := f.members[name]; shapeOf(raw) != "null" {
		return raw
	}
	return nil
}

func (f looseFields) path(name string) string {
	if f.within == "" {
		return name
	}
	return f.within + "." + name
}

// unread notes a field whose value could not be read.
func (f looseFields) unread(name string, raw json.RawMessage) {
	of := name
	if f.within != "" {
		of = f.within
	}
	f.record.note(f.path(name), "is "+shapeOf(raw)+", "+takenFor[of])
}

// exactText reads a field that is usable only if it is a string.
func (f looseFields) exactText(name string) string {
	raw := f.get(name)
	var s string
	if raw != nil && json.Unmarshal(raw, &s) != nil {
		f.record.shapes[name] = shapeOf(raw)
	}
	return s
}

// text reads a string. It reads a number or a boolean as its text.
func (f looseFields) text(name string) string {
	raw := f.get(name)
	if raw == nil {
		return ""
	}

	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	if raw[0] == '{' || raw[0] == '[' {
		f.unread(name, raw)
		return ""
	}

	f.record.note(f.path(name), "is "+shapeOf(raw)+", read as its text")
	return string(raw)
}

// number reads a number, or the number in a string. It returns nil if the field has no number.
func (f looseFields) number(name string) *float64 {
	raw := f.get(name)
	if raw == nil {
		return nil
	}
	n, ok := looseNumber(raw)
	switch {
	case !ok:
		f.unread(name, raw)
		return nil
	case raw[0] == '"':
		f.record.note(f.path(name), "is a string, read as the number in it")
	}
	return &n
}

// looseNumber reads a number, or the number in a string.
func looseNumber(raw json.RawMessage) (float64, bool) {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		raw = json.RawMessage(strings.TrimSpace(s))
	}
	var n *float64
	if json.Unmarshal(raw, &n) != nil || n == nil {
		return 0, false
	}
	return *n, true
}

// boolean reads true, false, 1, 0, or one of these in a string.
func (f looseFields) boolean(name string) bool {
	raw := f.get(name)
	if raw == nil {
		return false
	}

	var b bool
	if json.Unmarshal(raw, &b) == nil {
		return b
	}

	switch strings.ToLower(strings.Trim(string(raw), `" `)) {
	case "true", "1":
		b = true
	case "false", "0", "":
	default:
		f.unread(name, raw)
		return false
	}

	f.record.note(f.path(name), "is "+shapeOf(raw)+", read as the boolean that it stands for")
	return b
}

// object returns a field that is an object. It notes any other value as unread and returns nil.
func (f looseFields) object(name string) json.RawMessage {
	raw := f.get(name)
	if raw != nil && raw[0] != '{' {
		f.unread(name, raw)
		return nil
	}
	return raw
}

// inside returns the members of a field that is an object, or no members if it is not an object.
func (f looseFields) inside(name string) looseFields {
	in := looseFields{within: name, record: f.record}
	_ = json.Unmarshal(orNull(f.object(name)), &in.members) // cannot fail, because it is an object inside a valid document
	return in
}

// tags reads a list of strings, one string, objects with a name and a value, or an object of names and values.
func (f looseFields) tags(name string) []string {
	raw := f.get(name)
	if raw == nil {
		return nil
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}

	items := []json.RawMessage{raw}
	if raw[0] == '[' {
		items = nil
		_ = json.Unmarshal(raw, &items) // cannot fail, because it is a list inside a valid document
	}

	var out []string
	for _, item := range items {
		tags, ok := looseTags(item)
		if !ok {
			f.record.note(f.path(name), "is "+shapeOf(raw)+" with something that is not a tag, which is left out")
		}
		out = append(out, tags...)
	}

	if !f.record.noted(f.path(name)) {
		f.record.note(f.path(name), "is "+tagShape(raw)+", read as the tags in it")
	}
	return out
}

// tagShape describes the JSON type of tags that are not a list of strings.
func tagShape(raw json.RawMessage) string {
	if raw[0] == '[' {
		return "a list with items that are not strings"
	}
	return shapeOf(raw)
}

// looseTags reads one item of a list of tags.
func looseTags(item json.RawMessage) (tags []string, ok bool) {
	var s string
	if json.Unmarshal(item, &s) == nil {
		return nonEmpty(s), true
	}

	var members map[string]string
	if json.Unmarshal(item, &members) != nil {
		return nil, false
	}
	if name, named := members["name"]; named {
		return nonEmpty(tag(name, members["value"])), true
	}

	for name, value := range members {
		tags = append(tags, tag(name, value))
	}

	slices.Sort(tags)
	return tags, true
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func tag(name, value string) string {
	if value == "" {
		return name
	}
	return name + ":" + value
}

// shapeOf describes the type of a JSON value, with its article.
func shapeOf(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "null"
	}

	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}

	return "a number"
}
