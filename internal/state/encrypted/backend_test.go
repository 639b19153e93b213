package encrypted_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/encrypted"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// key is a pair of keys.
type key struct{ public, secret string }

func newKey(t testing.TB) key {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return key{id.Recipient().String(), id.String()}
}

func newHybridKey(t testing.TB) key {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return key{id.Recipient().String(), id.String()}
}

type environment map[string]string

func (e environment) get(name string) string { return e[name] }

func identity(k key) environment { return environment{"CFPLAN_STATE_IDENTITY": k.secret} }

// warnings collects the warnings of a backend.
type warnings []string

func (w *warnings) add(summary, detail string) { *w = append(*w, summary+": "+detail) }

func open(t testing.TB, path string, env environment, recipients ...string) state.Backend {
	t.Helper()
	b, err := encrypted.Configure(local.New(path), encrypted.Settings{Recipients: recipients}, env.get, nil)
	if err != nil {
		t.Fatalf("Configure: %v", err)
	}
	return b
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "s.json") }

func content(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t testing.TB, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func store(t testing.TB, b state.Backend, st *state.State) {
	t.Helper()
	if err := state.Open(b).Replace(t.Context(), st); err != nil {
		t.Fatalf("Replace: %v", err)
	}
}

func saveSnapshot(b state.Backend) error {
	return state.Open(b).UpdateSnapshots(context.Background(), nil,
		func(all *state.Snapshots) bool { return all.Set(statetest.SampleSnapshot()) })
}

func TestConfigureReturnsABackend(t *testing.T) {
	for name, k := range map[string]key{"X25519": newKey(t), "hybrid": newHybridKey(t)} {
		t.Run(name, func(t *testing.T) {
			statetest.Run(t, func(t *testing.T) state.Backend { return open(t, newPath(t), identity(k), k.public) })
		})
	}
	t.Run("without an archive", func(t *testing.T) {
		k := newKey(t)
		statetest.Run(t, func(t *testing.T) state.Backend {
			inner := struct{ state.Backend }{local.New(newPath(t))}
			b, err := encrypted.Configure(inner, encrypted.Settings{Recipients: []string{k.public}}, identity(k).get,
				nil)
			if err != nil {
				t.Fatal(err)
			}
			return b
		})
	})
}

type probed struct {
	state.Backend
	asked int
}

func (p *probed) Probe(context.Context) error { p.asked++; return errors.New("no") }

func TestConfigureKeepsArchiveAndProber(t *testing.T) {
	k := newKey(t)
	wrap := func(inner state.Backend) state.Backend {
		b, err := encrypted.Configure(inner, encrypted.Settings{Recipients: []string{k.public}}, identity(k).get, nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}

	inner := local.New(newPath(t))
	bare := struct{ state.Backend }{inner}
	both := struct {
		*local.Backend
		*probedBy
	}{inner, &probedBy{}}

	for name, c := range map[string]struct {
		inner           state.Backend
		archive, prober bool
	}{
		"neither": {bare, false, false},
		"archive": {inner, true, false},
		"prober":  {&probed{Backend: bare}, false, true},
		"both":    {both, true, true},
	} {
		b := wrap(c.inner)
		_, archive := b.(state.Archive)
		p, prober := b.(state.Prober)
		if archive != c.archive || prober != c.prober {
			t.Errorf("%s: archive %v, prober %v; want %v, %v", name, archive, prober, c.archive, c.prober)
		}
		if prober && p.Probe(t.Context()) == nil {
			t.Errorf("%s: the inner backend was not asked", name)
		}
		if b.Place(state.DocState) != c.inner.Place(state.DocState) {
			t.Errorf("%s: the place is %s, want %s", name, b.Place(state.DocState), c.inner.Place(state.DocState))
		}
	}
}

type probedBy struct{}

func (probedBy) Probe(context.Context) error { return errors.New("no") }

func TestNoZoneDataIsStoredInTheClear(t *testing.T) {
	path, k := newPath(t), newKey(t)
	b := open(t, path, identity(k), k.public)
	st := statetest.Sample()
	store(t, b, st)
	store(t, b, st)
	if err := saveSnapshot(b); err != nil {
		t.Fatal(err)
	}
	if err := state.Open(b).Keep(t.Context(), "apply-1", []byte("what became of example.com")); err != nil {
		t.Fatal(err)
	}

	assertSealed(t, filepath.Dir(path), 4)
	var outside struct {
		FormatVersion int    `json:"format_version"`
		Lineage       string `json:"lineage"`
		Serial        uint64 `json:"serial"`
		Encrypted     string `json:"encrypted"`
	}

	if err := json.Unmarshal(content(t, path), &outside); err != nil || outside.Lineage != st.Lineage ||
		outside.Serial != 2 || outside.Encrypted != "age" || outside.FormatVersion != 1 {
		t.Errorf("the envelope has %+v, %v; want lineage %s, serial 2, format 1 and age", outside, err, st.Lineage)
	}
}

// assertSealed checks that the directory has n files, and that none of them has zone data in the clear.
func assertSealed(t *testing.T, dir string, n int) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found++
		if text := content(t, path); bytes.Contains(text, []byte("example")) {
			t.Errorf("%s has zone data in the clear: %.200s", path, text)
		}
		return nil
	})
	if err != nil || found != n {
		t.Errorf("%d files, want %d: %v", found, n, err)
	}
}

