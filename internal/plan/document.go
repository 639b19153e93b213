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

// MaxDocument bounds what Decode reads, in bytes: a plan of 100,000 changes has some 60 MB.
const MaxDocument = 128 << 20

// New puts a plan together from its zones. The plan is live if each of its zones was read live, or not
// read because nothing is to be done in it. It has no hash yet: see Seal.
func New(version string, now time.Time, zones []Zone, degraded []Degradation, diags []Diagnostic) *Plan {
	p := &Plan{FormatVersion: FormatVersion, CfplanVersion: version, CreatedAt: now.UTC(),
		Mode: Live, Degraded: slices.Clone(degraded), Zones: slices.Clone(zones), Diagnostics: slices.Clone(diags)}
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
	p.Degraded, p.Zones, p.Diagnostics = orEmpty(p.Degraded), orEmpty(p.Zones), orEmpty(p.Diagnostics)
	return p
}

// orEmpty makes a missing list an empty one: the document has [] where there is
// nothing, never null.
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

// HasChanges reports whether carrying the plan out would change anything, if
// only what is owned.
func (p *Plan) HasChanges() bool {
	s := p.Summary
	return s.Add+s.Change+s.Destroy+s.Adopt+s.Forget > 0
}

// HasErrors reports whether a diagnostic forbids to carry the plan out.
func (p *Plan) HasErrors() bool {
	return slices.ContainsFunc(p.Diagnostics, func(d Diagnostic) bool { return d.Severity == dns.Error })
}

// Seal sets the hash over everything else in the plan.
func (p *Plan) Seal() { p.Hash = p.sum() }

// Sealed reports whether the plan is still what was sealed.
func (p *Plan) Sealed() bool { return p.Hash != "" && p.Hash == p.sum() }

func (p *Plan) sum() string {
	bare := *p
	bare.Hash = ""
	text, err := json.Marshal(bare)
	if err != nil {
		// A plan holds nothing but what encoding/json can write.
		panic(fmt.Sprintf("plan: cannot be encoded: %v", err))
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Encode writes the plan document.
func Encode(w io.Writer, p *Plan) error { return WriteJSON(w, p) }

// WriteJSON writes v indented, for people as much as for programs: what a terminal or
// a CI job's log would obey instead of showing is written as \u escapes, which are
// the same value to every reader of JSON.
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

// VisibleJSON replaces, in a text of JSON, characters that are found inside strings alone. The json
// package has escaped those below a space; left are DEL, the C1 controls, those that
// turn the direction of text or cannot be seen, and "##[", with which commands of
// GitHub's runner begin.
func VisibleJSON(text []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(text))
	for i, r := range string(text) {
		switch {
		case r == '#' && bytes.HasPrefix(text[i:], []byte("##[")), r == 0x7f, r >= 0x80 && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)):
			if r > 0xffff {
				high, low := utf16.EncodeRune(r)
				fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
			} else {
				fmt.Fprintf(&out, `\u%04x`, r)
			}
		default:
			out.WriteRune(r)
		}
	}
	return out.Bytes()
}

// ErrAltered: the document is not what cfplan wrote.
var ErrAltered = errors.New("the plan was altered after it was saved")

// Decode reads a saved plan and refuses what is not one: another format, a newer
// version, a cut or altered document.
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

// checkFormat looks at the version alone, so that a newer document is called
// newer and not broken.
func checkFormat(text []byte) error {
	var head struct {
		FormatVersion string `json:"format_version"`
		CfplanVersion string `json:"cfplan_version"`
		Masked        bool   `json:"masked"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return fmt.Errorf("not a plan, or one cut short: %w", err)
	}
	switch {
	case head.FormatVersion == FormatVersion && head.Masked:
		return errors.New("not a plan that can be used: its sensitive values are masked, as -json prints it; plan -out=FILE saves one")
	case head.FormatVersion == FormatVersion:
		return nil
	case head.FormatVersion == "":
		return errors.New("not a plan: it has no format_version")
	default:
		return fmt.Errorf("the plan has format %q, made by cfplan %q; this cfplan reads format %s: make the plan again, or use that version",
			head.FormatVersion, head.CfplanVersion, FormatVersion)
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

// deriveData takes the structured fields of all values from their content, which is what is sent.
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
