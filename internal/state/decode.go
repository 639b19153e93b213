package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// errForeign marks a file that cfplan did not write. It belongs to something else, so the configured place
// of the state is wrong.
var errForeign = errors.New("not a cfplan state file")

// errNewer marks a document that a newer cfplan wrote. The document is intact; cfplan must be upgraded.
var errNewer = errors.New("made by a newer cfplan")

// errEncrypted marks an encrypted document that was read without its key. The document is intact.
var errEncrypted = errors.New("it is encrypted, but the cfplan block has no encryption block")

// Decode reads a stored document, in the current format or an older one. It ignores unknown keys, so that a
// newer cfplan can add keys without a new format version. For every other difference from Encode's format it
// returns an error that names the difference: a document that is cut short, not JSON, of another kind or of a
// newer version, a key or a record that occurs twice, or a record without a name.
func Decode(data []byte) (*State, error) {
	s, err := decodeStored(data)
	if err != nil {
		return nil, err
	}
	s.former = nil
	return s, nil
}

// decodeStored is Decode, but keeps the data that only an older format has.
func decodeStored(data []byte) (*State, error) {
	s, err := decode(data)
	if err != nil {
		return nil, diagnose(data, err)
	}
	return s, nil
}

// decode reads the document in one pass. It uses reflection only for single lines: nested structs would be
// scanned again at each level, and a key that occurs twice would not be noticed.
func decode(data []byte) (*State, error) {
	r := newReader(data)
	s := &State{Zones: map[string]*Zone{}}
	version, inside := 0, map[string]*Snapshot{}
	err := r.fields(func(key string) error {
		switch key {
		case "version":
			return r.value(&version)
		case "lineage":
			return r.value(&s.Lineage)
		case "serial":
			return r.value(&s.Serial)
		case "zones":
			return r.zones(s.Zones, inside)
		case "applied":
			return r.applied(&s.Applied)
		case "begun":
			s.Begun = &Applied{}
			err := r.value(s.Begun)
			s.Begun.At = s.Begun.At.UTC()
			return err
		case "finished":
			return r.value(&s.Finished)
		default:
			return r.skip()
		}
	})
	if err == nil {
		err = r.end()
	}

	if err != nil {
		return nil, r.at(data, err)
	}

	switch version {
	case FormatVersion:
	case 1:
		s.former = &former{version: version, text: data, snapshots: &Snapshots{zones: inside}}
		err = validateSnapshots(s.former.snapshots)
	default:
		err = fmt.Errorf("version %d is not known", version)
	}

	return s, errors.Join(err, validate(s))
}

// diagnose explains why decode refused a document. The kind of the document says more than the place where
// decode stopped: keys may come in any order, so a document of a newer version can fail before its version
// is read.
func diagnose(data []byte, err error) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("it is empty")
	}

	var head struct {
		Version   *int    `json:"version"`
		Lineage   *string `json:"lineage"`
		Terraform *string `json:"terraform_version"`
		Encrypted *string `json:"encrypted"`
	}

	headErr := json.Unmarshal(data, &head)
	var syntax *json.SyntaxError
	switch {
	case errors.As(headErr, &syntax) && syntax.Error() == "unexpected end of JSON input":
		return fmt.Errorf("it is cut short: it ends in line %d, in the middle of a value", line(data, syntax.Offset))
	case errors.As(headErr, &syntax):
		return fmt.Errorf("it is not JSON: line %d: %w", line(data, syntax.Offset), syntax)
	case head.Encrypted != nil && head.Version == nil:
		return errEncrypted
	case head.Terraform != nil:
		return fmt.Errorf("it is a Terraform state, %w", errForeign)
	case headErr != nil || head.Version == nil || head.Lineage == nil || *head.Version < 1:
		return errors.New("it is JSON, but not a cfplan state file, which has a version and a lineage")
	case *head.Version > FormatVersion:
		return fmt.Errorf("%w: state version %d, but this cfplan reads at most %d", errNewer, *head.Version, FormatVersion)
	default:
		return fmt.Errorf("it is damaged: %w", err)
	}
}

// line returns the number of the line that contains the byte at offset, counted from 1.
func line(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(int64(len(data)), offset)], []byte("\n"))
}

// These limits apply to the parts of a document that take more memory than their text. Both are far beyond
// any real use.
const (
	mostZones   = 1_000_000
	mostApplied = 50 * appliedKept
)

