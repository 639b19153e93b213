package main

import (
	"encoding/json"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
)

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check the configuration, with no network",
		Long: `Checks everything that can be checked with no network and no credentials: syntax,
types, the rules of each record type, and what may not stand beside what.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return a.validate() },
	}
}

func (a *app) validate() error {
	if a.flags.json {
		return a.validateJSON()
	}
	cfg, _, err := a.load()
	if err != nil {
		return err
	}
	records := 0
	for _, z := range cfg.Zones {
		records += len(z.Records)
	}
	a.printf("Success! The configuration is valid: %s in %s.\n", plural(records, "record"), plural(len(cfg.Zones), "zone"))
	return nil
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
	_, _, diags := config.Load(a.dir(), a.configOptions())
	v := validation{FormatVersion: "1.0", Valid: !diags.HasErrors(), Diagnostics: []jsonDiagnostic{}}
	for _, d := range diags {
		v.add(d)
	}
	e := json.NewEncoder(a.out)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
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
