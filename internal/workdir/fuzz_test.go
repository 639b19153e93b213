package workdir_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/workdir"
)

// FuzzNote reads notes that may have come with the repository. Each must give a note, or a finding that
// says what to do.
func FuzzNote(f *testing.F) {
	f.Add([]byte(`{"version":1,"backend":"local","attributes":{"path":"x"},"place":"x","lineage":"l","serial":1}`))
	f.Add([]byte(`{"version":9}`))
	f.Add([]byte("\xff\xfe{\x00"))
	dir := f.TempDir()
	path := filepath.Join(dir, filepath.FromSlash(workdir.NotePath))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		f.Fatal(err)
	}

	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		d := workdir.Open(dir, defaultState, state.Settings{}, nil)
		note, finding := d.Note()
		if (note == nil) == (finding == nil) {
			t.Errorf("%q gives the note %v and the finding %v, want exactly one of them", text, note, finding)
		}
		if finding != nil && (finding.Summary == "" || finding.Detail == "") {
			t.Errorf("%q: the finding is empty", text)
		}
	})
}
