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
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/render"
)

func validateCommand(s *services) *cobra.Command {
	return &cobra.Command{
		Use:   "validate [flags] [FILE|DIR ...]",
		Short: "Check the configuration, with no network",
		Long: `Checks everything that can be checked with no network and no credentials: syntax,
types, the rules of each record type, and which records cannot stand side by side.
Variables need no value; parts that depend on a variable without a value are not
checked.

All files of a directory make one configuration, so a FILE stands for its directory:
pre-commit hooks pass the names of changed files.`,
		RunE: func(_ *cobra.Command, args []string) error { return validate(s, args) },
	}
}

func validate(s *services, args []string) error {
	dirs, err := directories(s.dir, args)
	switch {
	case err != nil:
		return err
	case s.print.asJSON && len(dirs) > 1:
		return usage("-json checks one configuration, but the arguments are %d directories", len(dirs))
	}

	for _, path := range dirs {
		err = errors.Join(err, validateOne(configurationIn(s, path, len(dirs) > 1)))
	}
	return err
}

// configurationIn returns the configuration of another directory. Its output names the
// directory if there are several.
func configurationIn(s *services, path string, several bool) *configuration {
	print, other := *s.print, *s.config
	other.dir = &directory{path}
	if path == s.dir.root() {
		other.dir = s.dir
	}
	other.print = &print
	print.dir = other.dir
	if several {
		print.out = &headed{w: print.out, head: path}
		print.err = &headed{w: print.err, head: path}
	}
	return &other
}

// headed writes the name of a directory before the first output about it.
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

// directories returns the directories of the configurations that the arguments name, each
// once. Without arguments it is the working directory.
func directories(dir *directory, args []string) ([]string, error) {
	if len(args) == 0 {
		return []string{dir.root()}, nil
	}

	var dirs []string
	for _, arg := range args {
		path := dir.path(arg)
		info, err := os.Stat(path)
		if err != nil {
			return nil, failure("Configuration could not be found", "%v.", err)
		}
		if !info.IsDir() {
			path = filepath.Dir(path)
		}
		if !slices.Contains(dirs, path) {
			dirs = append(dirs, path)
		}
	}
	return dirs, nil
}

func validateOne(c *configuration) error {
	// Variables need no value, because a pre-commit hook, for example, does not know the secrets.
	options := c.options()
	options.Unset, options.EveryModule = true, true
	cfg, files, diags := c.read(options)
	if c.print.asJSON {
		return showValidation(c.print, diags)
	}

	c.print.diagnose(diags, files)
	if diags.HasErrors() {
		return errShown
	}
	records := 0
	for _, z := range cfg.Zones {
		records += len(z.Records)
	}
	c.print.printf("Success! The configuration is valid: %s in %s.\n",
		english.Count(records, "record"), english.Count(len(cfg.Zones), "zone"))
	if cfg.Unset > 0 {
		c.print.printf("Not checked: everything that depends on the %s without a value.\n",
			english.Count(cfg.Unset, "variable"))
	}
	return nil
}

// validation is the document of validate -json. It has the same members as in Terraform.
type validation struct {
	FormatVersion string           `json:"format_version"`
	Valid         bool             `json:"valid"`
	ErrorCount    int              `json:"error_count"`
	WarningCount  int              `json:"warning_count"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail,omitempty"`
	// Address is the address of the record that the diagnostic is about.
	Address string     `json:"address,omitempty"`
	Range   *jsonRange `json:"range,omitempty"`
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

func showValidation(p *printer, diags hcl.Diagnostics) error {
	v := validation{FormatVersion: "1.0", Valid: !diags.HasErrors(), Diagnostics: []jsonDiagnostic{}}
	for _, d := range diags {
		v.add(d, p.hidden.redact)
	}
	if err := p.json(v); err != nil {
		return err
	}
	if !v.Valid {
		return errShown
	}
	return nil
}

// add adds a diagnostic, with redact applied to its texts.
func (v *validation) add(d *hcl.Diagnostic, redact func(string) string) {
	j := jsonDiagnostic{
		Severity: "error",
		Summary:  redact(d.Summary),
		Detail:   redact(d.Detail),
		Address:  redact(config.RecordOf(d)),
	}
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
