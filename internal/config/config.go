// Package config reads the configuration. It turns the HCL files of a directory into desired zones, or into
// diagnostics that point at a line. It does not use the network and does not know live zones, plans or the
// content of the state.
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

// Config holds everything that a directory declares.
type Config struct {
	// Zones are sorted by name. Their records are canonical and have their declarations. File names
	// are relative to the directory.
	Zones []dns.Zone
	// Backend says where the state is. It is nil if there is no backend block.
	Backend *Backend
	// Encryption says how the state is encrypted. It is nil if the state is not encrypted.
	Encryption *Encryption
	// Cloudflare is the cloudflare block without a name, for the default account. Attributes that
	// are not set are empty.
	Cloudflare Cloudflare
	// Accounts are the cloudflare blocks with a name, sorted by name.
	Accounts []Cloudflare
	// Outputs are sorted by name.
	Outputs []Output
	// MaxDestroy is the limit for zones without a limit of their own. It is nil if none is declared.
	MaxDestroy *dns.Limit
	// Scope says which records the configuration may touch. The policies of declared zones have the
	// same scope.
	Scope dns.Scope
	// Protected are the blocks with prevent_destroy or destroy = false in zone blocks with for_each.
	// They apply to zones that are no longer declared. The policy of a declared zone has its own.
	Protected []dns.Protection
	// Moved and Removed hold the moved and removed blocks, including those in modules.
	Moved   dns.Renames
	Removed dns.Removals
	// Variables are the values of the variables of the root module, by name.
	Variables map[string]Variable
	// Recalled are the sorted names of the variables that get their value from Options.Remembered
	// although their default differs from it.
	Recalled []string
	// Unset is the number of variables without a value; see Options.Unset.
	Unset int
}

// Backend is the `backend "TYPE" { … }` block.
type Backend struct {
	Type string
	// Attributes are the attributes of the block by name, such as path for the type local.
	Attributes map[string]string
	// Lines maps the attributes to their lines in the file of Range.
	Lines map[string]int
	Range hcl.Range
}

// Encryption is the `encryption { … }` block. It says how the stored state is encrypted.
type Encryption struct {
	// Recipients are public keys of age. If there are none, the state is encrypted with a passphrase
	// from the environment.
	Recipients []string
	// IdentityFile names a file with the secret key, relative to the directory.
	IdentityFile string
	Range        hcl.Range
}

// Cloudflare is a `cloudflare { … }` or `cloudflare "NAME" { … }` block. Its values are secret.
type Cloudflare struct {
	// Name is empty for the default account.
	Name string
	// Range is the position of the block.
	Range                            hcl.Range
	APIToken, APIKey, Email, BaseURL string
	// BaseURLRange is the position of base_url.
	BaseURLRange hcl.Range
	// Outside is set if a credential of the block, or a part of BaseURL, comes from a variable whose
	// value is not in the files: the environment, -var, or a -var-file outside the directory sets it.
	Outside bool
	// Pending is set if a credential comes from a variable without a value; see Options.Unset.
	Pending bool
}

// Output is the value of an `output` block.
type Output struct {
	Name string
	// Value has the form in which encoding/json decodes values: string, float64, bool, []any,
	// map[string]any or nil.
	Value any
	// Type is the type of the value in go-cty's JSON form, such as `"string"` or `["list","string"]`.
	Type      json.RawMessage
	Sensitive bool
}

// Options are the inputs that a run gives to the configuration.
type Options struct {
	// Version is the version of cfplan, which required_version is compared with.
	Version string
	// Env is the environment, as os.Environ returns it, for CFPLAN_VAR_*.
	Env []string
	// VarFiles and Vars are the arguments of -var-file and -var ("NAME=VALUE"), in order. Relative
	// file names are relative to the process's working directory.
	VarFiles []string
	Vars     []string
	// Remembered are the variables that a saved plan was made with, by name. A remembered value takes
	// the place of a default, but not of a value that the user sets.
	Remembered map[string]Variable
	// Withheld, which may be nil, returns the paths of files and directories that expressions must
	// not read, such as the files of the state. Its argument is the backend of the configuration, or
	// nil if there is no backend block.
	Withheld func(*Backend) []string
	// Unset accepts variables without a value, for callers that only check the configuration. Load
	// leaves out everything that depends on such a variable, and does not check it. Config.Unset
	// counts these variables.
	Unset bool
	// EveryModule also checks modules without a known instance, for callers that only check the
	// configuration. Load does not check values that depend on the element of for_each or count.
	EveryModule bool
	// Empty accepts a directory without configuration files, for callers that only evaluate expressions.
	Empty bool
}

// Files are the sources that were read, by name, for printing diagnostics. Secrets in them are masked, so that
// no printed line shows a secret.
type Files map[string]*hcl.File

// Load reads the configuration in a directory. It returns all diagnostics in the order of files and lines. If
// one of them is an error, Config is incomplete. Files is never nil.
//
// Load works in phases, each of which uses the results of the earlier ones: parse the files, sort the
// declarations, read the settings, collect the values of variables, evaluate, check each zone as a whole.
func Load(dir string, o Options) (*Config, Files, hcl.Diagnostics) {
	s, files, diags := Open(dir, o)
	s.Close()
	return s.Config, files, diags
}

// Open is like Load, for callers that evaluate expressions against the configuration. The caller must close
// the session.
func Open(dir string, o Options) (*Session, Files, hcl.Diagnostics) {
	tree, err := openTree(dir, o.Env)
	budget := lang.NewBudget()
	functions := lang.Functions(tree, budget)
	r := newReport(slices.Collect(maps.Keys(functions))...)
	reportFilesRoot(r, err)

	d := declare(r, readSources(r, tree, budget, dir, o.Empty))
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
		Cloudflare: evalCloudflare(r, d, given, m.context),
		Accounts:   evalAccounts(r, d, given, m.context),
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
		r.reportDoubts() // with o.Unset, variables without a value are the reason for unknown values
	}
	return &Session{Config: c, tree: tree, budget: budget, context: m.context, secrets: r.secrets}, r.files, r.diagnostics()
}

// reportExhausted reports that the budget ended evaluation early. A function such as try may have hidden the
// error until now.
func reportExhausted(r *report, budget *lang.Budget) {
	d := budget.Exhausted()
	if d != nil && !slices.ContainsFunc(r.list, func(o *hcl.Diagnostic) bool { return o.Summary == d.Summary && o.Detail == d.Detail }) {
		r.add(d)
	}
}

// filesRoot is the environment variable that names a directory above the configuration's directory. Files and
// modules below it may be read. The configuration cannot set it, because its files may come from a stranger.
const filesRoot = "CFPLAN_FILES_ROOT"

// openTree opens the tree of files that the configuration may read.
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

// cwd returns the working directory of the process, or "" if it is not known.
func cwd() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return filepath.ToSlash(dir)
}

// Format returns HCL source (native syntax) in canonical layout. It also accepts source with syntax errors;
// callers that want to refuse such source must parse it first.
func Format(src []byte) []byte { return hclwrite.Format(src) }
