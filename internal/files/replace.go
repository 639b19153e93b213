package files

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace replaces path as a whole. It writes data to a new file in the same directory, syncs it and
// renames it. At every moment, path is either the old file or the new one. The new file has the mode perm,
// whatever the mode of the old one is.
func Replace(path string, data []byte, perm fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".cfplan-*")
	if err != nil {
		return err
	}
	return replace(f, path, data, perm)
}

// ReplaceVia is Replace with the given temporary file, which must be in the directory of path. If a run is
// killed, the file stays behind and the next run removes it. Two runs must not do this at the same time.
func ReplaceVia(temp, path string, data []byte, perm fs.FileMode) error {
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}

	// O_EXCL makes sure that the file is not written through a link that another user put there.
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	return replace(f, path, data, perm)
}

// Create writes a new file. It never overwrites a file: if path exists, the error is fs.ErrExist. The file
// appears as a whole, even if the process is killed.
func Create(path string, data []byte, perm fs.FileMode) error {
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}

	// os.CreateTemp always uses mode 0600. OpenFile applies the umask to perm.
	temp := filepath.Join(filepath.Dir(path), ".cfplan-"+rand.Text())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return createInPlace(path, data, perm) // its error names path, not temp
	}
	defer os.Remove(temp)

	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}

	// A link, unlike a rename, does not replace a file that appeared in the meantime.
	err = os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return createInPlace(path, data, perm)
}

// createInPlace is Create for file systems without links. It removes a file that it could not write completely.
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
	defer os.Remove(f.Name()) // fails after a successful rename

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

// syncDir makes a rename survive a power failure. Windows and some network file systems refuse it. Without
// it, the old file may come back, but it is complete, so an error does not mean that the write failed.
func syncDir(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}

	_ = d.Sync()
	_ = d.Close()
}
