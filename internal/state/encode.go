package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Encode writes s as the document that is stored. The same state always gives the same bytes: keys are
// sorted, and each owned record is on a line of its own. If the file is in git, a change to one record
// changes only one line.
//
// Encode returns an error for a state that Decode would refuse.
func Encode(s *State) ([]byte, error) {
	if err := validate(s); err != nil {
		return nil, fmt.Errorf("this state can't be written: %w", err)
	}

	w := newWriter()
	w.text("{\n  \"version\": ").value(FormatVersion)
	w.text(",\n  \"lineage\": ").value(s.Lineage)
	w.text(",\n  \"serial\": ").value(s.Serial)
	w.text(",\n  \"zones\": ")
	names := slices.Sorted(maps.Keys(s.Zones))
	w.list("{}", "  ", len(names), func(i int) {
		w.value(names[i]).text(": ")
		w.zone(s.Zones[names[i]])
	})

	w.text(",\n  \"applied\": ")
	w.list("[]", "  ", len(s.Applied), func(i int) {
		a := s.Applied[i]
		a.At = a.At.UTC()
		w.value(a)
	})

	if s.Begun != nil {
		begun := *s.Begun
		begun.At = begun.At.UTC()
		w.text(",\n  \"begun\": ").value(begun)
	}

	if s.Finished != 0 {
		w.text(",\n  \"finished\": ").value(s.Finished)
	}

	w.text("\n}\n")
	return w.document()
}

// writer lays out the lines itself: json.Indent would put each field of a record on a line of its own, at
// three times the cost.
type writer struct {
	buf bytes.Buffer
	enc *json.Encoder
	err error
}

func newWriter() *writer {
	w := &writer{}
	w.enc = json.NewEncoder(&w.buf)
	w.enc.SetEscapeHTML(false) // people read comments: "a & b", not "a \u0026 b"
	return w
}

// document returns the document, or an error if it is too large to be read back.
func (w *writer) document() ([]byte, error) {
	if w.err == nil && w.buf.Len() > MaxSize {
		w.err = fmt.Errorf("a document of %d bytes can't be written: at most %d can be read back",
			w.buf.Len(), MaxSize)
	}
	return w.buf.Bytes(), w.err
}

func (w *writer) text(s string) *writer {
	w.buf.WriteString(s)
	return w
}

// value writes v on one line.
func (w *writer) value(v any) *writer {
	if err := w.enc.Encode(v); err != nil {
		w.err = errors.Join(w.err, err)
		return w
	}
	w.buf.Truncate(w.buf.Len() - 1) // the line end that Encode adds
	return w
}

// list writes n items between the two brackets, each on its own line.
func (w *writer) list(brackets, indent string, n int, item func(i int)) {
	w.buf.WriteByte(brackets[0])
	for i := range n {
		if i > 0 {
			w.buf.WriteByte(',')
		}
		w.text("\n").text(indent).text("  ")
		item(i)
	}

	if n > 0 {
		w.text("\n").text(indent)
	}

	w.buf.WriteByte(brackets[1])
}

func (w *writer) zone(z *Zone) {
	w.text("{\n      \"id\": ").value(z.ID)
	if z.Account != "" {
		w.text(",\n      \"account\": ").value(z.Account)
	}

	w.text(",\n      \"owned\": ")
	ids := slices.Sorted(maps.Keys(z.Owned))
	w.list("{}", "      ", len(ids), func(i int) {
		w.value(ids[i]).text(": ").value(z.Owned[ids[i]])
	})

	if !z.AppliedAt.IsZero() {
		w.text(",\n      \"applied_at\": ").value(z.AppliedAt.UTC().Format(time.RFC3339Nano))
	}

	if z.Journal != nil {
		w.text(",\n      \"journal\": {\n        \"at\": ").value(z.Journal.At.UTC().Format(time.RFC3339Nano))
		w.text(",\n        \"who\": ").value(z.Journal.Who)
		w.text(",\n        \"operations\": ")
		w.list("[]", "        ", len(z.Journal.Operations), func(i int) { w.value(z.Journal.Operations[i]) })
		w.text("\n      }")
	}

	w.text("\n    }")
}
