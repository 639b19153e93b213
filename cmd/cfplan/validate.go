package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate [FILE|DIR ...]",
		Short: "Check the configuration, with no network",
		Long: `Checks everything that can be checked with no network and no credentials: syntax,
types, the rules of each record type, and what may not stand beside what. Variables
need no value here; what depends on one that has none is not checked.

All files of a directory make one configuration: a FILE stands for the directory
that it is in, as a pre-commit hook names what has changed.`,
		RunE: func(_ *cobra.Command, args []string) error { return a.validate(args) },
	}
}

func (a *app) validate(args []string) error {
	dirs, err := a.directories(args)
	switch {
	case err != nil:
		return err
	case a.flags.json && len(dirs) > 1:
		return usage("-json is about one configuration, but these are %d directories", len(dirs))
	}
	for _, dir := range dirs {
		one := *a
		one.flags.chdir = dir
		if len(dirs) > 1 {
			one.out = &headed{w: a.out, head: dir}
			one.err = &headed{w: a.err, head: dir}
		}
		err = errors.Join(err, one.validateOne())
	}
	return err
}

// headed names the directory in front of the first thing that is said of it.
type headed struct {
	w    io.Writer
	head string
}

func (h *headed) Write(p []byte) (int, error) {
	if h.head != "" {
		if _, err := io.WriteString(h.w, render.Escape(h.head)+": "); err != nil {
			return 0, err
		}
		h.head = ""
	}
	return h.w.Write(p)
}

// directories are those of the configurations that are named, each once; none
// named is the one at hand.
func (a *app) directories(args []string) ([]string, error) {
	if len(args) == 0 {
		return []string{a.dir()}, nil
	}
	var dirs []string
	for _, arg := range args {
		dir := a.path(arg)
		info, err := os.Stat(dir)
		if err != nil {
			return nil, failure("Configuration could not be found", "%v.", err)
		}
		if !info.IsDir() {
			dir = filepath.Dir(dir)
		}
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs, nil
}

func (a *app) validateOne() error {
	if a.flags.json {
		return a.validateJSON()
	}
	cfg, files, diags := config.Load(a.dir(), a.anyValues())
	a.diagnose(diags, files)
	if diags.HasErrors() {
		return errShown
	}
	records := 0
	for _, z := range cfg.Zones {
		records += len(z.Records)
	}
	a.printf("Success! The configuration is valid: %s in %s.\n", plural(records, "record"), plural(len(cfg.Zones), "zone"))
	if cfg.Unset > 0 {
		a.printf("What depends on the %s without a value here was not checked.\n", plural(cfg.Unset, "variable"))
	}
	return nil
}

// anyValues lets variables go without a value: who validates a configuration, such as
// a hook before a commit, need not know them.
func (a *app) anyValues() config.Options {
	o := a.configOptions()
	o.Unset = true
	return o
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return count(n, noun)
}

// validation is what validate -json prints; its members are Terraform's.
type validation struct {
	FormatVersion string           `json:"format_version"`
	Valid         bool             `json:"valid"`
	ErrorCount    int              `json:"error_count"`
	WarningCount  int              `json:"warning_count"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Severity string     `json:"severity"`
	Summary  string     `json:"summary"`
	Detail   string     `json:"detail,omitempty"`
	Range    *jsonRange `json:"range,omitempty"`
}

type jsonRange struct {
	Filename string  `json:"filename"`
	Start    jsonPos `json:"start"`
	End      jsonPos `json:"end"`
}

type jsonPos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

func (a *app) validateJSON() error {
	_, _, diags := config.Load(a.dir(), a.anyValues())
	v := validation{FormatVersion: "1.0", Valid: !diags.HasErrors(), Diagnostics: []jsonDiagnostic{}}
	for _, d := range diags {
		v.add(d)
	}
	if err := plan.WriteJSON(a.out, v); err != nil {
		return err
	}
	if !v.Valid {
		return errShown
	}
	return nil
}

func (v *validation) add(d *hcl.Diagnostic) {
	j := jsonDiagnostic{Severity: "error", Summary: d.Summary, Detail: d.Detail}
	if d.Severity == hcl.DiagWarning {
		j.Severity = "warning"
		v.WarningCount++
	} else {
		v.ErrorCount++
	}
	if r := d.Subject; r != nil {
		j.Range = &jsonRange{Filename: r.Filename, Start: jsonPos(r.Start), End: jsonPos(r.End)}
	}
	v.Diagnostics = append(v.Diagnostics, j)
}
