package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/pflag"
)

// directory is the directory of the configuration. -chdir changes it.
type directory struct{ chdir string }

func (d *directory) register(flags *pflag.FlagSet) {
	flags.StringVar(&d.chdir, "chdir", "", "work in `DIR` instead of the current directory")
}

func (d *directory) check() error {
	if d.chdir == "" {
		return nil
	}
	if info, err := os.Stat(d.chdir); err != nil || !info.IsDir() {
		return usage("-chdir=%s: there is no such directory", d.chdir)
	}
	return nil
}

// root returns the path of the directory itself.
func (d *directory) root() string {
	if d.chdir == "" {
		return "."
	}
	return d.chdir
}

// path resolves a file name from the command line.
func (d *directory) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(d.root(), name)
}
