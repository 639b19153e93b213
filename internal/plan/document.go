package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/files"
)

// MaxDocument bounds the document that Decode reads, in bytes. A plan of 100,000 changes has about 60 MB.
const MaxDocument = 128 << 20

// New returns a plan of the given zones. The plan is live if no zone is degraded, and if each zone was read live
// or was not read because it has nothing to do. The plan has no hash; Seal sets it.
func New(version string, now time.Time, zones []Zone, degraded []Degradation, diags []Diagnostic) *Plan {
	p := &Plan{
		FormatVersion: FormatVersion,
		CfplanVersion: version,
		CreatedAt:     now.UTC(),
		Mode:          Live,
		Degraded:      orEmpty(slices.Clone(degraded)),
		Zones:         orEmpty(slices.Clone(zones)),
		Diagnostics:   orEmpty(slices.Clone(diags)),
	}
	slices.SortFunc(p.Zones, func(a, b Zone) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(p.Degraded, func(a, b Degradation) int { return strings.Compare(a.Zone, b.Zone) })

	for _, z := range p.Zones {
		p.Summary.add(z.Summary)
		if !z.mayBeLive() {
			p.Mode = ReadOnly
		}
	}
	if len(degraded) > 0 {
		p.Mode = ReadOnly
	}
	return p
}

// orEmpty returns an empty list for nil, so that the document has [] and never null.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func (s *Summary) add(o Summary) {
	s.Add += o.Add
	s.Change += o.Change
	s.Destroy += o.Destroy
	s.Adopt += o.Adopt
	s.Forget += o.Forget
	s.Unchanged += o.Unchanged
	s.Unmanaged += o.Unmanaged
	s.NotRefreshed += o.NotRefreshed
}

// HasChanges reports whether applying the plan would change anything, if only which records cfplan owns.
func (p *Plan) HasChanges() bool {
	s := p.Summary
	return s.Add+s.Change+s.Destroy+s.Adopt+s.Forget > 0
}

// HasErrors reports whether a diagnostic forbids applying the plan.
func (p *Plan) HasErrors() bool {
	return slices.ContainsFunc(p.Diagnostics, func(d Diagnostic) bool { return d.Severity == dns.Error })
}

// Seal sets the hash of the plan, which covers everything else in it.
func (p *Plan) Seal() { p.Hash = p.sum() }

// Sealed reports whether the plan has not changed since Seal.
func (p *Plan) Sealed() bool { return p.Hash != "" && p.Hash == p.sum() }

func (p *Plan) sum() string {
	bare := *p
	bare.Hash = ""
	text, err := json.Marshal(bare)
	if err != nil {
		// encoding/json can write everything that a plan can hold.
		panic(fmt.Sprintf("plan: cannot be encoded: %v", err))
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Encode writes the plan document.
func Encode(w io.Writer, p *Plan) error { return WriteJSON(w, p) }

// WriteJSON writes v as indented JSON. It writes characters that a terminal or the log of a CI job would interpret as
// \u escapes, which mean the same to every JSON parser.
func WriteJSON(w io.Writer, v any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(VisibleJSON(text.Bytes()))
	return err
}

// VisibleJSON escapes some characters in the strings of a JSON text: DEL, the C1 controls, characters that are
// invisible or change the direction of text, and the first character of "##[", with which commands to GitHub's
// runner begin. The json package has already escaped the other control characters. Valid JSON has none of these
// outside of strings.
func VisibleJSON(text []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(text))
	for i, r := range string(text) {
		command := r == '#' && bytes.HasPrefix(text[i:], []byte("##["))
		invisible := r == 0x7f || r >= 0x80 && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))

		switch {
		case !command && !invisible:
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

// ErrAltered reports that cfplan did not write the document as it is.
var ErrAltered = errors.New("the plan was altered after it was saved")

// Decode reads a saved plan. It refuses a document that has another format version, is truncated, too large or
// masked, or was altered (ErrAltered).
func Decode(r io.Reader) (*Plan, error) {
	text, err := files.Read(r, MaxDocument)
	var tooLarge *files.TooLargeError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fmt.Errorf("not a plan: %w", err)
	case err != nil:
		return nil, err
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("not a plan: the file is empty")
	}

	if err := checkFormat(text); err != nil {
		return nil, err
	}
	if err := checkDensity(text); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAltered, err)
	}
	return decodeSealed(text)
}

// checkFormat checks only the format version, so that the error for a document of a newer version says that, and
// not that the document is broken.
func checkFormat(text []byte) error {
	var head struct {
		FormatVersion string `json:"format_version"`
		CfplanVersion string `json:"cfplan_version"`
		Masked        bool   `json:"masked"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return fmt.Errorf("not a plan, or a truncated one: %w", err)
	}

	switch {
	case head.FormatVersion == FormatVersion && head.Masked:
		return errors.New("this plan cannot be used: its sensitive values are masked, as -json prints them; " +
			"save a plan with plan -out=FILE")
	case head.FormatVersion == FormatVersion:
		return nil
	case head.FormatVersion == "":
		return errors.New("not a plan: it has no format_version")
	default:
		return fmt.Errorf("cfplan %q made the plan, in format %q; this cfplan reads format %s: "+
			"make the plan again, or use that version", head.CfplanVersion, head.FormatVersion, FormatVersion)
	}
}

func decodeSealed(text []byte) (*Plan, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	p := &Plan{}
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAltered, err)
	}

	if !p.Sealed() {
		return nil, fmt.Errorf("%w: its content does not match its hash", ErrAltered)
	}
	if err := p.WellFormed(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAltered, err)
	}

	p.deriveData()
	return p, nil
}

// deriveData sets the structured fields of all values from their content, because apply sends the content.
func (p *Plan) deriveData() {
	for _, z := range p.Zones {
		for _, c := range slices.Concat(z.Changes, z.Drift) {
			for _, v := range []*Values{c.Before, c.After} {
				if v != nil {
					v.Data = v.Record(c.Name, c.Type).Data()
				}
			}
		}
	}
}
