package dns

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// AutoTTL is the TTL that means "automatic" to Cloudflare (300 seconds to
// resolvers). A proxied record's TTL is always automatic.
const AutoTTL = 1

// The TTLs that Cloudflare accepts, in seconds. Enterprise zones may go below MinTTL.
const (
	MinTTL = 60
	MaxTTL = 86400
)

// Record is one DNS record with one value, in canonical form.
//
// The JSON names are those of the plan document and of the state.
type Record struct {
	// ID is Cloudflare's identifier of a record that exists, empty for a
	// declared one. It is not part of what the record says.
	ID string `json:"id,omitempty"`
	// Name is the full name in lower case and punycode, without a final dot.
	Name string `json:"name"`
	// Type is the record type.
	Type Type `json:"type"`
	// Content is the canonical value: an address, a host name without a final
	// dot, and for types with structured data the presentation form of RFC 1035
	// and its successors as [ParseContent] writes it. A TXT's is one quoted
	// string, however long. An MX's is the exchange alone.
	Content string `json:"content"`
	// Priority is an MX's preference; 0 for every other type.
	Priority uint16 `json:"priority,omitempty"`
	// NoPriority tells of a live MX that its priority is not known: Cloudflare's answer has none that can be read.
	// Priority is 0 then and says nothing.
	NoPriority bool `json:"no_priority,omitempty"`
	// TTL is in seconds, or [AutoTTL].
	TTL int `json:"ttl"`
	// Proxied tells that Cloudflare answers with its own addresses.
	Proxied bool `json:"proxied"`
	// Comment is Cloudflare's note on the record; it has no effect on DNS.
	Comment string `json:"comment,omitempty"`
	// Tags are "name" or "name:value", sorted, without repeats; nil where none.
	Tags []string `json:"tags,omitempty"`
	// Settings are Cloudflare's switches for this record.
	Settings Settings `json:"settings,omitzero"`
	// PrivateRouting tells that Cloudflare reaches the origin over a private network. It is
	// for proxied A and AAAA records in accounts that have the feature.
	PrivateRouting bool `json:"private_routing,omitempty"`
	// ManagedBy names the Cloudflare product that keeps a live record, such as
	// "Email Routing"; nobody else may change it. Empty for ordinary records.
	ManagedBy string `json:"managed_by,omitempty"`
	// Declared tells where a desired record stands in the configuration; nil
	// for live and cached ones. It is not part of what the record says.
	Declared *Declaration `json:"-"`
}

// Settings are a record's switches. The zero value is Cloudflare's default.
type Settings struct {
	FlattenCNAME bool `json:"flatten_cname,omitempty"`
	IPv4Only     bool `json:"ipv4_only,omitempty"`
	IPv6Only     bool `json:"ipv6_only,omitempty"`
}

// Declaration is what the configuration says about a record besides its value.
type Declaration struct {
	// Address names the declaring block, such as `example.com/A/www` or
	// `example.com/MX/mail["mx1"]`. The records of one list share it.
	Address string
	// File and Line say where the block stands.
	File string
	Line int
	// PreventDestroy refuses every plan that would destroy a record of this block.
	PreventDestroy bool
	// LetGo gives records of this block up instead of destroying them (destroy = false).
	LetGo bool
	// Replaces: adopt = "replace". Unmanaged records that conflict with a record of this block
	// are replaced by it.
	Replaces bool
	// IgnoreChanges lists the attributes whose live value is left as it is; [AttrAll]
	// stands for all of them.
	IgnoreChanges []Attribute
	// Sensitive lists the attributes that must not be shown, as [JoinSensitive] orders them.
	Sensitive []Attribute
}

// Keeper names who keeps a live record, so that cfplan leaves it as it is: a Cloudflare
// product, or Cloudflare itself if the record has a type that cfplan cannot write. What it
// would destroy of such a type, nobody could bring back. It is empty for all other records.
func (r Record) Keeper() string {
	if r.ManagedBy == "" && !r.Type.Writable() {
		return fmt.Sprintf("Cloudflare (type %s, which cfplan cannot write)", r.Type)
	}
	return r.ManagedBy
}

// Key is what Cloudflare takes for a record's identity: a second record with
// the same name, type and content is refused (code 81058).
type Key struct {
	Name    string
	Type    Type
	Content string
}

// Key returns the record's identity.
func (r Record) Key() Key { return Key{r.Name, r.Type, r.Content} }

// Equal reports whether both records say the same. ID, ManagedBy and Declared
// say nothing to a resolver and do not count.
func (r Record) Equal(o Record) bool { return len(Changed(r, o)) == 0 }

// Changed lists the attributes in which a and b differ, by their HCL names, in
// the order in which a record is written.
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

// PriorityText returns an MX's preference for people.
func (r Record) PriorityText() string {
	if r.NoPriority {
		return "(unknown priority)"
	}
	return strconv.Itoa(int(r.Priority))
}

// CanonicalTags returns tags sorted and without repeats. The case of the name
// before the colon does not count and is folded; that of the value does
// (Cloudflare's documentation of record attributes). No tags are nil.
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

// Compare orders records by name, type, content, priority and ID, so that
// output is always in the same order.
func Compare(a, b Record) int {
	return cmp.Or(
		strings.Compare(a.Name, b.Name),
		strings.Compare(string(a.Type), string(b.Type)),
		strings.Compare(a.Content, b.Content),
		cmp.Compare(a.Priority, b.Priority),
		strings.Compare(a.ID, b.ID),
	)
}
