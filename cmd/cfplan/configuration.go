package main

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"

	"github.com/cfplan/cfplan/internal/config"
)

// configuration reads the HCL files of the directory.
type configuration struct {
	dir   *directory
	env   environment
	print *printer
	// withheld returns the files that expressions must not read.
	withheld func(*config.Backend) []string

	vars     []string
	varFiles []string
}

func (c *configuration) register(flags *pflag.FlagSet) {
	flags.StringArrayVar(&c.vars, "var", nil, "set a variable: `NAME=VALUE`; may be repeated")
	flags.StringArrayVar(&c.varFiles, "var-file", nil, "read values of variables from `FILE`; may be repeated")
}

func (c *configuration) options() config.Options {
	varFiles := make([]string, len(c.varFiles))
	for i, f := range c.varFiles {
		varFiles[i] = c.dir.path(f)
	}
	return config.Options{
		Version:  version,
		Env:      c.env,
		VarFiles: varFiles,
		Vars:     c.vars,
		Withheld: c.withheld,
	}
}

// read reads the configuration. It prints nothing.
func (c *configuration) read(o config.Options) (*config.Config, config.Files, hcl.Diagnostics) {
	session, files, diags := c.open(o)
	session.Close()
	return session.Config, files, diags
}

// open is read for a command that evaluates expressions. The caller closes the session.
func (c *configuration) open(o config.Options) (*config.Session, config.Files, hcl.Diagnostics) {
	session, files, diags := config.Open(c.dir.root(), o)
	cfg := session.Config
	c.print.hideDeclared(cfg)
	c.print.hideTexts(credentialsIn(cfg, c.env))
	diags = append(diags, checkEndpoint(cfg, c.env)...)
	return session, files, append(diags, checkPublished(cfg, c.env)...)
}

// load reads the configuration and prints what is wrong with it.
func (c *configuration) load() (*config.Config, config.Files, error) { return c.loadWith(nil) }

// loadWith is load with the variables that a saved plan remembers.
func (c *configuration) loadWith(remembered map[string]config.Variable) (*config.Config, config.Files, error) {
	o := c.options()
	o.Remembered = remembered
	cfg, files, diags := c.read(o)
	c.print.diagnose(diags, files)
	if diags.HasErrors() {
		return nil, files, errShown
	}
	return cfg, files, nil
}

// loadQuietly is load without warnings, for commands that only read or edit the state. Warnings are
// for commands that plan or validate the configuration.
func (c *configuration) loadQuietly() (*config.Config, config.Files, error) {
	cfg, files, diags := c.read(c.options())
	if diags.HasErrors() {
		c.print.diagnose(slices.DeleteFunc(diags, isWarning), files)
		return nil, files, errShown
	}
	return cfg, files, nil
}

func isWarning(d *hcl.Diagnostic) bool { return d.Severity == hcl.DiagWarning }

// loadIfAny is loadQuietly for commands that also work in a directory without a configuration.
func (c *configuration) loadIfAny() (*config.Config, config.Files, error) {
	name, err := c.anyFile()
	if err != nil || name == "" {
		return &config.Config{}, config.Files{}, err
	}
	return c.loadQuietly()
}

// anyFile returns the name of one of the directory's configuration files, or "" if it
// has none.
func (c *configuration) anyFile() (string, error) {
	names, err := config.FileNames(c.dir.root())
	if err != nil {
		return "", failure("Directory could not be read", "%v.", err)
	}
	if len(names) == 0 {
		return "", nil
	}
	return names[0], nil
}
