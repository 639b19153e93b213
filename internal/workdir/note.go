package workdir

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/state"
)

const (
	// NotePath is the path of the note, relative to the directory.
	NotePath = noteDir + "/" + noteFile

	noteDir     = ".cfplan"
	noteFile    = "backend.json"
	noteVersion = 1
	noteLimit   = 64 << 10 // bytes
)

// Note records which state a directory last used. It contains no secret.
type Note struct {
	Version    int               `json:"version"`
	Backend    string            `json:"backend"`
	Attributes map[string]string `json:"attributes"`
	// Withheld names the attributes whose values are secret.
	Withheld []string `json:"withheld,omitempty"`
	// Place is a description of the place for people.
	Place string `json:"place"`
	// IdentityFile is the identity_file of the encryption block, if there is one.
	IdentityFile string `json:"identity_file,omitempty"`
	// Lineage and Serial are those of the state, or zero values if there was no state.
	Lineage string `json:"lineage,omitempty"`
	Serial  uint64 `json:"serial,omitempty"`
}

// NoteOf returns the note about a place and the state that a run last read or wrote
// there.
func (d *Directory) NoteOf(p Place, store *state.Reader) Note {
	n := Note{
		Version:      noteVersion,
		Backend:      p.Kind,
		Attributes:   map[string]string{},
		Place:        store.String(),
		IdentityFile: p.IdentityFile,
		Lineage:      store.Last().Lineage,
		Serial:       store.Last().Serial,
	}

	attrs := p.Settings.Attributes()
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if value := attrs[name]; config.SecretAttribute(name) || config.CarriesSecret(value) {
			n.Withheld = append(n.Withheld, name)
		} else {
			n.Attributes[name] = value
		}
	}

	if p.Kind == "local" {
		n.Place = d.localPath(attrs)
		n.Attributes = map[string]string{"path": n.Place}
	}

	return n
}

// localPath returns the path of a local state as the configuration writes it, not as an absolute path. The
// place then stays the same if the directory is moved or entered by -chdir.
func (d *Directory) localPath(attrs map[string]string) string {
	path := attrs["path"]
	if path == "" {
		path = d.defaultState
	}
	return filepath.Clean(path)
}

// same reports whether two notes name the same place. Part of a place can come from the environment; only
// Place shows that part.
func (n Note) same(o Note) bool {
	return n.Backend == o.Backend && maps.Equal(n.Attributes, o.Attributes) && n.Place == o.Place
}

// String names the place for people.
func (n Note) String() string { return fmt.Sprintf("%s (backend %q)", n.Place, n.Backend) }

// Note returns the directory's note, or nil if it has none. A note that cannot be read is only a warning,
// because the state has the same information.
func (d *Directory) Note() (*Note, *Finding) {
	if !d.read {
		d.note, d.damage = d.readNote()
		d.read = true
	}
	return d.note, d.damage
}

func (d *Directory) readNote() (*Note, *Finding) {
	dir := filepath.Join(d.path, noteDir)
	text, err := readNoteFile(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return d.impliedNote(), nil
	}

	var n Note
	if err == nil {
		err = json.Unmarshal(text, &n)
	}

	if err == nil && (n.Version != noteVersion || n.Backend == "") {
		err = fmt.Errorf("it has version %d, but this cfplan reads only version %d", n.Version, noteVersion)
	}

	if err != nil {
		return nil, &Finding{
			Summary: "It is not known where the state was before",
			Detail: fmt.Sprintf("%s cannot be read: %v. Delete it if the backend block has not changed.",
				filepath.Join(dir, noteFile), err),
		}
	}

	return &n, nil
}

// readNoteFile reads the file. The repository may have brought something else in its place: a pipe that never
// ends, or a link that leads anywhere.
func readNoteFile(dir string) ([]byte, error) {
	if err := checkDirectory(dir); err != nil {
		return nil, err
	}

	path := filepath.Join(dir, noteFile)
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}

	if !info.Mode().IsRegular() {
		return nil, errors.New("it is a link, or not a file")
	}

	text, err := files.ReadFile(path, noteLimit)
	if tooLarge := (*files.TooLargeError)(nil); errors.As(err, &tooLarge) {
		return nil, errors.New("it is too large")
	}

	return text, err
}

// checkDirectory refuses a link, which may lead out of the working directory.
func checkDirectory(dir string) error {
	info, err := os.Lstat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is a link or a file, not a directory", dir)
	}
	return err
}

// impliedNote stands in for a missing note: if the default file exists, the directory had no backend block
// before.
func (d *Directory) impliedNote() *Note {
	if _, err := os.Stat(filepath.Join(d.path, d.defaultState)); err != nil {
		return nil
	}
	return &Note{
		Backend:    "local",
		Attributes: map[string]string{"path": d.defaultState},
		Place:      d.defaultState,
	}
}

// Remember writes the note, unless the file already has the same content.
func (d *Directory) Remember(n Note) error {
	if known, _ := d.Note(); known != nil && known.Version == noteVersion && known.same(n) &&
		known.Lineage == n.Lineage && known.Serial == n.Serial {
		return nil
	}

	text, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return err
	}

	if err := d.writeNote(append(text, '\n')); err != nil {
		return err
	}

	d.note, d.damage = &n, nil
	return nil
}

// RememberDone calls Remember after a command has done its work, and returns a warning if the note cannot be
// written. In a read-only directory it returns nil, because the backend block cannot change there either.
func (d *Directory) RememberDone(n Note) *Finding {
	err := d.Remember(n)
	if err == nil || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return nil
	}
	return &Finding{
		Summary: "Place of the state could not be noted",
		Detail:  fmt.Sprintf("%v. Everything else is done. cfplan notes the place in %s: make it writable.", err, NotePath),
	}
}

func (d *Directory) writeNote(text []byte) error {
	dir := filepath.Join(d.path, noteDir)
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := checkDirectory(dir); err != nil {
		return err
	}
	if err := ignoreItself(dir); err != nil {
		return err
	}
	return files.Replace(filepath.Join(dir, noteFile), text, 0o600)
}

// ignoreItself keeps the directory out of git, because the note is only about this checkout. It does not
// change an existing file.
func ignoreItself(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, ".gitignore"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString("*\n")
	return errors.Join(err, f.Close())
}
