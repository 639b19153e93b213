// Package config reads the configuration: HCL files of a directory become
// desired zones, or diagnostics that point at the line. It asks no network and
// knows nothing of live zones, plans or state.
package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/cfplan/cfplan/internal/dns"
)

// Config is what a directory declares.
type Config struct {
	// Zones in order of name, with canonical records that carry their
	// declarations. File names are relative to the directory.
	Zones []dns.Zone
	// Backend says where the state lives; nil where it is not said.
	Backend *Backend
	// Encryption says how the state is encrypted; nil where it is not.
	Encryption *Encryption
	// Cloudflare has what a cloudflare block says; empty strings where it does not.
	Cloudflare Cloudflare
	// Outputs in order of name.
	Outputs []Output
	// MaxDestroy is the limit of zones that have none of their own; nil where the
	// configuration has none.
	MaxDestroy *dns.Limit
	// Unset counts the variables without a value; see Options.Unset.
	Unset int
}

// Backend is the `backend "TYPE" { … }` block.
type Backend struct {
	Type string
	// Attributes as strings; for "local": path.
	Attributes map[string]string
	Range      hcl.Range
}

// Encryption is the `encryption { … }` block: how the state is kept from those who can
// read its place.
type Encryption struct {
	// Recipients are public keys of age. With none, the state is encrypted with a
	// passphrase from the environment.
	Recipients []string
	// IdentityFile names a file with the secret key, relative to the directory.
	IdentityFile string
	Range        hcl.Range
}

// Cloudflare is the `cloudflare { … }` block. Its values are secret.
type Cloudflare struct {
	APIToken, APIKey, Email, BaseURL string
}

// Output is the value of an `output` block.
type Output struct {
	Name string
	// Value is what encoding/json would make of it: string, float64, bool,
	// []any, map[string]any, nil.
	Value     any
	Sensitive bool
}

// Options are what a run adds to the files.
type Options struct {
	// Version is cfplan's own, for required_version.
	Version string
	// Env is the environment as os.Environ gives it, for CFPLAN_VAR_*.
	Env []string
	// VarFiles and Vars come from -var-file and -var ("NAME=VALUE"), in order.
	// Relative file names are relative to the process's working directory.
	VarFiles []string
	Vars     []string
	// Unset lets variables go without a value, as where nobody means to use the
	// configuration: what depends on them is left out and not checked. Config.Unset
	// counts them.
	Unset bool
}

// Files are the sources that were read, for printing diagnostics. Literal
// secrets in them are masked, so that no printed source line shows one.
type Files map[string]*hcl.File

// Load reads the directory. Diagnostics are in file order and all there are;
// Config is complete only where they hold no error. Files is never nil.
func Load(dir string, o Options) (*Config, Files, hcl.Diagnostics) {
	l := newLoader(dir, o)
	defer l.tree.Close()
	c := l.load()
	return c, l.files, l.report.diagnostics()
}

// Format returns src, HCL in native syntax, in canonical layout. Source with
// syntax errors is laid out as far as its tokens allow; parse it first to refuse it.
func Format(src []byte) []byte { return hclwrite.Format(src) }
