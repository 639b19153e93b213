package dns

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// AutoTTL is the TTL that means "automatic" to Cloudflare, which then answers with 300 seconds. The
// TTL of a proxied record is always automatic.
const AutoTTL = 1

// The range of TTLs that Cloudflare accepts, in seconds. Enterprise zones may go below MinTTL.
const (
	MinTTL = 60
	MaxTTL = 86400
)

// Record is one DNS record with one value, in canonical form.
//
// The JSON names are those of the plan document and of the state.
type Record struct {
	// ID is Cloudflare's ID of a record that exists. It is empty for a declared record. Equal
	// ignores it.
	ID string `json:"id,omitempty"`
	// Name is the full name in lower case and punycode, without a final dot.
	Name string `json:"name"`
	// Type is the record type.
	Type Type `json:"type"`
	// Content is the canonical value, as [ParseContent] writes it: an address, a host name without
	// a final dot, or the presentation form (RFC 1035 and its successors) of a type with
	// structured data. The content of a TXT is one quoted string of any length. The content of an
	// MX is only the exchange.
	Content string `json:"content"`
	// Priority is the preference of an MX. It is 0 for every other type.
	Priority uint16 `json:"priority,omitempty"`
	// NoPriority reports whether the priority of a live MX is unknown because Cloudflare's answer
	// has no valid priority. Priority is then 0 and has no meaning.
	NoPriority bool `json:"no_priority,omitempty"`
	// TTL is in seconds, or [AutoTTL].
	TTL int `json:"ttl"`
	// Proxied reports whether Cloudflare answers with its own addresses.
	Proxied bool `json:"proxied"`
	// Comment is a note that Cloudflare stores with the record. It has no effect on DNS.
	Comment string `json:"comment,omitempty"`
	// Tags are the tags, each of the form "name" or "name:value", sorted and without duplicates.
	// It is nil if there are none.
	Tags []string `json:"tags,omitempty"`
	// Settings are Cloudflare's settings of this record.
	Settings Settings `json:"settings,omitzero"`
	// PrivateRouting reports whether Cloudflare reaches the origin over a private network. It is
	// for proxied A and AAAA records in accounts that have the feature.
	PrivateRouting bool `json:"private_routing,omitempty"`
	// ManagedBy names the Cloudflare product that keeps a live record, such as "Email Routing".
	// Only that product may change the record. It is empty for ordinary records.
	ManagedBy string `json:"managed_by,omitempty"`
	// Declared describes the declaration of a desired record. It is nil for live and cached
	// records. Equal ignores it.
	Declared *Declaration `json:"-"`
}

// Settings are Cloudflare's settings of a record. The zero value holds Cloudflare's defaults.
type Settings struct {
	FlattenCNAME bool `json:"flatten_cname,omitempty"`
	IPv4Only     bool `json:"ipv4_only,omitempty"`
	IPv6Only     bool `json:"ipv6_only,omitempty"`
}

// Declaration holds everything that the configuration says about a record besides its value.
type Declaration struct {
	// Address identifies the declaring block, such as `example.com/A/www` or
	// `example.com/MX/mail["mx1"]`. Records that come from one list of contents share an address.
	Address string
	// File and Line are the position of the block.
	File string
	Line int
	// PreventDestroy reports whether a plan that would destroy a record of this block is refused.
	PreventDestroy bool
	// LetGo reports whether records of this block are given up instead of destroyed
	// (destroy = false).
	LetGo bool
	// Replaces reports whether a record of this block replaces unmanaged records that conflict
	// with it (adopt = "replace").
	Replaces bool
	// IgnoreChanges lists the attributes whose live value stays as it is. [AttrAll] stands for
	// all of them.
	IgnoreChanges []Attribute
	// Sensitive lists the attributes that must not be shown, in the order of [JoinSensitive].
	Sensitive []Attribute
}

// Keeper names who keeps a live record that cfplan must leave as it is: a Cloudflare product, or
// Cloudflare itself if cfplan cannot write the record's type. cfplan could not restore such a record
// after destroying it. Keeper returns "" for all other records.
func (r Record) Keeper() string {
	if r.ManagedBy == "" && !r.Type.Writable() {
		return fmt.Sprintf("Cloudflare (type %s, which cfplan cannot write)", r.Type)
	}
	return r.ManagedBy
}

// Key is the identity of a record for Cloudflare, which refuses a second record with the same name,
// type and content (code 81058).
type Key struct {
	Name    string
	Type    Type
	Content string
}

// Key returns the record's identity.
func (r Record) Key() Key { return Key{r.Name, r.Type, r.Content} }

// Equal reports whether both records have the same attributes. It ignores ID, ManagedBy and
// Declared.
func (r Record) Equal(o Record) bool { return len(Changed(r, o)) == 0 }

// Changed returns the attributes in which a and b differ, by their HCL names, in the order in which
// a record is written.
func Changed(a, b Record) []Attribute {
	var out []Attribute
	add := func(differ bool, name Attribute) {
		if differ {
			out = append(out, name)
		}
	}

	add(a.Type != b.Type, AttrType)
	add(a.Name != b.Name, AttrName)
	add(a.Content != b.Content, AttrContent)
	add(a.Priority != b.Priority || a.NoPriority != b.NoPriority, AttrPriority)
	add(a.TTL != b.TTL, AttrTTL)
	add(a.Proxied != b.Proxied, AttrProxied)
	add(a.Comment != b.Comment, AttrComment)
	add(!slices.Equal(a.Tags, b.Tags), AttrTags)
	add(a.Settings != b.Settings, AttrSettings)
	add(a.PrivateRouting != b.PrivateRouting, AttrPrivateRouting)
	return out
}

// PriorityText returns the preference of an MX as text for people.
func (r Record) PriorityText() string {
	if r.NoPriority {
		return "(unknown priority)"
	}
	return strconv.Itoa(int(r.Priority))
}

// CanonicalTags returns tags sorted and without duplicates, with the name before the colon in lower
// case. The case of the name does not matter, the case of the value does (Cloudflare's documentation
// of record attributes). CanonicalTags returns nil for no tags.
func CanonicalTags(tags []string) []string {
	if len(tags) == 0 {
		return nil
	}

	out := make([]string, len(tags))
	for i, tag := range tags {
		name, value, valued := strings.Cut(tag, ":")
		out[i] = strings.ToLower(name)
		if valued {
			out[i] += ":" + value
		}
	}

	slices.Sort(out)
	return slices.Compact(out)
}

// Compare orders records by name, type, content, priority and ID. Sort with it, so that output always
// has the same order.
func Compare(a, b Record) int {
	return cmp.Or(
		strings.Compare(a.Name, b.Name),
		strings.Compare(string(a.Type), string(b.Type)),
		strings.Compare(a.Content, b.Content),
		cmp.Compare(a.Priority, b.Priority),
		strings.Compare(a.ID, b.ID),
	)
}