func TestAPassphraseEncrypts(t *testing.T) {
	path := newPath(t)
	env := environment{"CFPLAN_STATE_PASSPHRASE": "correct horse battery staple"}
	b := open(t, path, env)
	st := statetest.Sample()
	store(t, b, st)

	for name, again := range map[string]state.Backend{"the same run": b, "another run": open(t, path, env)} {
		got, err := state.Open(again).Read(t.Context())
		if err != nil {
			t.Fatalf("%s: Read: %v", name, err)
		}
		if d := statetest.Diff(st, got); d != "" {
			t.Errorf("%s reads (-want +got):\n%s", name, d)
		}
	}

	refuses(t, open(t, path, environment{"CFPLAN_STATE_PASSPHRASE": "another one altogether"}),
		"encrypted with another passphrase")
	refuses(t, open(t, path, environment{}), "there is no key to decrypt it: set CFPLAN_STATE_IDENTITY")
	refuses(t, open(t, path, identity(newKey(t))), "encrypted with a passphrase; set CFPLAN_STATE_PASSPHRASE")
	refuses(t, open(t, path, environment{"CFPLAN_STATE_PASSPHRASE": "short"}), "CFPLAN_STATE_PASSPHRASE is too short")
}

// refuses checks that the state cannot be read, and that the error does not advise deleting it.
func refuses(t *testing.T, b state.Backend, says string) {
	t.Helper()
	_, err := state.Open(b).Read(t.Context())
	var damaged *state.UnreadableError
	if err == nil || !strings.Contains(err.Error(), says) || errors.As(err, &damaged) {
		t.Errorf("Read = %v, want %q", err, says)
	}
}

func TestReadNeedsAKeyOfTheRecipients(t *testing.T) {
	path, ours, theirs := newPath(t), newKey(t), newKey(t)
	store(t, open(t, path, identity(ours), ours.public), statetest.Sample())
	refuses(t, open(t, path, identity(theirs), theirs.public), "encrypted for other keys")
	refuses(t, open(t, path, environment{"CFPLAN_STATE_PASSPHRASE": "correct horse battery staple"}, theirs.public),
		"encrypted for keys, and not with a passphrase")
	refuses(t, open(t, path, environment{}, ours.public), "there is no key")
}

func TestSnapshotsForAnotherKeyAreNotReplaced(t *testing.T) {
	path, ours, theirs := newPath(t), newKey(t), newKey(t)
	if err := saveSnapshot(open(t, path, identity(ours), ours.public)); err != nil {
		t.Fatal(err)
	}

	snapshots := state.DocSnapshots.Beside(path)
	before := content(t, snapshots)
	if err := saveSnapshot(open(t, path, identity(theirs), theirs.public)); err == nil ||
		!bytes.Equal(content(t, snapshots), before) {
		t.Errorf("UpdateSnapshots with another key = %v, want an error and unchanged snapshots", err)
	}

	write(t, snapshots, before[:len(before)-20])
	if err := saveSnapshot(open(t, path, identity(ours), ours.public)); err != nil {
		t.Errorf("damaged snapshots were not replaced: %v", err)
	}
}

