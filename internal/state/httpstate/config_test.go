package httpstate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/httpstate"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestConfigureReportsAllMistakesAtOnce(t *testing.T) {
	_, err := httpstate.Configure(statetest.Given(map[string]string{"address": "http://state.example.com/s",
		"lock_address": "ftp://h/" + secret, "unlock_address": "https://h",
		"update_method": "post me", "retry_max": "-1", "retry_wait_min": "1s", "allow_http": "perhaps", "client_ca_certificate_pem": "/etc/ca.pem",
		"client_certificate_pem": "x", "password": secret, "skip_cert_verification": "true", "bucket": "b"}, noEnv))
	if err == nil {
		t.Fatal("Configure returned no error")
	}

	for _, want := range []string{"address is not https", `lock_address begins with "ftp:"`,
		"unlock_address has no path", "update_method is", "retry_max is", "retry_wait_min is",
		"allow_http is", "client_ca_certificate_pem holds no", "client_private_key_pem are not",
		"without a username", "skip_cert_verification is not offered", `"bucket"`, "available: address"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}

	if strings.Contains(err.Error(), secret) {
		t.Errorf("the error shows the password: %v", err)
	}
}

func TestConfigureDerivesAddresses(t *testing.T) {
	const gitLab = "https://gitlab.example.com" + project + "dns"
	for name, c := range map[string]struct {
		attrs, env map[string]string
		want       string // the places of state and snapshots, or a part of the error
	}{
		"nothing":               {nil, nil, "address is missing"},
		"GitLab":                {map[string]string{"address": gitLab}, nil, gitLab + " " + gitLab + "-snapshots"},
		"http":                  {map[string]string{"address": "http://state.example.com/s", "lock_address": "http://state.example.com/s"}, nil, "allow_http"},
		"http, allowed":         {map[string]string{"address": "http://h/s", "lock_address": "http://h/s", "allow_http": "true"}, nil, "http://h/s http://h/s-snapshots"},
		"http, on this machine": {map[string]string{"address": "http://[::1]:8080/s", "lock_address": "http://localhost/s"}, nil, "http://[::1]:8080/s http://[::1]:8080/s-snapshots"},
		"no lock":               {map[string]string{"address": "https://h/s"}, nil, "lock_address is missing"},
		"odd paths":             {map[string]string{"address": "https://h/a%2Fb/s/?x=" + secret, "lock_address": "https://h/s"}, nil, "https://h/a%2Fb/s/ (query 087704db) https://h/a%2Fb/s-snapshots/ (query 087704db)"},
		"another query":         {map[string]string{"address": "https://h/s?x=1;y", "lock_address": "https://h/s"}, nil, "https://h/s (query 674070c2) https://h/s-snapshots (query 674070c2)"},
		"the lock's ID":         {map[string]string{"address": "https://h/s?a=b&ID=x", "lock_address": "https://h/s"}, nil, "address has the parameter ID"},
		"one address for both":  {map[string]string{"address": "https://h/s?a", "lock_address": "https://h/s", "snapshots_address": "https://H:443/x/../s/?a"}, nil, "snapshots_address is the address of the state"},
		"two queries":           {map[string]string{"address": gitLab, "snapshots_address": gitLab + "?a"}, nil, gitLab + " " + gitLab + " (query ca978112)"},
		"own snapshots":         {map[string]string{"address": gitLab, "snapshots_address": "https://h/other"}, nil, gitLab + " https://h/other"},
		"credentials":           {map[string]string{"address": "https://me:" + secret + "@h" + project + "s"}, nil, "https://h" + project + "s https://h" + project + "s-snapshots"},
		"not a URL":             {map[string]string{"address": "https://me:" + secret + "@h:port/"}, nil, "address is not an address"},
		"Terraform's":           {nil, map[string]string{"TF_HTTP_ADDRESS": gitLab}, gitLab + " " + gitLab + "-snapshots"},
		"ours first":            {nil, map[string]string{"TF_HTTP_ADDRESS": "https://h/", "CFPLAN_HTTP_ADDRESS": gitLab}, gitLab + " " + gitLab + "-snapshots"},
		"the block's first":     {map[string]string{"address": gitLab}, map[string]string{"CFPLAN_HTTP_ADDRESS": "https://h/"}, gitLab + " " + gitLab + "-snapshots"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := httpstate.Configure(statetest.Given(c.attrs, func(name string) string { return c.env[name] }))
			got := fmt.Sprint(err)
			if err == nil {
				got = b.Place(state.DocState) + " " + b.Place(state.DocSnapshots)
				if got != c.want {
					t.Errorf("places are %s, want %s", got, c.want)
				}
			} else if !strings.Contains(got, c.want) {
				t.Errorf("Configure = %v, want %s", err, c.want)
			}

			if strings.Contains(got, secret) {
				t.Errorf("%s shows the password", got)
			}
		})
	}
}

func TestCredentialsComeFromBlockEnvironmentOrAddress(t *testing.T) {
	s := newServer(true)
	s.Roles = map[string]string{"gitlab-ci-token": "writer"}
	address := s.Address(s.Serve(t), "s")
	for name, c := range map[string]struct{ attrs, env map[string]string }{
		"attributes":  {map[string]string{"address": address, "username": "gitlab-ci-token", "password": secret}, nil},
		"environment": {map[string]string{"address": address}, map[string]string{"TF_HTTP_USERNAME": "gitlab-ci-token", "CFPLAN_HTTP_PASSWORD": secret}},
		"address":     {map[string]string{"address": strings.Replace(address, "://", "://gitlab-ci-token:"+secret+"@", 1)}, nil},
	} {
		b, err := httpstate.Configure(statetest.Given(c.attrs, func(name string) string { return c.env[name] }))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Read(t.Context(), state.DocState); err != nil {
			t.Errorf("credentials from the %s: Read = %v", name, err)
		}
		if err := lock(t, b, name).Unlock(); err != nil {
			t.Errorf("credentials from the %s: Unlock = %v", name, err)
		}
	}
}
