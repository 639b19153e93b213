package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/render"
)

type fmtOptions struct{ check, diff, recursive bool }

func fmtCommand(s *services) *cobra.Command {
	o := &fmtOptions{}
	c := &cobra.Command{
		Use:   "fmt [flags] [FILE|DIR ...]",
		Short: "Format configuration files",
		Long: `Rewrites *.cf.hcl and *.cfvars files in the canonical format and prints the names
of the files that it changed. A single - formats standard input to standard output.

Exit codes: 0 done; 2 a file could not be parsed; 3 with -check, a file is not
formatted.`,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(s, args) },
	}
	c.Flags().BoolVar(&o.check, "check", false, "change nothing; exit with 3 if a file is not formatted")
	c.Flags().BoolVar(&o.diff, "diff", false, "show what the formatting changes")
	c.Flags().BoolVar(&o.recursive, "recursive", false, "also format the files in subdirectories")
	return c
}

func (o *fmtOptions) run(s *services, args []string) error {
	if slices.Equal(args, []string{"-"}) {
		return o.formatStdin(s)
	}
	files, err := filesToFormat(s.dir, args, o.recursive)
	if err != nil {
		return err
	}
	tree := lang.OpenTree(s.dir.root(), "")
	defer tree.Close()
	status, broken := exitDone, false
	for _, name := range files {
		changed, err := o.formatFile(s, tree, name)
		var syntax syntaxError
		switch {
		case errors.As(err, &syntax):
			broken = true
			s.print.diagnose(syntax.diags, config.Files{name: {Bytes: syntax.source}})
		case err != nil:
			return failure("File could not be formatted", "%v.", err)
		case changed && o.check:
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

// canonical formats source. It refuses source that does not parse, because formatting
// would move the pieces of a broken file around.
func canonical(source []byte, name string) ([]byte, error) {
	if err := config.CheckSource(source); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if diags := config.CheckSyntax(source, name); diags.HasErrors() {
		return nil, syntaxError{source, diags}
	}
	return config.Format(source), nil
}

// formatFile formats one file, and reports whether that changes it. It reads the file in the same
// way as the configuration, and so refuses a link to a place outside of the directory: an error or
// -diff would show its lines.
func (o *fmtOptions) formatFile(s *services, tree *lang.Tree, name string) (changed bool, err error) {
	path := s.dir.path(name)
	source, err := tree.ReadSource(path)
	if err != nil {
		return false, err
	}
	result, err := canonical(source, name)
	if err != nil || bytes.Equal(source, result) {
		return false, err
	}
	s.print.printf("%s\n", render.Escape(name))
	if o.diff {
		showDiff(s.print, name, source, result)
	}
	if o.check {
		return true, nil
	}
	return true, overwrite(path, result)
}

// showDiff prints a difference. It escapes everything that a terminal or the log of a CI job would
// obey, because the file may come from a stranger.
func showDiff(p *printer, name string, source, result []byte) {
	p.printf("%s", render.EscapeText(string(diff.Diff("old/"+name, source, "new/"+name, result))))
}

// overwrite replaces the text of a file and keeps its mode. If the file is a link, it replaces the
// target and keeps the link. It refuses a read-only file, although the directory would allow it.
func overwrite(path string, text []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}

	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return files.Replace(path, text, info.Mode().Perm())
}

func (o *fmtOptions) formatStdin(s *services) error {
	source, err := files.Read(s.print.in, lang.MaxFile)
	if err != nil {
		return err
	}
	const name = "<stdin>"
	result, err := canonical(source, name)
	var syntax syntaxError
	if errors.As(err, &syntax) {
		s.print.diagnose(syntax.diags, config.Files{name: {Bytes: source}})
		return exitStatus(exitSyntax)
	}
	if o.diff {
		showDiff(s.print, name, source, result)
	} else if !o.check {
		_, _ = s.print.out.Write(result)
	}
	if o.check && !bytes.Equal(source, result) {
		return exitStatus(exitUnformatted)
	}
	return nil
}

// filesToFormat lists files relative to the working directory.
func filesToFormat(dir *directory, args []string, recursive bool) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var files []string
	for _, arg := range args {
		info, err := os.Stat(dir.path(arg))
		switch {
		case err != nil:
			return nil, failure("No such file or directory", "%v.", err)
		case !info.IsDir():
			files = append(files, arg)
		default:
			inside, err := filesBelow(dir, arg, recursive)
			if err != nil {
				return nil, err
			}
			files = append(files, inside...)
		}
	}
	return files, nil
}

func filesBelow(dir *directory, name string, recursive bool) ([]string, error) {
	var files []string
	root := dir.path(name)
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
			files = append(files, filepath.Join(name, rel))
		}
		return nil
	})
	return files, err
}
