package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// Terraform reads variables from its own files and environment variables. cfplan does not read these, because
// both tools may run in one directory with different values. But cfplan must not silently ignore a value that
// the user expects it to use, because it would then use the variable's default or the value of a saved plan.

const terraformPrefix = "TF_VAR_"

// warnUnread warns about values that Terraform would read and cfplan does not read, if they would set a variable that
// nothing else sets.
func (g *givenReader) warnUnread(d *declarations, dir string, o Options) {
	inEnv := map[string]bool{}
	for _, entry := range o.Env {
		name, _, _ := strings.Cut(entry, "=")
		inEnv[name] = true
	}
	for _, v := range d.variables {
		if name := terraformPrefix + v.name; inEnv[name] && g.out.values[v.name] == nil {
			g.report.add(warningAt(g.report.pseudoFile("<"+name+">", name, false), "Terraform variable is not read",
				"%s is set in the environment, but cfplan does not read it, so the variable %q gets no value from it. "+
					"Set %s%s instead.", name, v.name, envPrefix, v.name))
		}
	}

	names, _ := namesIn(dir, isTerraformValueFile) // readSources has reported a directory that cannot be read
	intake := newIntake()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if a := g.firstUnread(intake, name, path); a.first != nil && !namesFile(o.VarFiles, path) {
			g.report.add(warningAt(a.first.NameRange, "Terraform file is not read", "%s", a.advice(name, path)))
		}
	}
}

// unreadFile is a file of values for Terraform.
type unreadFile struct {
	// first is the first attribute in the file that would set a variable, or nil. names are the names
	// of all attributes that would.
	first *hcl.Attribute
	names []string
}

// firstUnread finds the values in a file that would set a variable. It does not add the file to the sources,
// because its lines may contain secrets that no diagnostic may show. It ignores a file that cannot be read.
func (g *givenReader) firstUnread(in *intake, name, path string) unreadFile {
	var out unreadFile
	src, err := g.tree.ReadSource(path)
	if err != nil || in.admit(name, src) != nil {
		return out
	}
	f, diags := parseText(name, src)
	if diags.HasErrors() {
		return out
	}

	attrs, _ := f.Body.JustAttributes()
	for _, a := range sortedAttributes(attrs) {
		if g.known[a.Name] == nil || g.out.values[a.Name] != nil {
			continue
		}
		if out.first == nil {
			out.first = a
		}
		out.names = append(out.names, a.Name)
	}
	return out
}

// plainPath matches a path that needs no quotation marks on a command line.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9_./][A-Za-z0-9_./-]*$`)

func (f unreadFile) advice(name, path string) string {
	const most = 5
	names := english.Quoted(f.names[:min(most, len(f.names))])
	if more := len(f.names) - most; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	text := fmt.Sprintf("%s would set %s, but cfplan does not read it. Rename it to %s", dns.Show(name),
		english.List(names, "and"), dns.Show(ownValueFile(name)))
	if plainPath.MatchString(path) {
		text += ", or name it on the command line: -var-file=" + path
	}
	return text + "."
}

// isTerraformValueFile reports whether Terraform reads a file of variables automatically.
func isTerraformValueFile(name string) bool {
	bare := strings.TrimSuffix(name, ".json")
	return bare == "terraform.tfvars" || strings.HasSuffix(bare, ".auto.tfvars") && !isHidden(name)
}

// ownValueFile returns the name under which cfplan would read a Terraform file automatically.
func ownValueFile(name string) string {
	bare, json := strings.CutSuffix(name, ".json")
	bare = strings.TrimSuffix(strings.TrimSuffix(bare, ".tfvars"), ".auto") + ".auto.cfvars"
	if json {
		return bare + ".json"
	}
	return bare
}

// namesFile reports whether one of the names refers to the file.
func namesFile(names []string, path string) bool {
	file, err := os.Stat(path)
	return err == nil && slices.ContainsFunc(names, func(name string) bool {
		other, err := os.Stat(name)
		return err == nil && os.SameFile(file, other)
	})
}
