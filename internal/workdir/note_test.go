package workdir_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/workdir"
)

func (b bench) noteFile() string { return filepath.Join(b.path, filepath.FromSlash(workdir.NotePath)) }

func (b bench) writeNote(text string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(b.noteFile()), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(b.noteFile(), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

func TestNoteHoldsNoSecret(t *testing.T) {
	b := newBench(t)
	place := workdir.Place{
		Kind: "http",
		Settings: settings(map[string]string{
			"address":  "https://states.example.com/dns",
			"password": "hunter2",
		}),
	}

	d := b.directory()
	n := d.NoteOf(place, &b.store(defaultState).Reader)
	if err := d.Remember(n); err != nil {
		t.Fatal(err)
	}

	text, err := os.ReadFile(b.noteFile())
	if err != nil {
		t.Fatal(err)
	}

	if strings.Contains(string(text), "hunter2") || !strings.Contains(string(text),
		place.Settings.Attributes()["address"]) {
		t.Errorf("the note is %s, want the address and no password", text)
	}
	if len(n.Withheld) != 1 || n.Withheld[0] != "password" {
		t.Errorf("withheld: %q, want the password", n.Withheld)
	}
}

func TestNoteIsKeptOutOfGit(t *testing.T) {
	b := newBench(t)
	b.use(defaultState)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(b.noteFile()), ".gitignore"))
	if err != nil || string(text) != "*\n" {
		t.Errorf(".gitignore is %q, %v, want *", text, err)
	}
}

func TestDamagedNoteIsAWarning(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":      "this is not a note",
		"empty":         "",
		"newer version": `{"version": 2, "backend": "local"}`,
		"no backend":    `{"version": 1}`,
		"too large":     `{"version": 1, "backend": "` + strings.Repeat("x", 64<<10) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.writeNote(text)
			b.want(b.check(defaultState), false, "It is not known where the state was before",
				"Delete it if the backend block has not changed.")

			b.use(defaultState)
			b.want(b.check(defaultState), false, "", "")
		})
	}
}

// A repository can contain a link in place of the note or of its directory.
func TestLinksAreNotFollowed(t *testing.T) {
	b := newBench(t)
	elsewhere := t.TempDir()
	if err := os.Symlink(elsewhere, filepath.Join(b.path, ".cfplan")); err != nil {
		t.Skipf("links cannot be made here: %v", err)
	}

	b.want(b.check(defaultState), false, "It is not known where the state was before", "not a directory")

	d := b.directory()
	n := d.NoteOf(at(defaultState), &b.write(defaultState).Reader)
	if err := d.Remember(n); err == nil {
		t.Error("Remember wrote through a link")
	}

	b.want(d.RememberDone(n), false, "Place of the state could not be noted", "Everything else is done.")
	if entries, _ := os.ReadDir(elsewhere); len(entries) > 0 {
		t.Errorf("%d files were written through the link", len(entries))
	}
}

func TestLinkInPlaceOfTheNoteIsReplaced(t *testing.T) {
	b := newBench(t)
	precious := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(precious, []byte("not to be touched"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Dir(b.noteFile()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, b.noteFile()); err != nil {
		t.Skipf("links cannot be made here: %v", err)
	}

	b.want(b.check(defaultState), false, "It is not known where the state was before", "it is a link, or not a file")

	b.use(defaultState)
	b.want(b.check(defaultState), false, "", "")
	if text, _ := os.ReadFile(precious); string(text) != "not to be touched" {
		t.Errorf("the file behind the link is %q", text)
	}
}

func TestReadOnlyDirectoryGivesNoFinding(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write anywhere")
	}

	b := newBench(t)
	s := b.write(defaultState)
	if err := os.Chmod(b.path, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(b.path, 0o700) })

	d := b.directory()
	n := d.NoteOf(at(defaultState), &s.Reader)
	if err := d.Remember(n); err == nil {
		t.Fatal("Remember wrote into a read-only directory")
	}

	b.want(d.RememberDone(n), false, "", "")
}

func TestRememberLeavesAnEqualNoteAlone(t *testing.T) {
	b := newBench(t)
	b.use(defaultState)
	before, err := os.Stat(b.noteFile())
	if err != nil {
		t.Fatal(err)
	}

	d := b.directory()
	s := b.store(defaultState)
	if _, err := s.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Remember(d.NoteOf(at(defaultState), &s.Reader)); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(b.noteFile()); err != nil || !os.SameFile(before, after) {
		t.Errorf("the note was written again (%v)", err)
	}
}

func TestFormerReturnsThePlaceInTheNote(t *testing.T) {
	b := newBench(t)
	b.use("old.json")
	old, backend, refusal := b.directory().Former("")
	if refusal != nil {
		t.Fatalf("Former: %+v", refusal)
	}
	if old.Place != "old.json" || backend.Place(state.DocState) != b.store("old.json").String() {
		t.Errorf("Former = %s, %s, want old.json", old.Place, backend.Place(state.DocState))
	}
}

func TestFormerReturnsANamedPlace(t *testing.T) {
	b := newBench(t)
	old, _, refusal := b.directory().Former("local", state.Layer{Attributes: map[string]string{"path": "other.json"}})
	if refusal != nil || old.Place != "other.json" {
		t.Errorf("Former = %v, %+v, want other.json", old, refusal)
	}

	_, _, refusal = b.directory().Former("floppy")
	b.wantFormer(refusal, "Old place of the state cannot be used", "there is no backend floppy")
}

func TestUnknownFormerPlaceIsRefused(t *testing.T) {
	b := newBench(t)
	_, _, refusal := b.directory().Former("")
	b.wantFormer(refusal, "Nothing to move", "It is not known where the state was before: there is no .cfplan")

	b.writeNote("not a note")
	_, _, refusal = b.directory().Former("")
	b.wantFormer(refusal, "Nothing to move", "cannot be read")
}

func TestSecretsThatWereNotRememberedAreNamed(t *testing.T) {
	b := newBench(t)
	b.writeNote(`{"version": 1, "backend": "http", "attributes": {}, "withheld": ["password"], "place": "https://h/dns"}`)
	_, _, refusal := b.directory().Former("")
	b.wantFormer(refusal, "Old place of the state cannot be used", "not remembered, because they are secret: password")
}

func (b bench) wantFormer(got *workdir.Finding, summary, detail string) {
	b.Helper()
	if got == nil || !got.Refusal || got.Summary != summary || !strings.Contains(got.Detail, detail) {
		b.Errorf("refusal %+v, want %q: …%s…", got, summary, detail)
	}
}

func TestSamePlaceFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	store := func(name string) *state.Reader { return state.OpenReader(local.New(filepath.Join(dir, name))) }
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(dir, "alias")); err != nil {
		t.Skipf("links cannot be made here: %v", err)
	}

	// Neither file exists yet.
	if !workdir.SamePlace("local", store("real/a.json"), store("alias/a.json")) {
		t.Error("SamePlace(real/a.json, alias/a.json) = false, want true: alias is a link to real")
	}
	if workdir.SamePlace("local", store("real/a.json"), store("real/b.json")) {
		t.Error("SamePlace(real/a.json, real/b.json) = true, want false")
	}
}