func TestWriteRefusesAStateThatItsUserCouldNotRead(t *testing.T) {
	path, ours, theirs := newPath(t), newKey(t), newKey(t)
	for _, env := range []environment{identity(ours), {}} {
		err := state.Open(open(t, path, env, theirs.public)).Replace(t.Context(), statetest.Sample())
		if err == nil {
			t.Error("Write stored a state that cannot be read back")
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a refused Write created the file")
	}
}

func TestTheNextWriteChangesTheKeys(t *testing.T) {
	path, old, next := newPath(t), newKey(t), newHybridKey(t)
	st := statetest.Sample()
	store(t, open(t, path, identity(old), old.public), st)
	both := identity(key{secret: "# the old one\n" + old.secret + "\n\n" + next.secret + "\n"})
	b := open(t, path, both, next.public)
	got, err := state.Open(b).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	store(t, b, got)
	if _, err := state.Open(open(t, path, identity(next), next.public)).Read(t.Context()); err != nil {
		t.Errorf("Read with the new key alone = %v, want the state", err)
	}

	refuses(t, open(t, path, identity(old), old.public), "encrypted for other keys")
}

func TestAlteredDocumentsAreRefused(t *testing.T) {
	k := newKey(t)
	path := newPath(t)
	b := open(t, path, identity(k), k.public)
	st := statetest.Sample()
	store(t, b, st)
	if err := saveSnapshot(b); err != nil {
		t.Fatal(err)
	}

	good := string(content(t, path))
	data := good[strings.Index(good, `"data": "`)+9:]
	for name, c := range map[string]struct{ text, says string }{
		"cut":                   {good[:len(good)-40], "cut short"},
		"a changed letter":      {strings.Replace(good, data[len(data)/2:len(data)/2+8], flipped(data[len(data)/2:len(data)/2+8]), 1), "damaged"},
		"no data":               {good[:strings.Index(good, data)] + "\"}", "a part is missing"},
		"not base64":            {strings.Replace(good, data[:4], "!!!!", 1), "damaged"},
		"text after the end":    {good + "{}", "damaged"},
		"another serial":        {strings.Replace(good, `"serial": 1`, `"serial": 2`, 1), "it says serial 2 outside and 1 inside"},
		"another lineage":       {strings.Replace(good, st.Lineage, "x", 1), `lineage "x" outside`},
		"the snapshots instead": {string(content(t, state.DocSnapshots.Beside(path))), "the two were exchanged"},
		"not an age file":       {`{"format_version": 1, "serial": 1, "encrypted": "age", "data": "aGVsbG8="}`, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, path, []byte(c.text))
			_, err := state.Open(open(t, path, identity(k), k.public)).Read(t.Context())
			var damaged *state.UnreadableError
			if !errors.As(err, &damaged) || !strings.Contains(err.Error(), c.says) ||
				!strings.Contains(err.Error(), "equal records are adopted again") {
				t.Errorf("Read = %v, want an *UnreadableError with %q", err, c.says)
			}
			if string(content(t, path)) != c.text {
				t.Error("the file has changed")
			}
		})
	}

	for text, says := range map[string]string{
		`{"format_version": 2, "encrypted": "age", "data": "eA=="}`: "newer cfplan",
		`{"format_version": 1, "encrypted": "pgp", "data": "eA=="}`: `encrypted with "pgp"`,
	} {
		write(t, path, []byte(text))
		refuses(t, open(t, path, identity(k), k.public), says)
	}
}

// flipped replaces letters of base64 by others.
func flipped(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, s)
}

func TestTheCostOfAPassphraseIsBounded(t *testing.T) {
	r, err := age.NewScryptRecipient("correct horse battery staple")
	if err != nil {
		t.Fatal(err)
	}

	r.SetWorkFactor(19)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, r)
	if err == nil {
		err = w.Close()
	}

	if err != nil {
		t.Fatal(err)
	}

	path := newPath(t)
	text, _ := json.Marshal(map[string]any{
		"format_version": 1,
		"serial":         0,
		"encrypted":      "age",
		"data":           sealed.Bytes(),
	})
	write(t, path, text)
	_, err = state.Open(open(t, path, environment{"CFPLAN_STATE_PASSPHRASE": "correct horse battery staple"})).Read(t.Context())
	if err == nil || !strings.Contains(err.Error(), "work factor too large") {
		t.Errorf("Read = %v, want an error about the work factor", err)
	}
}

