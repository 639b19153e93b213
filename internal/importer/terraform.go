package importer

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// readTerraform reads a Terraform or OpenTofu state, as `terraform state pull` (format 4) or `terraform show
// -json` prints it. DNS records are the resources cloudflare_record of providers 3 and 4, and
// cloudflare_dns_record of provider 5.
func readTerraform(in Input) (*Source, []plan.Diagnostic) {
	if !bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(in.Text, []byte("\ufeff")), " \t\r\n"), []byte("{")) {
		if d, other := otherKind(in, Terraform); other {
			return nil, []plan.Diagnostic{d}
		}
	}
	if d, ok := notUTF8(in); ok {
		return nil, []plan.Diagnostic{d}
	}

	s := &terraformState{
		file:      in.Name,
		marks:     map[string]bool{},
		zoneNames: map[string]string{},
		zoneIDs:   map[string]string{},
	}
	w := newJSONWalk(in.Text)
	err := s.read(w)
	if d, ok := s.otherDocument(in.Name); ok {
		return nil, []plan.Diagnostic{d}
	}
	if err != nil {
		return nil, append(s.diags, w.problem(in.Name, err))
	}
	return s.source(in)
}

// notUTF8 returns an error if a text is not UTF-8, because the decoder would silently replace the invalid
// bytes.
func notUTF8(in Input) (plan.Diagnostic, bool) {
	if utf8.Valid(in.Text) {
		return plan.Diagnostic{}, false
	}
	line, rest := 1, in.Text
	for len(rest) > 0 {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		rest = rest[size:]
	}
	d := failure("Not UTF-8", "The text has bytes that are not UTF-8. Save it as UTF-8, or run the command that wrote it again.")
	d.Position = &plan.Position{File: in.Name, Line: line}
	return d, true
}

// terraformState is the content of a state, as far as it has been read.
type terraformState struct {
	file string
	// marks are the members of the document that show what kind of document it is.
	marks map[string]bool
	// version is the version of the state format, and formatVersion the version of the output of `terraform
	// show -json`. Each is empty if the document does not have it.
	version, formatVersion string
	// writer is the version of Terraform or OpenTofu that wrote the state.
	writer string
	// tofu reports whether a provider comes from OpenTofu's registry.
	tofu bool
	// records are the instances of DNS records, in the order of the state.
	records []*terraformInstance
	// zoneNames has the names of zones by their IDs, as resources of the state give them.
	zoneNames map[string]string
	// foreign are the addresses of other providers' DNS records, and others counts all other managed resources.
	foreign []string
	others  int
	// zoneIDs has the IDs of the zones to read, by their names.
	zoneIDs map[string]string
	// guessed is the ID of the zone whose name is a guess, or "".
	guessed string
	diags   []plan.Diagnostic
}

// terraformInstance is one instance of a resource for DNS records or zones.
type terraformInstance struct {
	terraformAddress
	// deposed means that Terraform would destroy the instance, because another one has replaced it.
	deposed bool
	// tainted means that Terraform would replace the instance.
	tainted bool
	// sensitive means that Terraform hides some values of the instance in its output.
	sensitive  bool
	attributes terraformAttributes
	line       int
}

// terraformMarks are the members by which a document is recognized.
var terraformMarks = []string{
	"version", "format_version", "terraform_version", "serial", "lineage", "resources", "values", "modules",
	"encrypted_data", "planned_values", "resource_changes", "prior_state",
}

func (s *terraformState) read(w *jsonWalk) error {
	err := w.object("A state", func(key string) error {
		for _, mark := range terraformMarks {
			s.marks[mark] = s.marks[mark] || key == mark
		}
		switch key {
		case "version":
			return s.text(w, &s.version)
		case "format_version":
			return s.text(w, &s.formatVersion)
		case "terraform_version":
			return s.text(w, &s.writer)
		case "resources":
			return w.list("resources", func() error { return s.resource(w) })
		case "values":
			return s.shownValues(w)
		}
		return w.skip()
	})
	if err != nil {
		return err
	}
	return w.end()
}

// text reads a text or a number into to.
func (s *terraformState) text(w *jsonWalk, to *string) error {
	var v any
	if err := w.decode(&v); err != nil {
		return err
	}
	switch v.(type) {
	case nil:
	case map[string]any, []any:
		*to = "?"
	default:
		*to = fmt.Sprint(v)
	}
	return nil
}

// fail adds an error about an instance or a resource.
func (s *terraformState) fail(line int, address, summary, detail string) {
	s.diags = append(s.diags, plan.Diagnostic{
		Severity: dns.Error,
		Summary:  summary,
		Detail:   detail,
		Address:  address,
		Position: &plan.Position{File: s.file, Line: line},
	})
}

// otherDocument returns an error if the document is not a state that cfplan can read.
func (s *terraformState) otherDocument(file string) (plan.Diagnostic, bool) {
	name := dns.Show(file)
	switch {
	case s.marks["encrypted_data"]:
		return failure("Encrypted state", "%s is a state that OpenTofu has encrypted. Write it decrypted with tofu state pull.", name), true
	case s.marks["planned_values"], s.marks["resource_changes"], s.marks["prior_state"]:
		return failure("Not a state", "%s is a Terraform plan, not a state. Write the state with terraform state pull.", name), true
	case s.version != "" && s.version != "4" && (s.marks["terraform_version"] || s.marks["lineage"]):
		return failure("Unknown state version", "%s is a Terraform state in format %s. %s",
			name, dns.Show(s.version), otherVersionAdvice(s.version)), true
	case s.formatVersion != "" && !strings.HasPrefix(s.formatVersion, "1.") && !strings.HasPrefix(s.formatVersion, "0."):
		return failure("Unknown format version", "%s has the format version %s of terraform show -json, and cfplan reads 1. "+
			"Write the state with terraform state pull.", name, dns.Show(s.formatVersion)), true
	}
	return plan.Diagnostic{}, false
}

func otherVersionAdvice(version string) string {
	switch version {
	case "1", "2", "3":
		return "terraform state pull gives format 4 if Terraform is 0.12 or later."
	}
	return "cfplan reads format 4. Use a newer cfplan, or import the output of terraform show -json instead."
}

// isState reports whether the document has the members of a state.
func (s *terraformState) isState() bool {
	return s.version == "4" && (s.marks["terraform_version"] || s.marks["lineage"] || s.marks["resources"]) ||
		s.formatVersion != "" && (s.marks["values"] || s.marks["terraform_version"])
}
