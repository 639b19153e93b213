// Package plan compares zones and says what would have to change: the diff, the
// plan as a document, the batches that carry it out, and the guard that says
// whether it may still be carried out.
//
// It is pure: no clock, no network, no files. Who observed the zones, and how,
// is reconcile's affair; how a plan looks is render's.
package plan

import (
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

// FormatVersion is the version of the plan document. A change of its first
// number breaks readers; of the second, adds to what they know.
const FormatVersion = "1.0"

// Mode says what a plan may be used for.
type Mode string

const (
	// Live: every zone in which there is something to do was read from Cloudflare. The plan may be applied.
	Live Mode = "live"
	// ReadOnly: at least one of them was not. The plan is for reading alone.
	ReadOnly Mode = "read_only"
)

// Plan is what cfplan would do, as data. It is shown, saved, rendered and
// applied, always as this one value. Its JSON form is the document that
// `plan -json` prints and `plan -out` saves.
type Plan struct {
	FormatVersion string    `json:"format_version"`
	CfplanVersion string    `json:"cfplan_version"`
	CreatedAt     time.Time `json:"created_at"`
	Mode          Mode      `json:"mode"`
	// Destroy tells that the plan was made by `destroy`.
	Destroy bool `json:"destroy,omitempty"`
	// Rollback is the serial of the first of the applies that the plan takes back; 0
	// for a plan that is no rollback.
	Rollback uint64 `json:"rollback,omitempty"`
	// RefreshOnly tells that the plan was made to show drift, and nothing else.
	RefreshOnly bool `json:"refresh_only,omitempty"`
	// AllowDestroy is how many records of a zone may be destroyed although that is
	// beyond its limit.
	AllowDestroy int           `json:"allow_destroy,omitempty"`
	Degraded     []Degradation `json:"degraded"`
	Summary      Summary       `json:"summary"`
	Zones        []Zone        `json:"zones"`
	Diagnostics  []Diagnostic  `json:"diagnostics"`
	// Outputs are the configuration's output values, without sensitive ones.
	Outputs []Output `json:"outputs,omitempty"`
	// Variables are the values that the configuration was evaluated with, by name.
	Variables map[string]Variable `json:"variables,omitempty"`
	// Masks: sensitive values are masked. Such a plan is for reading alone.
	Masks bool `json:"masked,omitempty"`
	// Salt is random in a plan with sensitive values, so that its hash, which is shown, does
	// not tell whether a guess at them is right. It is not shown.
	Salt string `json:"salt,omitempty"`
	// Lineage names the state that the plan was made with; empty where there
	// was none yet.
	Lineage string `json:"state_lineage,omitempty"`
	// Hash covers all of the above; a saved plan has it.
	Hash string `json:"hash,omitempty"`
}

// Degradation says why a zone could not be read live, and what to do about it.
type Degradation struct {
	Zone string `json:"zone"`
	// Account names the account whose credentials were refused; empty for the default one.
	Account    string `json:"account,omitempty"`
	Code       int    `json:"code"`
	HTTPStatus int    `json:"http_status"`
	// Title says in a few words what happened. Plans of older versions have none.
	Title    string   `json:"title,omitempty"`
	Message  string   `json:"message"`
	Cause    string   `json:"cause"`
	Guidance []string `json:"guidance"`
	RayID    string   `json:"ray_id"`
}

// Summary counts records by what happens to them.
type Summary struct {
	Add int `json:"add"`
	// Change includes the adoptions that change a record, which Adopt counts too.
	Change    int `json:"change"`
	Destroy   int `json:"destroy"`
	Adopt     int `json:"adopt"`
	Forget    int `json:"forget"`
	Unchanged int `json:"unchanged"`
	Unmanaged int `json:"unmanaged"`
	// NotRefreshed counts zones, not records: those that a plan with minimal refresh did not read, because
	// their snapshots show nothing to do. In the summary of one zone it is 1 or 0; see [Zone.NotRefreshed].
	NotRefreshed int `json:"not_refreshed,omitempty"`
}

// Zone is one zone's part of a plan.
type Zone struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	// Account names the account of the configuration that the zone belongs to; empty for the default one.
	Account   string        `json:"account,omitempty"`
	Tier      dns.Tier      `json:"tier,omitempty"`
	Ownership dns.Ownership `json:"ownership"`
	Source    Source        `json:"source"`
	Summary   Summary       `json:"summary"`
	// KeptBy counts, among the unmanaged records, those that cfplan never touches, by their
	// keeper; see [dns.Record.Keeper].
	KeptBy map[string]int `json:"kept_by,omitempty"`
	// Drift is what others did to cfplan's records since it last wrote them: before
	// is what cfplan wrote, after what is live.
	Drift []Change `json:"drift,omitempty"`
	// Moved are the records whose block has another address now, such as a renamed
	// one. Nothing about them changes but where the state says they are declared.
	Moved []Move `json:"moved,omitempty"`
	// Marked are the records of which the state does not know yet which attributes are
	// sensitive. Nothing about them changes but that.
	Marked []Mark `json:"marked,omitempty"`
	// LeftOut counts the changes that -target and -exclude leave out.
	LeftOut int `json:"left_out,omitempty"`
	// Risks are those of the changes taken together.
	Risks   []Risk   `json:"risks,omitempty"`
	Changes []Change `json:"changes"`
}

