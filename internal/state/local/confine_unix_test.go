//go:build unix

package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

func TestConfine(t *testing.T) {
	for name, c := range map[string]struct {
		path    string
		link    string // beside the state's directory, to the directory outside
		outside bool
	}{
		"a file in the directory":      {path: "s.json"},
		"a new directory below":        {path: "a/b/s.json"},
		"up and down again":            {path: "a/../s.json"},
		"a link inside":                {path: "alias/s.json"},
		"up":                           {path: "../s.json", outside: true},
		"absolute":                     {path: "ABSOLUTE", outside: true},
		"a directory that is a link":   {path: "out/s.json", link: "out", outside: true},
		"below a link, new":            {path: "out/new/s.json", link: "out", outside: true},
		"the state is a link":          {path: "s.json", link: "s.json", outside: true},
		"the backup is a link":         {path: "s.json", link: "s.json.backup", outside: true},
		"the mutex is a link":          {path: "s.json", link: ".s.json.mutex", outside: true},
		"the lock is a link":           {path: "s.json", link: ".s.json.lock", outside: true},
		"the holder's file is a link":  {path: "s.json", link: ".s.json.lock.info", outside: true},
		"the temporary file is a link": {path: "s.json", link: ".s.json.tmp", outside: true},
		"the history is a link":        {path: "s.json", link: "s.history", outside: true},
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			dir, other := filepath.Join(top, "conf"), filepath.Join(top, "other")
			for _, d := range []string{dir, other, filepath.Join(dir, "real")} {
				must(t, os.Mkdir(d, 0o755))
			}

			must(t, os.Symlink("real", filepath.Join(dir, "alias")))
			if c.link != "" {
				must(t, os.Symlink(other, filepath.Join(dir, c.link)))
			}

			if c.path == "ABSOLUTE" {
				c.path = filepath.Join(other, "s.json")
			} else {
				c.path = filepath.Join(dir, c.path)
			}

			b := local.New(c.path)
			err := b.Confine(dir)
			var outside *local.OutsideError
			if errors.As(err, &outside) != c.outside || (err != nil) != c.outside {
				t.Fatalf("Confine of %s = %v, want it outside: %v", c.path, err, c.outside)
			}

			_, writeErr := b.Write(t.Context(), state.DocState, []byte("{}"), "")
			_, lockErr := b.Lock(t.Context(), state.Holder{ID: "x"}, 0)
			if (writeErr != nil) != c.outside || (lockErr != nil) != c.outside {
				t.Errorf("Write = %v, Lock = %v, want errors: %v", writeErr, lockErr, c.outside)
			}

			if found, _ := os.ReadDir(other); len(found) > 0 {
				t.Errorf("%s was written outside", found[0].Name())
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A link that appears later is found when the state is used.
func TestConfineLooksEachTime(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "conf")
	must(t, os.Mkdir(dir, 0o755))
	b := local.New(filepath.Join(dir, "sub", "s.json"))
	must(t, b.Confine(dir))
	must(t, os.Symlink(top, filepath.Join(dir, "sub")))

	var outside *local.OutsideError
	if _, _, err := b.Read(t.Context(), state.DocSnapshots); !errors.As(err, &outside) {
		t.Errorf("Read = %v, want an *OutsideError", err)
	}
	if err := b.Keep(t.Context(), "00000001-x", nil); err == nil {
		t.Error("Keep wrote outside")
	}
}

func TestFilesNameEverythingThatIsWritten(t *testing.T) {
	dir := t.TempDir()
	b := local.New(filepath.Join(dir, "dns.json"))
	version, err := b.Write(t.Context(), state.DocState, []byte("1"), "")
	must(t, err)
	_, err = b.Write(t.Context(), state.DocState, []byte("2"), version)
	must(t, err)
	_, err = b.Write(t.Context(), state.DocSnapshots, []byte("1"), "")
	must(t, err)
	_, err = b.Lock(t.Context(), state.Holder{ID: "x"}, time.Second)
	must(t, err)
	must(t, b.Keep(t.Context(), "0000000001-2c3d", []byte("{}")))

	known := map[string]bool{}
	for _, path := range b.Files() {
		known[path] = true
	}

	found, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range found {
		if !known[filepath.Join(dir, e.Name())] {
			t.Errorf("Files() does not name %s", e.Name())
		}
	}

	if len(found) < 5 {
		t.Errorf("only %d files were written, want at least 5", len(found))
	}
}