func TestTheFirstWriteEncryptsTheCopiesToo(t *testing.T) {
	path, k := newPath(t), newKey(t)
	plain := local.New(path)
	st := statetest.Sample()
	store(t, plain, st)
	store(t, plain, st)
	if err := saveSnapshot(plain); err != nil {
		t.Fatal(err)
	}
	if err := plain.Keep(t.Context(), "apply-1", []byte(`{"plan": "for example.com"}`)); err != nil {
		t.Fatal(err)
	}
	if err := plain.Add(t.Context(), "journal-a-000000000001-000001",
		[]byte(`{"entries": "for example.com"}`)); err != nil {
		t.Fatal(err)
	}

	for _, doc := range []state.Document{"v1", state.DocJournal} {
		if _, err := plain.Write(t.Context(), doc, []byte(`{"version": 1, "zones": "example.com"}`), ""); err != nil {
			t.Fatal(err)
		}
	}

	var told warnings
	b, err := encrypted.Configure(plain, encrypted.Settings{Recipients: []string{k.public}}, identity(k).get, told.add)
	if err != nil {
		t.Fatal(err)
	}

	s := state.Open(b)
	got, err := s.Read(t.Context())
	if err != nil || statetest.Diff(st, got) != "" {
		t.Fatalf("Read = %+v, %v", got, err)
	}

	if _, err := s.Read(t.Context()); err != nil || len(told) != 1 || !strings.Contains(told[0], "not encrypted yet") {
		t.Errorf("Read = %v with the warnings %q, want one that the state is not encrypted yet", err, told)
	}
	if err := s.Replace(t.Context(), got); err != nil {
		t.Fatal(err)
	}
	if err := saveSnapshot(b); err != nil {
		t.Fatal(err)
	}

	assertSealed(t, filepath.Dir(path), 7)
	if got, err := s.Kept(t.Context(), "apply-1"); err != nil || string(got) != `{"plan": "for example.com"}` {
		t.Errorf("Kept = %s, %v", got, err)
	}
	if got.Serial != 3 || len(told) != 1 {
		t.Errorf("serial %d and the warnings %q, want 3 and still one", got.Serial, told)
	}

	store(t, b, got) // works only if got has the version of the second write
}

func TestConfigureReportsAllMistakesAtOnce(t *testing.T) {
	k, h := newKey(t), newHybridKey(t)
	for name, c := range map[string]struct {
		recipients []string
		says       []string
	}{
		"several": {[]string{"age1nonsense", k.public, "ssh-ed25519 AAAA", "# created: today\n" + k.secret},
			[]string{`"age1nonsense" is not a public key`, `"ssh-ed25519 AAAA" is not a public key`,
				"is a secret key"}},
		"of two kinds": {[]string{k.public, h.public}, []string{"do not mix"}},
	} {
		_, err := encrypted.Configure(local.New("x"), encrypted.Settings{Recipients: c.recipients}, environment{}.get,
			nil)
		for _, want := range c.says {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: Configure = %v, want %q", name, err, want)
			}
		}
		if err != nil && strings.Contains(err.Error(), k.secret) {
			t.Errorf("%s: the error has the key: %v", name, err)
		}
	}
}

