//go:build unix

package servertest

import (
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// cannotRun says why PostgreSQL can't be run here, or returns "". PostgreSQL refuses to run as root, so for
// root there must be a user postgres.
func cannotRun() string {
	if os.Getuid() != 0 {
		return ""
	}
	if _, err := user.Lookup("postgres"); err != nil {
		return "PostgreSQL does not run as root, and there is no user postgres"
	}
	return ""
}

// serverIDs returns the user and group that PostgreSQL runs as.
func serverIDs() (uid, gid int, other bool) {
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, false
	}
	uid, _ = strconv.Atoi(u.Uid) // a number on every Unix
	gid, _ = strconv.Atoi(u.Gid)
	return uid, gid, true
}

// AsServer makes cmd run as PostgreSQL's user.
func AsServer(cmd *exec.Cmd) {
	if uid, gid, other := serverIDs(); other {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
}

// Own gives a directory with its content to PostgreSQL's user.
func Own(dir string) error {
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
