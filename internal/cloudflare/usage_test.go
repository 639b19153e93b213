package cloudflare_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/sandbox"
)

func TestUsageOfAZoneAndOfItsAccount(t *testing.T) {
	x := []sandbox.Record{{Type: "A", Name: "x", Content: "192.0.2.1"}}
	for name, c := range map[string]struct {
		accounts      []sandbox.Account
		zone, account cloudflare.Usage
	}{
		"the zone has the quota": {nil, cloudflare.Usage{Records: 1, Quota: 3500}, cloudflare.Usage{Records: 1}},
		"the account has the quota": {[]sandbox.Account{{RecordQuota: 9000}},
			cloudflare.Usage{Records: 1}, cloudflare.Usage{Records: 1, Quota: 9000}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sandbox.New(sandbox.Options{Seed: sandbox.Seed{
				Zones:    []sandbox.Zone{{Name: "example.com", Plan: "enterprise", Records: x}},
				Accounts: c.accounts,
			}})
			server := httptest.NewServer(s)
			defer server.Close()
			api := cloudflare.NewAtOnce(cloudflare.Options{
				BaseURL:     server.URL + "/client/v4",
				Credentials: cloudflare.Credentials{Token: token},
			})
			id := s.Zones()[0].ID

			info, err := api.ZoneInfo(context.Background(), id)
			if err != nil || info.AccountID != s.Zones()[0].AccountID {
				t.Fatalf("ZoneInfo = %+v, %v; want the account %s", info, err, s.Zones()[0].AccountID)
			}
			if got, err := api.ZoneUsage(context.Background(), id); err != nil || got != c.zone {
				t.Errorf("ZoneUsage = %+v, %v; want %+v", got, err, c.zone)
			}
			if got, err := api.AccountUsage(context.Background(), info.AccountID); err != nil || got != c.account {
				t.Errorf("AccountUsage = %+v, %v; want %+v", got, err, c.account)
			}
		})
	}
}

func TestOddUsageIsAnError(t *testing.T) {
	for result, ok := range map[string]bool{
		`{"record_quota":200,"record_usage":0}`:              true,
		`{"record_quota":null,"record_usage":12,"more":[]}`:  true,
		`{"record_usage":12}`:                                true,
		`{"record_quota":2e2,"record_usage":12.0}`:           true,
		`{"record_quota":200}`:                               false,
		`{"record_quota":200,"record_usage":null}`:           false,
		`{"record_quota":0,"record_usage":12}`:               false, // a quota of 0 makes no sense
		`{"record_quota":-1,"record_usage":12}`:              false,
		`{"record_quota":200,"record_usage":-12}`:            false,
		`{"record_quota":200.5,"record_usage":12}`:           false,
		`{"record_quota":1e300,"record_usage":12}`:           false,
		`{"record_quota":1` + strings.Repeat("0", 400) + `}`: false,
		`{"record_quota":"200","record_usage":"12"}`:         true,
		`{"record_quota":"many","record_usage":12}`:          false,
		`[]`:   false,
		`null`: false,
		`"x"`:  false,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"success":true,"errors":[],"messages":[],"result":` + result + `}`))
		}))
		api := cloudflare.NewAtOnce(cloudflare.Options{BaseURL: server.URL, Credentials: cloudflare.Credentials{Token: token}})

		got, err := api.ZoneUsage(context.Background(), strings.Repeat("a", 32))

		if (err == nil) != ok || !ok && got != (cloudflare.Usage{}) {
			t.Errorf("ZoneUsage of %.60s = %+v, %v; want an error: %v", result, got, err, !ok)
		}
		var failure *cloudflare.Error
		if err != nil && (!errors.As(err, &failure) || failure.Path == "") {
			t.Errorf("ZoneUsage of %.60s: error = %v, want one that names the request", result, err)
		}
		server.Close()
	}
}

func TestUsageRefusesABadID(t *testing.T) {
	api := cloudflare.NewAtOnce(cloudflare.Options{BaseURL: "http://127.0.0.1:9", Credentials: cloudflare.Credentials{Token: token}})
	_, zone := api.ZoneUsage(context.Background(), "../user")
	_, account := api.AccountUsage(context.Background(), "")
	for _, err := range []error{zone, account} {
		var failure *cloudflare.Error
		if !errors.As(err, &failure) || !strings.Contains(err.Error(), "is not the ID of") {
			t.Errorf("usage of a bad ID = %v, want an error about the ID", err)
		}
	}
}