// Move is a record that cfplan owns and that another block declares by now.
type Move struct {
	RecordID string `json:"record_id"`
	From     string `json:"from"`
	To       string `json:"to"`
}

// Action is what happens to a record.
type Action string

const (
	Add     Action = "add"
	Update  Action = "change"
	Destroy Action = "destroy"
	// Adopt takes ownership of a record that exists already; where the two
	// differ in more than name, type and content, it is changed as well.
	Adopt Action = "adopt"
	// Forget gives up ownership of a record, which stays as it is: what undoes an
	// adoption, and what happens instead of a destroy if the configuration says so.
	Forget Action = "forget"
)

// Change is what happens to one record.
type Change struct {
	Action Action `json:"action"`
	// Address names the declaring block, as dns.Declaration does.
	Address string   `json:"address"`
	Type    dns.Type `json:"type"`
	Name    string   `json:"name"`
	// RecordID is Cloudflare's identifier of the record; empty for an add.
	RecordID string `json:"record_id,omitempty"`
	// Before is what the record says now, nil for an add; After what it will
	// say, nil for a destroy.
	Before *Values `json:"before"`
	After  *Values `json:"after"`
	// Forget tells of an add or a change that the record is not cfplan's afterwards:
	// it is somebody else's, as it was before cfplan adopted it.
	Forget bool `json:"forget,omitempty"`
	// LetGo: the block that declares the record has lifecycle.destroy = false. The state remembers it with the record.
	LetGo bool `json:"let_go,omitempty"`
	// Replaces tells of an adoption or a destroy that the record is not cfplan's: a declared record with
	// adopt = "replace" takes its place.
	Replaces bool `json:"replaces_unmanaged,omitempty"`
	// Reason says why, where the values do not.
	Reason string `json:"reason,omitempty"`
	// Pending: the change was to be made when the snapshot was taken already.
	Pending    bool      `json:"pending,omitempty"`
	Risks      []Risk    `json:"risks"`
	DeclaredAt *Position `json:"declared_at,omitempty"`
	// Sensitive lists the attributes that must not be shown, on either side; see Masked.
	Sensitive []dns.Attribute `json:"sensitive,omitempty"`
	// MaskedChanges lists those of a masked change that differ, although both sides show the
	// same.
	MaskedChanges []dns.Attribute `json:"masked_changes,omitempty"`
}

// Writes reports whether the change needs a request to Cloudflare. An adoption
// of an equal record does not, nor does giving one up.
func (c Change) Writes() bool {
	return c.Action != Forget && (c.Action != Adopt || len(c.Changed()) > 0)
}

// Changed lists the attributes that differ between before and after.
func (c Change) Changed() []dns.Attribute {
	if c.Before == nil || c.After == nil {
		return nil
	}
	out := dns.Changed(c.Before.Record(c.Name, c.Type), c.After.Record(c.Name, c.Type))
	for _, a := range c.MaskedChanges {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// Values is what a record says, besides its name and type.
type Values struct {
	Content  string       `json:"content"`
	Priority *uint16      `json:"priority,omitempty"`
	TTL      int          `json:"ttl"`
	Proxied  bool         `json:"proxied"`
	Comment  string       `json:"comment,omitempty"`
	Tags     []string     `json:"tags,omitempty"`
	Settings dns.Settings `json:"settings,omitzero"`
	// PrivateRouting is set for the proxied records of a private network.
	PrivateRouting bool           `json:"private_routing,omitempty"`
	Data           map[string]any `json:"data,omitempty"`
}

// Position is a place in the configuration; File is relative to its directory.
type Position struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// Output is a value that the configuration names for its readers.
type Output struct {
	Name      string `json:"name"`
	Value     any    `json:"value"`
	Sensitive bool   `json:"sensitive,omitempty"`
}

// Diagnostic is something that the reader of a plan must know. One of severity
// "error" keeps the plan from being applied.
type Diagnostic struct {
	Severity dns.Severity `json:"severity"`
	Summary  string       `json:"summary"`
	Detail   string       `json:"detail"`
	Address  string       `json:"address,omitempty"`
	Position *Position    `json:"declared_at,omitempty"`
}

// ValuesOf returns what r says.
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

// Record returns the record that says v under the given name and type.
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