func TestSecretKeysAreReadFromFiles(t *testing.T) {
	k := newKey(t)
	dir := t.TempDir()
	path, file := filepath.Join(dir, "s.json"), filepath.Join(dir, "key.txt")
	write(t, file, []byte("# created: today\n# public key: "+k.public+"\n"+k.secret+"\n"))
	var told warnings
	configure := func(file string, env environment) error {
		b, err := encrypted.Configure(local.New(path), encrypted.Settings{Recipients: []string{k.public},
			IdentityFile: file}, env.get, told.add)
		if err != nil {
			return err
		}
		st, err := state.Open(b).Read(t.Context())
		if err != nil {
			return err
		}
		return state.Open(b).Replace(t.Context(), st)
	}

	if err := errors.Join(configure(file, nil), configure("",
		environment{"CFPLAN_STATE_IDENTITY_FILE": file})); err != nil || len(told) > 0 {
		t.Errorf("a good file: error %v and warnings %q, want neither", err, told)
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := configure(file, nil); err != nil || len(told) != 1 ||
		!strings.Contains(told[0], "Secret key inside of a repository") {
		t.Errorf("a file in a repository: error %v and warnings %q, want one warning", err, told)
	}

	for text, says := range map[string]string{
		"":                            "has no secret key of age",
		k.public:                      "line 1 is not a secret key of age",
		"\n" + k.secret[:40]:          "line 2 is not a secret key of age",
		strings.Repeat("#", 64<<10+1): "larger than",
	} {
		write(t, file, []byte(text))
		if err := configure(file, nil); err == nil || !strings.Contains(err.Error(), says) ||
			strings.Contains(err.Error(), k.secret[:30]) {
			t.Errorf("a file of %.20q: %v, want %q", text, err, says)
		}
	}

	wrong := "x/" + k.secret
	for says, err := range map[string]error{
		"CFPLAN_STATE_IDENTITY_FILE is a secret key": configure("",
			environment{"CFPLAN_STATE_IDENTITY_FILE": k.secret}),
		"identity_file in the encryption block is a secret key": configure(strings.ToLower(wrong), nil),
	} {
		if err == nil || !strings.Contains(err.Error(), says) ||
			strings.Contains(strings.ToUpper(err.Error()), k.secret[:30]) {
			t.Errorf("a key in the place of a path: %v, want %q and no key", err, says)
		}
	}

	for _, file := range []string{filepath.Join(dir, "none"), dir} {
		if err := configure(file, nil); err == nil || !strings.Contains(err.Error(),
			"the secret key of the state can't be read") {
			t.Errorf("%s: error %v, want that the key can't be read", file, err)
		}
	}
}

// FuzzRead checks that reading any stored text returns a document or an error.
func FuzzRead(f *testing.F) {
	k := newKey(f)
	path := newPath(f)
	store(f, open(f, path, identity(k), k.public), statetest.Sample())
	good := content(f, path)
	f.Add(good)
	f.Add(good[:len(good)/2])
	for _, text := range []string{"", "{", "null", "[]", `{"encrypted": "age"}`, `{"encrypted": 1, "data": []}`,
		`{"format_version": -1, "serial": -1, "encrypted": "age", "data": "eA=="}`,
		`{"serial": 1e400, "encrypted": "age", "data": null}`, `{"encrypted": "age", "encrypted": "x", "data": "YWdlLWVuY3J5cHRpb24ub3JnL3YxCg=="}`, "<html>"} {
		f.Add([]byte(text))
	}

	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := encrypted.Configure(fixed{text}, encrypted.Settings{Recipients: []string{k.public}},
			identity(k).get, nil)
		if err != nil {
			t.Fatal(err)
		}

		read, _, err := b.Read(t.Context(), state.DocState)
		switch {
		case err != nil:
		case bytes.Contains(text, []byte("encrypted")) && bytes.Equal(read, text):
			var e struct {
				Encrypted *string `json:"encrypted"`
			}
			if json.Unmarshal(text, &e) == nil && e.Encrypted != nil && headFirst(text) {
				t.Errorf("Read took an envelope for a document in the clear: %q", text)
			}
		case !bytes.Equal(read, text) && !bytes.Equal(text, good) && !sameEnvelope(text, good):
			t.Errorf("Read decrypted an envelope that the store never had: %q", text)
		}
	})
}

// headFirst reports whether the key that marks an envelope comes before any object or list.
func headFirst(text []byte) bool {
	before, _, _ := bytes.Cut(text, []byte(`"encrypted"`))
	return !bytes.ContainsAny(bytes.TrimPrefix(bytes.TrimSpace(before), []byte("{")), "{[") &&
		!bytes.Contains(before, []byte(`\`))
}

// sameEnvelope reports whether two envelopes differ only in spaces or unknown keys.
func sameEnvelope(a, b []byte) bool {
	type envelope struct {
		Serial  uint64
		Lineage string
		Data    []byte
	}
	var x, y envelope
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && fmt.Sprint(x) == fmt.Sprint(y)
}

// fixed is a store that always returns one text.
type fixed struct{ text []byte }

func (f fixed) Read(context.Context, state.Document) ([]byte, state.Version, error) {
	return f.text, "1", nil
}

func (f fixed) Write(context.Context, state.Document, []byte, state.Version) (state.Version, error) {
	return "", state.ErrConflict
}

func (f fixed) Lock(context.Context, state.Holder, time.Duration) (state.Lock, error) {
	return nil, &state.LockedError{}
}

func (f fixed) ForceUnlock(context.Context, string) error { return state.ErrNotLocked }

func (f fixed) Place(state.Document) string { return "nowhere" }
