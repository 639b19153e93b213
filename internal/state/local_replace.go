package state

import (
	"fmt"
	"os"
	"path/filepath"
)

// replaceFile puts data in the place of a document and keeps old as its backup.
// At every moment the document's path names a whole document. The caller holds the
// mutex, so that the name of the temporary file needs no random part, and one
// that a crash left behind is cleaned away by the next run.
func replaceFile(f files, old, data []byte) error {
	defer os.Remove(f.temp)
	if old != nil {
		if err := writeAndRename(f, f.backup, old); err != nil {
			return fmt.Errorf("the backup of the state can't be written, so the state was left as it is: %w", err)
		}
	}
	if err := writeAndRename(f, f.name, data); err != nil {
		return fmt.Errorf("the state can't be written and was left as it is: %w", err)
	}
	return nil
}

func writeAndRename(f files, path string, data []byte) error {
	if err := writeSynced(f.temp, data); err != nil {
		return err
	}
	if err := os.Rename(f.temp, path); err != nil {
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}

// writeSynced makes a new file; a temporary one from before, or what somebody
// else laid in its place, is not written through.
func writeSynced(path string, data []byte) error {
	_ = os.Remove(path) // mostly it is not there; else OpenFile says so
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// syncDir makes renames last through a power cut. Not every system can (Windows
// and some network file systems refuse), and without it the old document may be
// back, whole: so its error is no reason to call the state unsaved.
func syncDir(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}
