package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
)

// Accounts maps the name of each named account in the configuration to its client.
type Accounts map[string]*cloudflare.Client

// clients holds the clients of all accounts. Each zone is read and written by the client of its
// account.
type clients struct {
	main  *cloudflare.Client
	named Accounts
}

// of returns the client of an account; the default account has no name. It is nil if the
// configuration does not declare the account.
func (c clients) of(account string) *cloudflare.Client {
	if account == "" {
		return c.main
	}
	return c.named[account]
}

// checkAccount returns an error if the configuration does not declare the account of a zone. A zone
// that is no longer declared belongs to the account that the state has for it.
func (c clients) checkAccount(zone, account string) error {
	if c.of(account) != nil {
		return nil
	}
	return &ZoneError{Zone: zone, Summary: "Account is not declared", Detail: fmt.Sprintf(
		"the state knows the zone in the account %q, and the configuration has no block cloudflare %q. Declare "+
			"the account again until the zone is gone, or give its records up with cfplan state rm %s.",
		account, account, zone)}
}

// FindAccounts returns, for each zone name, the accounts that have such a zone; the default account has the
// name "". It skips accounts without credentials. If a request to one account fails, FindAccounts returns the
// error together with the answers of the others.
func (p *Planner) FindAccounts(ctx context.Context, names []string) (found map[string][]string, err error) {
	found = map[string][]string{}
	all := p.clients()
	for _, account := range append([]string{""}, slices.Sorted(maps.Keys(all.named))...) {
		api := all.of(account)
		if api.Usable() != nil {
			continue
		}
		zones, failed := api.FindZones(ctx, names)
		err = errors.Join(err, failed)
		for _, name := range names {
			if len(zones[name]) > 0 {
				found[name] = append(found[name], account)
			}
		}
	}
	return found, err
}

// account returns the name of the account that the zone belongs to; empty for the default account.
func (t target) account() string { return t.declared.Policy.Account }

// movedAccount returns an error if the zone block names another account than the state, and the zone in that
// account is not the zone with the owned records. Both accounts can have a zone of the same name. Without the
// error, the owned records would silently be out of reach.
func movedAccount(seen observation) error {
	if seen.ownedUnder == "" || seen.ownedUnder == seen.zone.ID || seen.accountWas == seen.account() {
		return nil
	}
	return &ZoneError{Zone: seen.name, Summary: "Zone is another one in this account", Detail: fmt.Sprintf(
		"%s is the zone with the ID %s, and the state has records of cfplan in the zone with the ID %s, in %s. "+
			"If cfplan no longer manages that zone, run cfplan state rm %s. Otherwise correct the account in "+
			"the zone block.",
		capital(accountText(seen.account()))+" has a zone of that name: it",
		seen.zone.ID, seen.ownedUnder, accountText(seen.accountWas), seen.name)}
}

// accountText names an account in a sentence.
func accountText(account string) string {
	if account == "" {
		return "the default account"
	}
	return fmt.Sprintf("the account %q", account)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
