package reconcile_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
)

const (
	mainToken, shopToken = "a-token-of-the-main-account", "a-token-of-the-shop-account"
	mainID, shopID       = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// newAccountsWorld has main.example in the default account, shop.example in the account "shop", and
// twin.example in both. Each token sees only its own account.
func newAccountsWorld(t testing.TB) *world {
	t.Helper()
	w := newWorldOf(t, sandbox.Seed{
		Zones: []sandbox.Zone{
			{Name: "main.example", AccountID: mainID},
			{Name: "twin.example", AccountID: mainID},
			{Name: "shop.example", AccountID: shopID},
			{Name: "twin.example", AccountID: shopID},
		},
		Tokens: []sandbox.Token{{Value: mainToken, AccountID: mainID}, {Value: shopToken, AccountID: shopID}},
	})
	server := httptest.NewServer(w.api)
	t.Cleanup(server.Close)
	client := func(account, token string) *cloudflare.Client {
		return cloudflare.New(cloudflare.Options{
			Account:     account,
			BaseURL:     server.URL + "/client/v4",
			Credentials: cloudflare.Credentials{Token: token},
			Clock:       &skippingClock{},
		})
	}
	w.API, w.Accounts = client("", mainToken), reconcile.Accounts{"shop": client("shop", shopToken)}
	return w
}

// inAccount returns a zone with n records in an account.
func inAccount(account, zone string, n int) dns.Zone {
	z := hosts(zone, n)
	z.Policy.Account = account
	return z
}

// The outcome of a request is found out with the credentials of the account in which it was sent,
// even if the zone is no longer declared.
func TestARequestIsSettledInItsAccount(t *testing.T) {
	t.Parallel()
	for name, left := range map[string][]dns.Zone{
		"declared":           {inAccount("", "main.example", 1), inAccount("shop", "shop.example", 2)},
		"no longer declared": {inAccount("", "main.example", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newAccountsWorld(t)
			if err := w.cutOff(t, 1, inAccount("shop", "shop.example", 2)); err == nil {
				t.Fatal("the run was not cut off")
			}

			report, err := w.Apply(context.Background(), w.plan(t, left...))
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range report.Settled {
				if s.Err != nil || s.Took != 2 {
					t.Errorf("%s: %d changes took effect, %v; want 2", s.Zone, s.Took, s.Err)
				}
			}
			if len(report.Settled) != 1 {
				t.Errorf("%d requests are settled, want 1", len(report.Settled))
			}
			w.converged(t, left...)
		})
	}
}

// If one account is refused, the zones of the others stay live, and the refusal names the account.
func TestARefusedAccountLeavesTheOthersLive(t *testing.T) {
	t.Parallel()
	w := newAccountsWorld(t)
	zones := []dns.Zone{inAccount("", "main.example", 1), inAccount("shop", "shop.example", 1)}
	w.apply(t, w.plan(t, zones...))

	w.Accounts["shop"] = cloudflare.New(cloudflare.Options{Account: "shop", Credentials: cloudflare.Credentials{Token: mainToken + "\x00"}})
	p, err := w.Plan(context.Background(), zones, reconcile.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Degraded) != 1 || p.Degraded[0].Zone != "shop.example" || p.Degraded[0].Account != "shop" {
		t.Errorf("degraded %+v, want shop.example of the account shop alone", p.Degraded)
	}
	for i, want := range []plan.SourceKind{plan.SourceLive, plan.SourceCache} {
		if got := p.Zones[i].Source.Kind; got != want {
			t.Errorf("%s is from %s, want %s", p.Zones[i].Name, got, want)
		}
	}
}

// A zone that moves to another account is another zone, unless the account only got another name.
func TestAZoneThatMovesToAnotherAccountIsAnotherZone(t *testing.T) {
	t.Parallel()
	w := newAccountsWorld(t)
	w.apply(t, w.plan(t, inAccount("shop", "twin.example", 2)))

	_, err := w.Plan(context.Background(), []dns.Zone{inAccount("", "twin.example", 2)}, reconcile.PlanOptions{})
	var other *reconcile.ZoneError
	if !errors.As(err, &other) || other.Summary != "Zone is another one in this account" {
		t.Errorf("Plan = %v, want an error about the other zone", err)
	}

	w.Accounts = reconcile.Accounts{"renamed": w.Accounts["shop"]}
	w.converged(t, inAccount("renamed", "twin.example", 2))
	w.apply(t, w.plan(t, inAccount("renamed", "twin.example", 3)))
	st, err := w.Store.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := st.Zones["twin.example"].Account; got != "renamed" {
		t.Errorf("the state has the zone in the account %q, want the new name", got)
	}
	checkStateRoundTrip(t, st)
}

// checkStateRoundTrip fails if a state changes when it is written and read.
func checkStateRoundTrip(t *testing.T, st *state.State) {
	t.Helper()
	text, err := state.Encode(st)
	if err != nil {
		t.Fatal(err)
	}
	again, err := state.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, z := range st.Zones {
		if got := again.Zones[name].Account; got != z.Account {
			t.Errorf("%s is read back in the account %q, want %q", name, got, z.Account)
		}
	}
}

// A rollback of a zone goes to the account in which it was changed.
func TestARollbackUsesTheAccountOfTheApply(t *testing.T) {
	t.Parallel()
	w := newAccountsWorld(t)
	w.apply(t, w.plan(t, inAccount("shop", "twin.example", 1)))
	w.apply(t, w.plan(t, inAccount("shop", "twin.example", 2)))

	back := w.rollback(t, 0, reconcile.PlanOptions{}, inAccount("shop", "twin.example", 2))
	w.apply(t, back)
	w.converged(t, inAccount("shop", "twin.example", 1))
}
