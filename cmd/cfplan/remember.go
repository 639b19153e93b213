package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/state"
)

// Where the state was is remembered beside the configuration, in .cfplan/backend.json,
// so that a changed backend block is not taken for an empty state, which would have
// everything created again. It is a convenience of one working directory: a fresh
// checkout has none, and needs none.

const (
	memoryDir     = ".cfplan"
	memoryFile    = "backend.json"
	memoryVersion = 1
	maxMemory     = 64 << 10 // bytes
)

// memory is what is remembered of a place. It has no secret.
type memory struct {
	Version    int               `json:"version"`
	Backend    string            `json:"backend"`
	Attributes map[string]string `json:"attributes"`
	// Withheld names the attributes whose values are secret.
	Withheld []string `json:"withheld,omitempty"`
	// Place is the place in words.
	Place string `json:"place"`
	// IdentityFile is that of the encryption block, if any.
	IdentityFile string `json:"identity_file,omitempty"`
	// Lineage and Serial are those of the state there; empty where there was none.
	Lineage string `json:"lineage,omitempty"`
	Serial  uint64 `json:"serial,omitempty"`
}

// memoryOf is what is to be remembered of a place.
func memoryOf(p location, store *state.Store) memory {
	m := memory{Version: memoryVersion, Backend: p.kind, Attributes: map[string]string{}, Place: store.String()}
	m.Lineage, m.Serial = store.Last().Lineage, store.Last().Serial
	for _, name := range slices.Sorted(maps.Keys(p.attrs)) {
		if value := p.attrs[name]; config.SecretAttribute(name) || config.CarriesSecret(value) {
			m.Withheld = append(m.Withheld, name)
		} else {
			m.Attributes[name] = value
		}
	}
	if p.encryption != nil {
		m.IdentityFile = p.encryption.IdentityFile
	}
	if p.kind == "local" {
		m.Attributes = map[string]string{"path": localPath(p.attrs)}
		m.Place = m.Attributes["path"]
	}
	return m
}

// localPath is the path of a local state as the configuration has it, so that a
// directory can be moved, or entered by -chdir, without being another place.
func localPath(attrs map[string]string) string {
	return filepath.Clean(or(attrs["path"], state.DefaultPath))
}

// same reports whether two are the same place. A part of it can come from the
// environment, which only the words tell.
func (m memory) same(o memory) bool {
	return m.Backend == o.Backend && maps.Equal(m.Attributes, o.Attributes) && m.Place == o.Place
}

func (m memory) String() string { return fmt.Sprintf("%s (backend %q)", m.Place, m.Backend) }

// recall returns what is remembered, nil where nothing is. A file that is no memory
// is nothing but a warning: what counts is the state.
func (a *app) recall() *memory {
	if !a.recalled {
		a.known, a.recalled = a.readMemory(), true
	}
	return a.known
}

func (a *app) readMemory() *memory {
	dir := filepath.Join(a.dir(), memoryDir)
	text, err := memoryText(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return a.formerDefault()
	}
	var m memory
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err == nil && (m.Version != memoryVersion || m.Backend == "") {
		err = fmt.Errorf("it is of version %d, this cfplan knows %d", m.Version, memoryVersion)
	}
	if err != nil {
		a.warn("It is not known where the state was before", "%s cannot be read: %v. Delete it if the backend block has not changed.", filepath.Join(dir, memoryFile), err)
		return nil
	}
	return &m
}

// memoryText reads the file, which somebody may have committed to the repository as
// something that is none: a pipe never ends, and a link leads anywhere.
func memoryText(dir string) ([]byte, error) {
	if err := ownDirectory(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, memoryFile)
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is a link or no file at all")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxMemory+1))
	if err == nil && len(text) > maxMemory {
		err = errors.New("it is too large")
	}
	return text, err
}

// ownDirectory refuses a directory that is elsewhere.
func ownDirectory(dir string) error {
	info, err := os.Lstat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is a link or a file, where a directory belongs", dir)
	}
	return err
}

// formerDefault stands in where nothing is remembered: a state in the file that is the
// default has been forgotten when the block was written.
func (a *app) formerDefault() *memory {
	if _, err := os.Stat(filepath.Join(a.dir(), state.DefaultPath)); err != nil {
		return nil
	}
	return &memory{Backend: "local", Attributes: map[string]string{"path": state.DefaultPath}, Place: state.DefaultPath}
}

// remember writes down where the state is.
func (a *app) remember(m memory) error {
	if known := a.recall(); known != nil && known.Version == memoryVersion && known.same(m) && known.Lineage == m.Lineage && known.Serial == m.Serial {
		return nil
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = writeMemory(filepath.Join(a.dir(), memoryDir), append(text, '\n'))
	}
	if err == nil {
		a.known = &m
	}
	return err
}

// noted is remember for a command that has done its work all the same. Only the next
// move would miss the note, and in a checkout that may not be written to nobody changes
// the backend block.
func (a *app) noted(m memory) {
	if err := a.remember(m); err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
		a.warn("It was not noted where the state is", "%v. Everything else is done.", err)
	}
}

func writeMemory(dir string, text []byte) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := ownDirectory(dir); err != nil {
		return err
	}
	if err := ignoreItself(dir); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".backend-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already where the rename went well
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(dir, memoryFile))
}

// ignoreItself keeps the directory out of git: where the state was is no affair of
// other checkouts. What is there is left as it is.
func ignoreItself(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, ".gitignore"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		_, err = f.WriteString("*\n")
		err = errors.Join(err, f.Close())
	}
	return err
}