// reader walks through JSON token by token.
type reader struct{ dec *json.Decoder }

func newReader(data []byte) *reader { return &reader{dec: json.NewDecoder(bytes.NewReader(data))} }

// end checks that the document ends here.
func (r *reader) end() error {
	if _, err := r.dec.Token(); err != io.EOF {
		return errors.New("something follows the end of the document")
	}
	return nil
}

// at adds to an error the line at which the reader stopped.
func (r *reader) at(data []byte, err error) error {
	return fmt.Errorf("line %d: %w", line(data, r.dec.InputOffset()), err)
}

func (r *reader) value(v any) error { return r.dec.Decode(v) }

func (r *reader) skip() error {
	var v json.RawMessage
	return r.dec.Decode(&v)
}

// open reads the bracket that begins an object or a list.
func (r *reader) open(want json.Delim) error {
	t, err := r.dec.Token()
	if err == nil && t != want {
		err = fmt.Errorf("found %.40q instead of %q", fmt.Sprint(t), want)
	}
	return err
}

// object reads an object; field reads the value of a key.
func (r *reader) object(field func(key string) error) error {
	if err := r.open('{'); err != nil {
		return err
	}

	for r.dec.More() {
		t, err := r.dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string) // keys are always strings
		if err := field(key); err != nil {
			return err
		}
	}

	_, err := r.dec.Token()
	return err
}

// fields reads an object, and refuses a key that occurs twice.
func (r *reader) fields(field func(key string) error) error {
	seen := map[string]bool{}
	return r.object(func(key string) error {
		if seen[key] {
			return twice(key)
		}
		seen[key] = true
		return field(key)
	})
}

func twice(key string) error { return fmt.Errorf("the key %q occurs twice", key) }

// list reads a list; item reads one of its items.
func (r *reader) list(item func() error) error {
	if err := r.open('['); err != nil {
		return err
	}
	for r.dec.More() {
		if err := item(); err != nil {
			return err
		}
	}
	_, err := r.dec.Token()
	return err
}

// zones reads the zones into a map. In version 1, zones contain snapshots, which go into a map of their own.
func (r *reader) zones(into map[string]*Zone, snapshots map[string]*Snapshot) error {
	return r.object(func(name string) error {
		if into[name] != nil {
			return twice(name)
		}
		if len(into) == mostZones {
			return fmt.Errorf("it has more than %d zones", mostZones)
		}

		z := &Zone{Owned: map[string]Owned{}}
		into[name] = z

		return r.fields(func(key string) error {
			switch key {
			case "id":
				return r.value(&z.ID)
			case "account":
				return r.value(&z.Account)
			case "owned":
				return r.owned(z.Owned)
			case "applied_at":
				return r.time(&z.AppliedAt)
			case "journal":
				z.Journal = &Journal{}
				return r.journal(z.Journal)
			case "snapshot":
				snapshots[name] = &Snapshot{}
				return r.formerSnapshot(snapshots[name])
			default:
				return r.skip()
			}
		})
	})
}

func (r *reader) owned(into map[string]Owned) error {
	return r.object(func(id string) error {
		var o Owned
		if _, known := into[id]; known {
			return twice(id)
		}
		err := r.value(&o)
		if err == nil {
			err = validateOwned(id, o)
		}
		into[id] = o
		return err
	})
}

func (r *reader) journal(into *Journal) error {
	return r.fields(func(key string) error {
		switch key {
		case "at":
			return r.time(&into.At)
		case "who":
			return r.value(&into.Who)
		case "operations":
			return r.operations(&into.Operations)
		default:
			return r.skip()
		}
	})
}

// operations reads a list, and stops at the first item that is not an operation: a large document of empty
// items would take many times its size in memory.
func (r *reader) operations(into *[]Operation) error {
	return r.list(func() error {
		var o Operation
		err := r.value(&o)
		if err == nil {
			err = validateOperation(o)
		}
		*into = append(*into, o)
		return err
	})
}

func (r *reader) applied(into *[]Applied) error {
	return r.list(func() error {
		if len(*into) == mostApplied {
			return fmt.Errorf("it has more than %d applied plans", mostApplied)
		}
		var a Applied
		err := r.value(&a)
		a.At = a.At.UTC()
		*into = append(*into, a)
		return err
	})
}
