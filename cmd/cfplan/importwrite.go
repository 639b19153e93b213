package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/render"
)

// hclFile is the text for a destination.
type hclFile struct {
	destination
	text   string
	report genconfig.Report
	// outside counts the records that are outside of the configuration's scope.
	outside int
}

// generate writes the HCL of a zone's records that are in the configuration's scope.
func (i *importRun) generate(d destination, z genconfig.Zone) (hclFile, error) {
	scope, all := i.config.Scope.In(z.Name), len(z.Records)
	z.Records = slices.DeleteFunc(slices.Clone(z.Records), func(r genconfig.Named) bool { return !scope.Has(r.Record) })

	var text strings.Builder
	report, err := genconfig.Write(&text, z)
	return hclFile{destination: d, text: text.String(), report: report, outside: all - len(z.Records)}, err
}

// write writes all files, or none: if one cannot be written, those before it are removed.
func (i *importRun) write(all []hclFile) error {
	for n, f := range all {
		if err := i.writeFile(f); err != nil {
			i.unwrite(all[:n])
			return err
		}
		switch {
		case i.options.from != live:
			f.sayLeft(i.print.errorf, i.config.Scope)
		case f.file != "-":
			f.sayLeft(i.print.printf, i.config.Scope)
		}
	}
	return nil
}

// unwrite removes files that this run has just created.
func (i *importRun) unwrite(written []hclFile) {
	for _, f := range written {
		if f.file == "-" {
			continue
		}
		if err := os.Remove(i.dir.path(f.file)); err != nil {
			i.print.errorf("%s was written and could not be removed again: %s\n", render.Escape(f.file), render.Escape(err.Error()))
			continue
		}
		i.print.printf("Removed again: %s\n", render.Escape(f.file))
	}
}

func (i *importRun) writeFile(f hclFile) error {
	if f.file == "-" {
		i.print.printf("%s", f.text)
		return nil
	}
	err := files.Create(i.dir.path(f.file), []byte(f.text), 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return errFileExists(f.file)
	case err != nil:
		return failure("File could not be written", "%v. Nothing was written, and nothing is owned.", err)
	}
	i.print.printf("Written: %s (%s)\n", render.Escape(f.file), english.Count(f.report.Written, "record"))
	return nil
}

// mostLeftOut is how many records that are left out are listed.
const mostLeftOut = 1000

// sayLeft lists what the file does not declare.
func (f hclFile) sayLeft(say func(format string, args ...any), scope dns.Scope) {
	if f.outside > 0 {
		say("  left out: %s outside of the scope%s\n", english.Count(f.outside, "record"), render.Escape(scope.Place()))
	}
	for n, o := range f.report.Left {
		if n == mostLeftOut {
			say("  left out: %d more\n", len(f.report.Left)-n)
			return
		}
		say("  left out: %s %s (%s)\n",
			render.Escape(string(o.Record.Type)), render.Escape(o.Record.Name), render.Escape(o.Reason))
	}
}

// mayWrite returns an error if a file exists already. It is called before the first request.
func mayWrite(dir *directory, wanted []destination) error {
	for _, d := range wanted {
		if d.file == "-" {
			continue
		}
		if _, err := os.Lstat(dir.path(d.file)); err == nil {
			return errFileExists(d.file)
		}
	}
	return nil
}

func errFileExists(name string) error {
	return failure("File exists already", "%s exists and is not overwritten. Nothing was written. "+
		"Name another file with -out=FILE, or move this one away.", name)
}

// belongs reports whether a file is one of the directory's configuration files.
func belongs(dir *directory, name string) bool {
	parent, file := filepath.Split(dir.path(name))
	return config.IsFileName(file) && filepath.Clean(parent) == filepath.Clean(dir.root())
}
