package main

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
)

// shortestCredential is the length, in bytes, of the shortest credential that is searched for. A
// shorter one, such as the placeholder "token" in a test, would be found in many words.
const shortestCredential = 20

// checkPublished reports records and outputs that contain a credential that cfplan uses: a plan
// would show it, and DNS would publish it. It does not find a token in another form (backwards, in
// pieces): a person who can edit the configuration can publish every variable of a job that way.
func checkPublished(cfg *config.Config, env environment) hcl.Diagnostics {
	if cfg == nil {
		return nil
	}
	credentials := credentialsIn(cfg, env)
	if len(credentials) == 0 {
		return nil
	}

	var diags hcl.Diagnostics
	for _, z := range cfg.Zones {
		for _, r := range z.Records {
			if a := holding(r, credentials); a != "" {
				diags = append(diags, published(r, a))
			}
		}
	}
	for _, o := range cfg.Outputs {
		if !o.Sensitive && containsAny(fmt.Sprint(o.Value), credentials) {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Credential in an output",
				Detail: fmt.Sprintf("The output %q holds a credential that cfplan uses, and would show it. "+
					"Set sensitive = true, or remove it. Nothing was sent.", o.Name),
			})
		}
	}
	return diags
}

// credentialsIn returns the credentials of the environment and of the cloudflare blocks. It leaves
// out those that are so short that they could be ordinary words.
func credentialsIn(cfg *config.Config, env environment) []string {
	var out []string
	all := []string{env.get("CLOUDFLARE_API_KEY")}
	for _, block := range blocksOf(cfg) {
		all = append(all, env.get(guidance.TokenVariable(block.Name)), block.APIToken, block.APIKey)
	}
	for _, s := range all {
		if s = strings.TrimSpace(s); len(s) >= shortestCredential {
			out = append(out, s)
		}
	}
	return out
}

// holding returns the attribute of a record that contains one of the credentials, or "".
func holding(r dns.Record, credentials []string) dns.Attribute {
	switch {
	case containsAny(r.Content, credentials):
		return dns.AttrContent
	case containsAny(r.Comment, credentials):
		return dns.AttrComment
	case containsAny(strings.Join(r.Tags, "\n"), credentials):
		return dns.AttrTags
	case containsAny(r.Name, credentials):
		return dns.AttrName
	default:
		return ""
	}
}

// containsAny reports whether a text contains one of the credentials. It ignores case, because names
// of records and tags are in lower case.
func containsAny(text string, credentials []string) bool {
	for _, c := range credentials {
		if len(text) >= len(c) && strings.Contains(strings.ToLower(text), strings.ToLower(c)) {
			return true
		}
	}
	return false
}

func published(r dns.Record, a dns.Attribute) *hcl.Diagnostic {
	d := &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Credential in a record",
		Detail: fmt.Sprintf("The attribute %q of a record of type %s holds a credential that cfplan uses. "+
			"A plan would show it, and DNS or Cloudflare's dashboard would publish it. Remove it from the "+
			"record. Nothing was sent.", a, r.Type),
	}
	if r.Declared != nil && r.Declared.File != "" {
		start := hcl.Pos{Line: r.Declared.Line, Column: 1}
		d.Subject = &hcl.Range{Filename: r.Declared.File, Start: start, End: start}
	}
	return d
}
