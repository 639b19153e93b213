// Package config reads the configuration: the HCL files of a directory become desired
// zones, or diagnostics that point at the line. It does not use the network and knows
// nothing of live zones, plans and state.
package config

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
)

// Config is what a directory declares.
type Config struct {
	// Zones in order of name. Their records are canonical and carry their declarations.
	// File names are relative to the directory.
	Zones []dns.Zone
	// Backend says where the state is; nil if there is no backend block.
	Backend *Backend
	// Encryption says how the state is encrypted; nil if it is not.
	Encryption *Encryption
	// Cloudflare is the cloudflare block without a name: the default account. Attributes that are
	// not set are empty.
	Cloudflare Cloudflare
	// Accounts are the cloudflare blocks with a name, in order of name.
	Accounts []Cloudflare
	// Outputs in order of name.
	Outputs []Output
	// MaxDestroy is the limit for zones without their own; nil if there is none.
	MaxDestroy *dns.Limit
	// Scope says which records the configuration may touch. Declared zones also have it in their
	// policies.
	Scope dns.Scope
	// Protected are the blocks with prevent_destroy in zone blocks with for_each. They apply to
	// zones that are not declared; a declared zone has its own in its policy.
	Protected []dns.Protection
	// Moved and Removed are the blocks of these names, including those in modules.
	Moved   dns.Renames
	Removed dns.Removals
	// Variables are the values of the variables of the root module, by name.
	Variables map[string]Variable
	// Recalled are, in order, the names of the variables that get the value of Options.Remembered
	// although the default differs.
	Recalled []string
	// Unset counts the variables without a value; see Options.Unset.
	Unset int
}

// Backend is the `backend "TYPE" { … }` block.
type Backend struct {
	Type string
	// Attributes are strings; the backend "local" has path.
	Attributes map[string]string
	// Lines are the lines of the attributes, in the file of Range.
	Lines map[string]int
	Range hcl.Range
}

// Encryption is the `encryption { … }` block: how the stored state is encrypted.
type Encryption struct {
	// Recipients are public keys of age. Without any, the state is encrypted with a passphrase from
	// the environment.
	Recipients []string
	// IdentityFile names a file with the secret key, relative to the directory.
	IdentityFile string
	Range        hcl.Range
}

// Cloudflare is a `cloudflare { … }` or `cloudflare "NAME" { … }` block. Its values are secret.
type Cloudflare struct {
	// Name is empty for the default account.
	Name string
	// Range is the place of the block.
	Range                            hcl.Range
	APIToken, APIKey, Email, BaseURL string
	// BaseURLRange is the place of base_url.
	BaseURLRange hcl.Range
	// Outside is set if a credential of the block, or a part of BaseURL, comes from a variable
	// whose value is not in the files: it is set in the environment, by -var, or by a -var-file
	// outside of the directory.
	Outside bool
	// Pending is set if such a variable has no value; see Options.Unset.
	Pending bool
}

// Output is the value of an `output` block.
type Output struct {
	Name string
	// Value is what encoding/json would decode: string, float64, bool, []any,
	// map[string]any or nil.
	Value any
	// Type is the value's type as go-cty writes it in JSON, such as `"string"` or
	// `["list","string"]`.
	Type      json.RawMessage
	Sensitive bool
}

// Options are the inputs of a run to the configuration.
type Options struct {
	// Version is the version of cfplan, for required_version.
	Version string
	// Env is the environment, as os.Environ returns it, for CFPLAN_VAR_*.
	Env []string
	// VarFiles and Vars come from -var-file and -var ("NAME=VALUE"), in order.
	// Relative file names are relative to the process's working directory.
	VarFiles []string
	Vars     []string
	// Remembered are the variables that a saved plan was made with, by name. Such a value replaces
	// a default, but no value that the user sets.
	Remembered map[string]Variable
	// Withheld returns the paths of files and directories that expressions must not read, such as
	// those of the state; it may be nil. Its argument is the backend of the configuration, or nil
	// if there is none.
	Withheld func(*Backend) []string
	// Unset accepts variables without a value, for callers that only check the configuration. What
	// depends on such a variable is left out and not checked. Config.Unset counts them.
	Unset bool
	// EveryModule also checks modules without a known instance, for callers that only check the
	// configuration. What depends on the element is not checked.
	EveryModule bool
}

// Files are the sources that were read, for printing diagnostics. Secrets in them are masked, so
// that no printed line shows a secret.
type Files map[string]*hcl.File

