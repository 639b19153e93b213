package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
)

type fmtFlags struct{ check, diff, recursive bool }

func (a *app) fmtCommand() *cobra.Command {
	f := &fmtFlags{}
	c := &cobra.Command{
		Use:   "fmt [flags] [FILE|DIR ...]",
		Short: "Format configuration files",
		Long: `Rewrites *.cf.hcl and *.cfvars files in the canonical format and names those that it
changed. A single - formats standard input to standard output.

Exit codes: 0 done; 2 a file could not be parsed; 3 with -check, a file is not
formatted.`,
		RunE: func(_ *cobra.Command, args []string) error { return a.format(args, f) },
	}
	c.Flags().BoolVar(&f.check, "check", false, "change nothing; exit with 3 where a file is not formatted")
	c.Flags().BoolVar(&f.diff, "diff", false, "show what the formatting changes")
	c.Flags().BoolVar(&f.recursive, "recursive", false, "format the directories below too")
	return c
}

func (a *app) format(args []string, f *fmtFlags) error {
	if slices.Equal(args, []string{"-"}) {
		return a.formatStdin(f)
	}
	files, err := a.formatted(args, f.recursive)
	if err != nil {
		return err
	}
	status, broken := exitDone, false
	for _, name := range files {
		changed, err := a.formatFile(name, f)
		var syntax syntaxError
		switch {
		case errors.As(err, &syntax):
			broken = true
			a.diagnose(syntax.diags, config.Files{name: {Bytes: syntax.source}})
		case err != nil:
			return failure("File could not be formatted", "%v.", err)
		case changed && f.check:
			status = exitUnformatted
		}
	}
	if broken {
		status = exitSyntax
	}
	if status != exitDone {
		return exitStatus(status)
	}
	return nil
}

type syntaxError struct {
	source []byte
	diags  hcl.Diagnostics
}

func (e syntaxError) Error() string { return e.diags.Error() }

// canonical formats source, which must parse: formatting would otherwise move the
// pieces of a broken file about.
func canonical(source []byte, name string) ([]byte, error) {
	if _, diags := hclsyntax.ParseConfig(source, name, hcl.InitialPos); diags.HasErrors() {
		return nil, syntaxError{source, diags}
	}
	return config.Format(source), nil
}

func (a *app) formatFile(name string, f *fmtFlags) (changed bool, err error) {
	path := a.path(name)
	source, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	result, err := canonical(source, name)
	if err != nil || bytes.Equal(source, result) {
		return false, err
	}
	a.printf("%s\n", name)
	if f.diff {
		_, _ = a.out.Write(diff.Diff("old/"+name, source, "new/"+name, result))
	}
	if f.check {
		return true, nil
	}
	return true, overwrite(path, result)
}

// overwrite keeps the mode of the file.
func overwrite(path string, text []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, info.Mode().Perm())
}

func (a *app) formatStdin(f *fmtFlags) error {
	source, err := io.ReadAll(a.in)
	if err != nil {
		return err
	}
	const name = "<stdin>"
	result, err := canonical(source, name)
	var syntax syntaxError
	if errors.As(err, &syntax) {
		a.diagnose(syntax.diags, config.Files{name: {Bytes: source}})
		return exitStatus(exitSyntax)
	}
	if f.diff {
		_, _ = a.out.Write(diff.Diff("old/"+name, source, "new/"+name, result))
	} else if !f.check {
		_, _ = a.out.Write(result)
	}
	if f.check && !bytes.Equal(source, result) {
		return exitStatus(exitUnformatted)
	}
	return nil
}

// formatted lists the files to format, relative to the working directory.
func (a *app) formatted(args []string, recursive bool) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var files []string
	for _, arg := range args {
		info, err := os.Stat(a.path(arg))
		switch {
		case err != nil:
			return nil, failure("No such file or directory", "%v.", err)
		case !info.IsDir():
			files = append(files, arg)
		default:
			below, err := a.below(arg, recursive)
			if err != nil {
				return nil, err
			}
			files = append(files, below...)
		}
	}
	return files, nil
}

func (a *app) below(dir string, recursive bool) ([]string, error) {
	var files []string
	root := a.path(dir)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && (!recursive || strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if !entry.IsDir() && config.CanFormat(path) {
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			files = append(files, filepath.Join(dir, rel))
		}
		return nil
	})
	return files, err
}
