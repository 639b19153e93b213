package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/reconcile"
)

// account is a set of credentials and the client that uses them.
type account struct {
	// name is empty for the default account.
	name string
	// block is the place of the cloudflare block.
	block hcl.Range
	// found are the credentials of the client. They are kept because a file that is a pipe can be
	// read only once.
	found cloudflare.Found
	// endpoint is the URL to which requests go.
	endpoint string
	api      *cloudflare.Client
}

// accounts are all accounts of a configuration, the default one first.
type accounts []account

// blocksOf returns the cloudflare blocks of a configuration. The first one is the block of the
// default account; it is empty if there is none. cfg may be incomplete.
func blocksOf(cfg *config.Config) []config.Cloudflare {
	if cfg == nil {
		return []config.Cloudflare{{}}
	}
	return slices.Concat([]config.Cloudflare{cfg.Cloudflare}, cfg.Accounts)
}

// named returns the clients of the accounts that have a name.
func (a accounts) named() reconcile.Accounts {
	out := reconcile.Accounts{}
	for _, one := range a[1:] {
		out[one.name] = one.api
	}
	return out
}

// without reports the named accounts of these zones that have no credentials. It does not report
// the default account: if that has no credentials, the plan falls back to the snapshots.
func (a accounts) without(zones []dns.Zone) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, one := range a[1:] {
		if !one.found.Missing() {
			continue
		}
		var users []string
		for _, z := range zones {
			if z.Policy.Account == one.name {
				users = append(users, fmt.Sprintf("%s (%s:%d)", z.Name, z.Policy.File, z.Policy.Line))
			}
		}
		if len(users) > 0 {
			diags = append(diags, one.missing(users))
		}
	}
	return diags
}

// mostUsers is how many zones of an account a message names.
const mostUsers = 3

func (a account) missing(users []string) *hcl.Diagnostic {
	if more := len(users) - mostUsers; more > 0 {
		users = append(slices.Clone(users[:mostUsers]), fmt.Sprintf("%d more", more))
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Account without credentials",
		Subject:  &a.block,
		Detail: fmt.Sprintf("The account %q has no credentials, and these zones need them: %s. Set %s to a "+
			"token, %s to the name of a file with one, or api_token in this block to a variable. The variables "+
			"of the default account, such as CLOUDFLARE_API_TOKEN, are not used for it. Nothing was sent.",
			a.name, english.List(users, "and"), guidance.TokenVariable(a.name), guidance.TokenFileVariable(a.name)),
	}
}

// exposed warns about credentials files that other users can read.
func (a accounts) exposed(env environment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, one := range a {
		if one.found.Exposed == 0 {
			continue
		}
		name := env.get(guidance.TokenFileVariable(one.name))
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagWarning,
			Summary:  "Others can read the credentials file",
			Detail: fmt.Sprintf("Other users of this machine can read %s (mode %04o). Make it private: chmod 600 %s",
				name, one.found.Exposed, shellQuote(name)),
		})
	}
	return diags
}

// accountFlag is -account, for commands about zones that need not be declared.
type accountFlag struct{ name string }

func (f *accountFlag) register(c *cobra.Command) {
	c.Flags().StringVar(&f.name, "account", "",
		"look for the zone only in the account of the cloudflare block `NAME`; by default in all accounts")
}

// choose returns the account of each zone, by zone name: the account of -account, or the one that
// has the zone. A zone without an entry is in the default account.
func (f *accountFlag) choose(ctx context.Context, conn *connection, zones []string) (map[string]string, error) {
	out := map[string]string{}
	if f.name != "" {
		if !slices.ContainsFunc(conn.accounts, func(a account) bool { return a.name == f.name }) {
			return nil, usage("-account=%s: the configuration has no block cloudflare %q", f.name, f.name)
		}
		for _, zone := range zones {
			out[zone] = f.name
		}
		return out, nil
	}
	if len(conn.accounts) == 1 {
		return out, nil
	}

	found, err := conn.planner.FindAccounts(ctx, zones)
	for _, zone := range zones {
		switch in := found[zone]; {
		case len(in) == 1:
			out[zone] = in[0]
		case len(in) > 1:
			return nil, failure("Zone is in several accounts",
				"The zone %s is in %s. Choose one with -account=NAME. Nothing was written.", zone, namesOfAccounts(in))
		case err != nil:
			return nil, err
		default:
			return nil, failure("Zone not found",
				"No account has a zone %s, or no token may see it: the Zone Resources of a token must include "+
					"the zone, with the permission Zone → Zone → Read. Nothing was written.", zone)
		}
	}
	return out, nil
}

func namesOfAccounts(names []string) string {
	var out []string
	for _, name := range names {
		if name == "" {
			out = append(out, "the default account")
		} else {
			out = append(out, fmt.Sprintf("the account %q", name))
		}
	}
	return english.List(out, "and")
}