// Load reads the configuration in a directory. It returns all diagnostics in file order; if one of
// them is an error, Config is incomplete. Files is never nil.
//
// The phases run one after the other, each on the results of those before it: parse the files, sort
// the declarations, read the settings, collect the values of variables, evaluate, check each zone
// as a whole.
func Load(dir string, o Options) (*Config, Files, hcl.Diagnostics) {
	s, files, diags := Open(dir, o)
	s.Close()
	return s.Config, files, diags
}

// Open is Load for callers that evaluate expressions against the configuration. The caller closes
// the session.
func Open(dir string, o Options) (*Session, Files, hcl.Diagnostics) {
	tree, err := openTree(dir, o.Env)
	budget := lang.NewBudget()
	functions := lang.Functions(tree, budget)
	r := newReport(slices.Collect(maps.Keys(functions))...)
	reportFilesRoot(r, err)

	d := declare(r, readSources(r, tree, budget, dir))
	loadModules(r, tree, budget, dir, d)
	s := readSettings(r, d.settings, o.Version)
	if o.Withheld != nil {
		tree.Withhold(o.Withheld(s.backend)...)
	}
	given := readGiven(r, tree, budget, d, dir, o)
	tree.Withhold(o.VarFiles...)

	m := evalModule(r, d, moduleInputs{
		paths:      paths{module: ".", cwd: cwd()},
		given:      given,
		mayBeUnset: o.Unset,

		everyModule: o.EveryModule,
		tree:        tree,
		functions:   functions,
		budget:      budget,
		settings:    s,
		schemas:     recordSchemas{},
		accounts:    readAccountNames(r, d),
	})
	zones := joinZones(r, m.zones, s.maxDestroy)
	protectInModules(zones, m.protected)
	c := &Config{
		Zones:      checkZones(zones, m.unset > 0),
		Backend:    s.backend,
		Encryption: s.encryption,
		Cloudflare: evalCloudflare(r, d, given, m.scope),
		Accounts:   evalAccounts(r, d, given, m.scope),
		Outputs:    m.outputs,
		MaxDestroy: s.maxDestroy,
		Scope:      s.scope,
		Protected:  m.protected,
		Variables:  rememberVariables(r, d, given, m.variables),
		Recalled:   slices.Sorted(slices.Values(given.recalled)),
		Unset:      m.unset,
	}

	c.Moved, c.Removed = checkRenames(r, m.moved, c.Zones), checkRemovals(r, m.removed, c.Zones)
	reportExhausted(r, budget)
	if m.unset == 0 {
		r.reportDoubts() // otherwise the variables without a value are the reason
	}
	return &Session{Config: c, tree: tree, budget: budget, scope: m.scope, secrets: r.secrets}, r.files, r.diagnostics()
}

// reportExhausted reports that evaluation ended early, unless that was reported already: a function
// such as try may have hidden it.
func reportExhausted(r *report, budget *lang.Budget) {
	d := budget.Exhausted()
	if d != nil && !slices.ContainsFunc(r.list, func(o *hcl.Diagnostic) bool { return o.Summary == d.Summary && o.Detail == d.Detail }) {
		r.add(d)
	}
}

// filesRoot is the environment variable that names a directory above that of the configuration,
// below which files and modules may be read. The files cannot set it, because they may come from a
// stranger.
const filesRoot = "CFPLAN_FILES_ROOT"

// openTree opens the files that the configuration may read.
func openTree(dir string, env []string) (*lang.Tree, error) {
	home := inEnv(env, "HOME")
	if top := inEnv(env, filesRoot); top != "" {
		return lang.OpenTreeBelow(top, dir, home)
	}
	return lang.OpenTree(dir, home), nil
}

func reportFilesRoot(r *report, err error) {
	if err != nil {
		r.errorAt(r.pseudoFile("<"+filesRoot+">", "", false), "Invalid "+filesRoot,
			"%v. Set it to the configuration's directory or to one above it, such as "+
				"that of the repository, or remove it.", err)
	}
}

// inEnv returns the value of a variable in an environment.
func inEnv(env []string, name string) string {
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// cwd returns the directory in which cfplan was started, or "" if it is not known.
func cwd() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return filepath.ToSlash(dir)
}

// Format returns HCL in native syntax in canonical layout. It also takes source with syntax
// errors; parse it first to refuse that.
func Format(src []byte) []byte { return hclwrite.Format(src) }
