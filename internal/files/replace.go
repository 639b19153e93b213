package files

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace writes data to path as a whole: to a new file in the same directory, which
// is synced and then renamed. At every moment path names the old file or the new one.
// The mode of the new file is perm, whatever that of the old one was.
func Replace(path string, data []byte, perm fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".cfplan-*")
	if err != nil {
		return err
	}
	return replace(f, path, data, perm)
}

// ReplaceVia is Replace with a temporary file of the given name, in the directory of
// path. A run that was killed leaves that file behind and the next one removes it; two
// runs must not do this at the same time.
func ReplaceVia(temp, path string, data []byte, perm fs.FileMode) error {
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}

	// O_EXCL, so that a link that someone else has put there is not written through.
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	return replace(f, path, data, perm)
}

// Create writes a new file. It never overwrites one: if path exists, the error is
// fs.ErrExist. The file appears as a whole, also if the process ends meanwhile.
func Create(path string, data []byte, perm fs.FileMode) error {
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	// Not by os.CreateTemp, whose files have another mode: the system's umask counts for perm.
	temp := filepath.Join(filepath.Dir(path), ".cfplan-"+rand.Text())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return createInPlace(path, data, perm) // its error names the file that was wanted
	}
	defer os.Remove(temp)

	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}

	// A link, unlike a rename, does not replace what has been put there meanwhile.
	err = os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return createInPlace(path, data, perm)
}

// createInPlace is Create for file systems without links. A file that could not be written to its end is removed.
func createInPlace(path string, data []byte, perm fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}

	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func replace(f *os.File, path string, data []byte, perm fs.FileMode) error {
	defer os.Remove(f.Name()) // fails if the rename went well

	_, err := f.Write(data)
	if err == nil {
		err = f.Chmod(perm)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}

	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}

// syncDir makes a rename survive a power cut. Windows and some network file systems
// refuse it. Without it the old file may be back, but it is whole, so the error does
// not mean that the write failed.
func syncDir(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}
