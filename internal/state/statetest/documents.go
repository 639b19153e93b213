package statetest

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

// documents tests that a backend stores bytes, whatever their meaning.
func documents(t *testing.T, open func(t *testing.T) state.Backend, jsonAlone bool) {
	text := string(bytes.Repeat([]byte("\x00\xff<html>\r\n"), 1000))
	if jsonAlone {
		text = "\r\n\t{ \"serial\" : 1,\r\n\"x\":\"" + strings.Repeat("\\u0000 ü<html>", 1000) + "\"\n}  "
	}

	for _, c := range []struct {
		name string
		test func(*testing.T, state.Backend)
	}{
		{"a missing document has no version", nothingStored},
		{"a document is replaced only if its version is unchanged", writeVersions},
		{"documents have separate versions", documentsApart},
		{"a document may be any bytes", func(t *testing.T, b state.Backend) { anyBytes(t, b, text) }},
		{"each document has a place", places},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

var allDocuments = []state.Document{state.DocState, state.DocSnapshots, state.DocJournal, "v1"}

func nothingStored(t *testing.T, b state.Backend) {
	for _, doc := range allDocuments {
		text, v, err := b.Read(t.Context(), doc)
		if len(text) != 0 || v != "" || err != nil {
			t.Errorf("Read(%s) of a missing document = %q, %q, %v; want no text, no version and no error", doc, text, v, err)
		}
		if _, err := b.Write(t.Context(), doc, []byte("{}"), "1"); !errors.Is(err, state.ErrConflict) {
			t.Errorf("Write(%s) over a version of a missing document = %v, want ErrConflict", doc, err)
		}
	}
}

func writeVersions(t *testing.T, b state.Backend) {
	for _, doc := range allDocuments {
		first := put(t, b, doc, `{"serial": 1}`, "")
		second := put(t, b, doc, `{"serial": 2}`, first)
		for _, was := range []state.Version{"", first, "other"} {
			if _, err := b.Write(t.Context(), doc, []byte(`{"serial": 3}`), was); !errors.Is(err, state.ErrConflict) {
				t.Errorf("Write(%s) over %q while %q is stored = %v, want ErrConflict", doc, was, second, err)
			}
		}
		holds(t, b, doc, `{"serial": 2}`, second)
	}
}

func documentsApart(t *testing.T, b state.Backend) {
	versions := map[state.Document]state.Version{}
	for _, doc := range allDocuments {
		versions[doc] = put(t, b, doc, `{"serial": 1, "doc": "`+string(doc)+`"}`, "")
	}
	for _, doc := range allDocuments {
		holds(t, b, doc, `{"serial": 1, "doc": "`+string(doc)+`"}`, versions[doc])
	}
}

// anyBytes checks that a text is read back unchanged, including white space.
func anyBytes(t *testing.T, b state.Backend, text string) {
	v := put(t, b, state.DocState, text, "")
	holds(t, b, state.DocState, text, v)
}

func places(t *testing.T, b state.Backend) {
	seen := map[string]state.Document{}
	for _, doc := range allDocuments {
		place := b.Place(doc)
		if other, taken := seen[place]; taken || place == "" {
			t.Errorf("Place(%s) = %q, want a place that is neither empty nor the place of %q", doc, place, other)
		}
		seen[place] = doc
	}
}

func put(t *testing.T, b state.Backend, doc state.Document, text string, was state.Version) state.Version {
	t.Helper()
	v, err := b.Write(t.Context(), doc, []byte(text), was)
	if err != nil || v == "" || v == was {
		t.Fatalf("Write(%s) over %q = %q, %v; want a new version", doc, was, v, err)
	}
	return v
}

func holds(t *testing.T, b state.Backend, doc state.Document, want string, version state.Version) {
	t.Helper()
	text, v, err := b.Read(t.Context(), doc)
	if err != nil || string(text) != want || v != version {
		t.Errorf("Read(%s) = %.100q, %q, %v; want %.100q, %q", doc, text, v, err, want, version)
	}
}
