// Package plan compares zones and computes the changes that turn one into the other. It has the diff, the plan
// document, the batches in which apply sends the changes, and the guard that checks whether a plan still fits the
// zone.
//
// The package is pure: it uses no clock, no network and no files. Package reconcile reads the zones, and package
// render shows plans.
package plan

import (
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

// FormatVersion is the version of the plan document. A new major version breaks readers; a new
// minor version only adds to the document.
const FormatVersion = "1.0"

// Mode says what a plan may be used for.
type Mode string

const (
	// Live means that every zone with something to do was read from Cloudflare. The plan may be
	// applied.
	Live Mode = "live"
	// ReadOnly means that at least one zone with something to do was not read from Cloudflare. The plan can
	// only be shown.
	ReadOnly Mode = "read_only"
)

// Plan describes, as data, what cfplan would do. cfplan shows, saves and applies this one value. Its JSON form is the
// document that `plan -json` prints and `plan -out` saves.
type Plan struct {
	FormatVersion string    `json:"format_version"`
	CfplanVersion string    `json:"cfplan_version"`
	CreatedAt     time.Time `json:"created_at"`
	Mode          Mode      `json:"mode"`
	// Destroy reports whether `destroy` made the plan.
	Destroy bool `json:"destroy,omitempty"`
	// Rollback is the serial of the first apply that the plan undoes, or 0 if the plan is not a
	// rollback.
	Rollback uint64 `json:"rollback,omitempty"`
	// RefreshOnly reports whether the plan shows only drift.
	RefreshOnly bool `json:"refresh_only,omitempty"`
	// AllowDestroy is the number of records of a zone that may be destroyed, in all, if its limit is lower.
	AllowDestroy int           `json:"allow_destroy,omitempty"`
	Degraded     []Degradation `json:"degraded"`
	Summary      Summary       `json:"summary"`
	Zones        []Zone        `json:"zones"`
	Diagnostics  []Diagnostic  `json:"diagnostics"`
	// Outputs are the configuration's output values, without sensitive ones.
	Outputs []Output `json:"outputs,omitempty"`
	// Variables are the values with which the configuration was evaluated, by name.
	Variables map[string]Variable `json:"variables,omitempty"`
	// Masks reports whether sensitive values are masked. Such a plan can only be shown.
	Masks bool `json:"masked,omitempty"`
	// Salt is random if the plan has sensitive values, and otherwise empty. cfplan shows the hash but not the
	// salt, so the hash does not help to guess a sensitive value.
	Salt string `json:"salt,omitempty"`
	// Lineage identifies the state that the plan was made with. It is empty if there was no state.
	Lineage string `json:"state_lineage,omitempty"`
	// Hash covers all other fields. Saved plans have it.
	Hash string `json:"hash,omitempty"`
}

// Degradation says why a zone could not be read live, and what to do about it.
type Degradation struct {
	Zone string `json:"zone"`
	// Account names the account whose credentials were refused; empty for the default account.
	Account    string `json:"account,omitempty"`
	Code       int    `json:"code"`
	HTTPStatus int    `json:"http_status"`
	// Title says in a few words what happened. Plans of older versions do not have it.
	Title    string   `json:"title,omitempty"`
	Message  string   `json:"message"`
	Cause    string   `json:"cause"`
	Guidance []string `json:"guidance"`
	RayID    string   `json:"ray_id"`
}

// Summary counts records by what happens to them.
type Summary struct {
	Add int `json:"add"`
	// Change includes adoptions that change a record. Adopt counts these too.
	Change    int `json:"change"`
	Destroy   int `json:"destroy"`
	Adopt     int `json:"adopt"`
	Forget    int `json:"forget"`
	Unchanged int `json:"unchanged"`
	Unmanaged int `json:"unmanaged"`
	// NotRefreshed counts zones, not records: the zones that a plan with minimal refresh did not
	// read, because their snapshots show nothing to do. In the summary of one zone it is 1 or 0;
	// see [Zone.NotRefreshed].
	NotRefreshed int `json:"not_refreshed,omitempty"`
}

// Zone is one zone's part of a plan.
type Zone struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	// Account names the account in the configuration that the zone belongs to. It is empty for the
	// default account.
	Account   string        `json:"account,omitempty"`
	Tier      dns.Tier      `json:"tier,omitempty"`
	Ownership dns.Ownership `json:"ownership"`
	Source    Source        `json:"source"`
	Summary   Summary       `json:"summary"`
	// KeptBy counts, for each keeper, the unmanaged records that cfplan never touches; see [dns.Record.Keeper].
	KeptBy map[string]int `json:"kept_by,omitempty"`
	// Drift is what others did to cfplan's records since cfplan last wrote them. In a drift change, Before has the
	// values that cfplan wrote, and After the live values.
	Drift []Change `json:"drift,omitempty"`
	// Moved has the records whose block now has another address, for example because the block was renamed. For
	// these records, only the address in the state changes.
	Moved []Move `json:"moved,omitempty"`
	// Marked has the records whose sensitive attributes or lifecycle.destroy differ from the state. For these
	// records, only the state changes.
	Marked []Mark `json:"marked,omitempty"`
	// LeftOut counts the changes that -target and -exclude leave out.
	LeftOut int `json:"left_out,omitempty"`
	// Risks has the risks of the changes taken together.
	Risks   []Risk   `json:"risks,omitempty"`
	Changes []Change `json:"changes"`
}

