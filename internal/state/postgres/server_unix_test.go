//go:build unix

package postgres_test

import (
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// cannotRun says why PostgreSQL can't be run here: it refuses to be root, so that
// it takes another user.
func cannotRun() string {
	if os.Getuid() != 0 {
		return ""
	}
	if _, err := user.Lookup("postgres"); err != nil {
		return "PostgreSQL does not run as root, and there is no user postgres"
	}
	return ""
}

// serverIDs returns the user and group to run PostgreSQL as.
func serverIDs() (uid, gid int, other bool) {
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, false
	}
	uid, _ = strconv.Atoi(u.Uid) // numbers on every Unix
	gid, _ = strconv.Atoi(u.Gid)
	return uid, gid, true
}

// asServer makes cmd run as that user.
func asServer(cmd *exec.Cmd) {
	if uid, gid, other := serverIDs(); other {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
}

// own gives a directory to that user, with all that is in it.
func own(dir string) error {
	uid, gid, other := serverIDs()
	if !other {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, gid)
	})
}
