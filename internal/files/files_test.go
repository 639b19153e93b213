package files_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cfplan/cfplan/internal/files"
)

func TestReadStopsAtItsLimit(t *testing.T) {
	for _, test := range []struct {
		size, limit int
		fits        bool
	}{{0, 0, true}, {4, 4, true}, {5, 4, false}, {1 << 20, 4, false}} {
		text, err := files.Read(strings.NewReader(strings.Repeat("x", test.size)), int64(test.limit))

		var tooLarge *files.TooLargeError
		if fits := !errors.As(err, &tooLarge); fits != test.fits {
			t.Errorf("Read of %d bytes with limit %d: error %v, want it to fit: %v", test.size, test.limit, err, test.fits)
		}
		if test.fits && len(text) != test.size {
			t.Errorf("Read of %d bytes with limit %d = %d bytes", test.size, test.limit, len(text))
		}
	}
}

func TestReadSizedDoesNotTrustTheAnnouncement(t *testing.T) {
	for _, announced := range []int64{-1, 0, 3, 4, 1 << 62} {
		text, err := files.ReadSized(strings.NewReader("four"), 4, announced)
		if err != nil || string(text) != "four" {
			t.Errorf("ReadSized announced as %d = %q, %v", announced, text, err)
		}

		var tooLarge *files.TooLargeError
		if _, err := files.ReadSized(strings.NewReader("fives"), 4, announced); !errors.As(err, &tooLarge) {
			t.Errorf("ReadSized beyond the limit, announced as %d: error %v, want a TooLargeError", announced, err)
		}
	}
}

func TestReadStartKeepsWhatItRead(t *testing.T) {
	for limit, want := range map[int64]string{0: "", 3: "abc", 6: "abcdef", 9: "abcdef"} {
		text, err := files.ReadStart(strings.NewReader("abcdef"), limit)
		if err != nil || string(text) != want {
			t.Errorf("ReadStart with limit %d = %q, %v, want %q", limit, text, err, want)
		}
	}

	cut := errors.New("cut off")
	broken := io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(cut))
	if text, err := files.ReadStart(broken, 9); !errors.Is(err, cut) || string(text) != "abc" {
		t.Errorf("ReadStart of a broken reader = %q, %v, want %q and the error", text, err, "abc")
	}
}

func TestTooLargeNamesTheLimit(t *testing.T) {
	for limit, want := range map[int64]string{
		17:         "larger than 17 bytes",
		64 << 10:   "larger than 64 KiB",
		32 << 20:   "larger than 32 MiB",
		1<<20 + 1:  "larger than 1048577 bytes",
		1536 << 10: "larger than 1536 KiB",
	} {
		if got := (&files.TooLargeError{Max: limit}).Error(); got != want {
			t.Errorf("TooLargeError{%d} = %q, want %q", limit, got, want)
		}
	}
}

func TestReadFileRefusesDirectories(t *testing.T) {
	if _, err := files.ReadFile(t.TempDir(), 10); !errors.Is(err, files.ErrNotRegular) {
		t.Errorf("ReadFile(directory) = %v, want ErrNotRegular", err)
	}
}

func TestReplaceLeavesOneCompleteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "plan")
	write := map[string]func([]byte) error{
		"Replace":    func(b []byte) error { return files.Replace(path, b, 0o600) },
		"ReplaceVia": func(b []byte) error { return files.ReplaceVia(path+".tmp", path, b, 0o600) },
	}
	for name, replace := range write {
		if err := os.WriteFile(path, []byte("a longer text from before"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := replace([]byte("new")); err != nil {
			t.Fatalf("%s: %v", name, err)
		}

		got, err := files.ReadFile(path, 100)
		if err != nil || string(got) != "new" {
			t.Errorf("%s wrote %q, %v, want %q", name, got, err, "new")
		}
		if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, want 0600", name, info.Mode().Perm())
		}
		if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 1 {
			t.Errorf("%s left files behind: %q", name, names)
		}
	}
}

func TestCreateNeverOverwrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "zone.cf.hcl")
	if err := files.Create(path, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := files.Create(path, []byte("second"), 0o600); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create of an existing file = %v, want fs.ErrExist", err)
	}
	if text, err := files.ReadFile(path, 100); err != nil || string(text) != "first" {
		t.Errorf("the file has %q, %v, want %q", text, err, "first")
	}
}

// The process may end at any moment, so a file with the name of the new one must never be incomplete.
func TestCreateMakesACompleteFile(t *testing.T) {
	dir := t.TempDir()
	path, text := filepath.Join(dir, "zone.cf.hcl"), bytes.Repeat([]byte("record\n"), 4<<20)
	seen := make(chan int64)
	go func() {
		defer close(seen)
		for {
			if info, err := os.Stat(path); err == nil {
				seen <- info.Size()
				return
			}
		}
	}()

	if err := files.Create(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if size := <-seen; size != int64(len(text)) {
		t.Errorf("the file appeared with %d of %d bytes", size, len(text))
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("Create left %d entries, want only the file", len(entries))
	}
}

func TestFailedReplaceKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "directory")
	if err := os.MkdirAll(filepath.Join(path, "inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := files.Replace(path, []byte("new"), 0o600); err == nil {
		t.Error("Replace of a directory that is not empty succeeded")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("Replace left %d entries, want only the directory", len(entries))
	}
}

func TestReplaceViaDoesNotFollowALink(t *testing.T) {
	dir := t.TempDir()
	path, temp, other := filepath.Join(dir, "state"), filepath.Join(dir, "state.tmp"), filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("not to be touched"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, temp); err != nil {
		t.Skipf("cannot create links here: %v", err)
	}

	if err := files.ReplaceVia(temp, path, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(other); !bytes.Equal(text, []byte("not to be touched")) {
		t.Errorf("ReplaceVia wrote through a link: %q", text)
	}
	if _, err := os.Lstat(temp); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the temporary file still exists: %v", err)
	}
}

func TestCheckText(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"", ""},
		{"\ufeffa byte order mark of UTF-8\r\n", ""},
		{"\xff\xfea\x00", "it is encoded in UTF-16 and not in UTF-8; save it as UTF-8"},
		{"\xfe\xff\x00a", "it is encoded in UTF-16 and not in UTF-8; save it as UTF-8"},
		{"a\nb\n\x00\x00", "it has a zero byte in line 3, so it is not a text in UTF-8; save it as UTF-8"},
	} {
		got := ""
		if err := files.CheckText(test.src); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("CheckText(%q) = %q, want %q", test.src, got, test.want)
		}
	}
}