// Move is an owned record that is now declared at another address.
type Move struct {
	RecordID string `json:"record_id"`
	From     string `json:"from"`
	To       string `json:"to"`
}

// Action says what happens to a record.
type Action string

const (
	Add     Action = "add"
	Update  Action = "change"
	Destroy Action = "destroy"
	// Adopt takes ownership of a record that already exists. If the record differs from its
	// declaration, Adopt changes it as well.
	Adopt Action = "adopt"
	// Forget gives up ownership of a record and leaves it as it is. It undoes an adoption, and
	// replaces a destroy if the configuration says so.
	Forget Action = "forget"
)

// Change describes what happens to one record.
type Change struct {
	Action Action `json:"action"`
	// Address names the declaring block, as dns.Declaration does.
	Address string   `json:"address"`
	Type    dns.Type `json:"type"`
	Name    string   `json:"name"`
	// PreviousName is the name of the record before the change if the change renames the record; otherwise it is
	// empty.
	PreviousName string `json:"previous_name,omitempty"`
	// RecordID is Cloudflare's ID of the record. It is empty for an add.
	RecordID string `json:"record_id,omitempty"`
	// Before has the current values of the record; it is nil for an add. After has its values after the change; it is
	// nil for a destroy.
	Before *Values `json:"before"`
	After  *Values `json:"after"`
	// Forget reports whether cfplan gives up the record after an add or a change. The record is
	// then unmanaged again, as it was before cfplan adopted it.
	Forget bool `json:"forget,omitempty"`
	// LetGo reports whether the block of the record has lifecycle.destroy = false. The state
	// remembers this with the record.
	LetGo bool `json:"let_go,omitempty"`
	// Replaces reports whether an adoption or a destroy replaces an unmanaged record, because a
	// declared record has adopt = "replace".
	Replaces bool `json:"replaces_unmanaged,omitempty"`
	// Reason says why the change is made, if the values do not show it.
	Reason string `json:"reason,omitempty"`
	// Pending reports whether the change was already pending when the snapshot was taken.
	Pending    bool      `json:"pending,omitempty"`
	Risks      []Risk    `json:"risks"`
	DeclaredAt *Position `json:"declared_at,omitempty"`
	// Sensitive lists the attributes whose values must not be shown, neither in Before nor in After; see Masked.
	Sensitive []dns.Attribute `json:"sensitive,omitempty"`
	// MaskedChanges lists the masked attributes that the change modifies. Before and After do not show which, because
	// both have the same mask.
	MaskedChanges []dns.Attribute `json:"masked_changes,omitempty"`
}

// Writes reports whether the change needs a request to Cloudflare. To adopt an equal record, or to give up a record,
// cfplan needs none.
func (c Change) Writes() bool {
	return c.Action != Forget && (c.Action != Adopt || len(c.Changed()) > 0)
}

// Changed returns the attributes that differ between before and after.
func (c Change) Changed() []dns.Attribute {
	if c.Before == nil || c.After == nil {
		return nil
	}

	out := dns.Changed(c.BeforeRecord(), c.AfterRecord())
	for _, a := range c.MaskedChanges {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// Values has all attributes of a record except its name and type.
type Values struct {
	Content  string       `json:"content"`
	Priority *uint16      `json:"priority,omitempty"`
	TTL      int          `json:"ttl"`
	Proxied  bool         `json:"proxied"`
	Comment  string       `json:"comment,omitempty"`
	Tags     []string     `json:"tags,omitempty"`
	Settings dns.Settings `json:"settings,omitzero"`
	// PrivateRouting reports whether a proxied record points into a private network.
	PrivateRouting bool           `json:"private_routing,omitempty"`
	Data           map[string]any `json:"data,omitempty"`
}

// Position is a place in the configuration; File is relative to its directory.
type Position struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// Output is an output value of the configuration.
type Output struct {
	Name      string `json:"name"`
	Value     any    `json:"value"`
	Sensitive bool   `json:"sensitive,omitempty"`
}

// Diagnostic is a message for the reader of a plan. A plan with a diagnostic of severity "error"
// cannot be applied.
type Diagnostic struct {
	Severity dns.Severity `json:"severity"`
	Summary  string       `json:"summary"`
	Detail   string       `json:"detail"`
	Address  string       `json:"address,omitempty"`
	Position *Position    `json:"declared_at,omitempty"`
}

// ValuesOf returns the values of r.
func ValuesOf(r dns.Record) *Values {
	v := &Values{
		Content:        r.Content,
		TTL:            r.TTL,
		Proxied:        r.Proxied,
		Comment:        r.Comment,
		Tags:           r.Tags,
		Settings:       r.Settings,
		PrivateRouting: r.PrivateRouting,
		Data:           r.Data(),
	}
	if r.Type == dns.MX && !r.NoPriority {
		v.Priority = &r.Priority
	}
	return v
}

// Record returns the record with the values v and the given name and type.
func (v *Values) Record(name string, t dns.Type) dns.Record {
	r := dns.Record{
		Name:           name,
		Type:           t,
		Content:        v.Content,
		TTL:            v.TTL,
		Proxied:        v.Proxied,
		Comment:        v.Comment,
		Tags:           v.Tags,
		Settings:       v.Settings,
		PrivateRouting: v.PrivateRouting,
	}
	if v.Priority != nil {
		r.Priority = *v.Priority
	}
	r.NoPriority = t == dns.MX && v.Priority == nil
	return r
}
