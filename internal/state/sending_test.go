package state_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/hosts"
	"github.com/cfplan/cfplan/internal/state"
)

var (
	operator = state.Origin{}
	block    = state.Origin{File: "dns.cf.hcl", Line: 3}
	note     = state.Origin{File: ".cfplan/backend.json"}
	private  = state.Origin{File: "ci.hcl", Private: true}
)

func by(o state.Origin, name string) state.Given {
	return state.Given{Value: "x", Origin: o, Name: name}
}

func named(host, port string, o state.Origin) state.Server {
	return state.Server{Server: hosts.New(host, port), By: by(o, "address"), Variable: "CFPLAN_HTTP_ADDRESS"}
}

func inClear(s state.Server) state.Server {
	s.Plain = true
	return s
}

func TestMaySend(t *testing.T) {
	const host = "state.example.com"
	env, inBlock := by(operator, "PGPASSWORD"), by(block, "password")
	for name, c := range map[string]struct {
		servers     []state.Server
		credentials []state.Given
		named       []state.Server
		allow       string
		allowPlain  state.Given
		refused     string // the servers, by the error's type
	}{
		"the operator names the server":                   {servers: []state.Server{named(host, "443", operator)}, credentials: []state.Given{env}},
		"the files name the server":                       {servers: []state.Server{named(host, "443", block)}, credentials: []state.Given{env}, refused: "host " + host + ":443"},
		"the note names the server":                       {servers: []state.Server{named(host, "443", note)}, credentials: []state.Given{env}, refused: "host " + host + ":443"},
		"no credential":                                   {servers: []state.Server{named(host, "443", block)}},
		"the files' own credential":                       {servers: []state.Server{named(host, "443", block)}, credentials: []state.Given{inBlock}},
		"one credential is the operator's":                {servers: []state.Server{named(host, "443", block)}, credentials: []state.Given{inBlock, env}, refused: "host " + host + ":443"},
		"every address counts":                            {servers: []state.Server{named(host, "443", operator), named(host, "444", block), named("evil.test", "443", block)}, credentials: []state.Given{env}, refused: "host " + host + ":444, host evil.test:443"},
		"the operator names the server too":               {servers: []state.Server{named(host, "443", block)}, credentials: []state.Given{env}, named: []state.Server{named("STATE.example.com.", "443", operator)}},
		"the operator names another port":                 {servers: []state.Server{named(host, "8443", block)}, credentials: []state.Given{env}, named: []state.Server{named(host, "443", operator)}, refused: "host " + host + ":8443"},
		"the operator names a parent domain":              {servers: []state.Server{named("x."+host, "443", block)}, credentials: []state.Given{env}, named: []state.Server{named(host, "443", operator)}, refused: "host x." + host + ":443"},
		"allowed with any port":                           {servers: []state.Server{named(host, "8443", block)}, credentials: []state.Given{env}, allow: "other.example, " + host},
		"allowed with its port":                           {servers: []state.Server{named(host, "8443", block)}, credentials: []state.Given{env}, allow: host + ":8443"},
		"allowed with another port":                       {servers: []state.Server{named(host, "8443", block)}, credentials: []state.Given{env}, allow: host + ":443", refused: "host " + host + ":8443"},
		"allowed for one of two":                          {servers: []state.Server{named(host, "1", block), named("evil.test", "2", block)}, credentials: []state.Given{env}, allow: host, refused: "host evil.test:2"},
		"a private credential, its server":                {servers: []state.Server{named(host, "443", private)}, credentials: []state.Given{by(private, "password")}},
		"a private credential, another server":            {servers: []state.Server{named(host, "443", block)}, credentials: []state.Given{by(private, "password")}, refused: "host " + host + ":443"},
		"a private file names the server":                 {servers: []state.Server{named(host, "443", private)}, credentials: []state.Given{env}, refused: "host " + host + ":443"},
		"the block's credential, a private file's server": {servers: []state.Server{named(host, "443", private)}, credentials: []state.Given{inBlock}},

		"in clear, operator with TLS":              {servers: []state.Server{inClear(named(host, "80", block))}, credentials: []state.Given{inBlock}, named: []state.Server{named(host, "443", operator)}, refused: "weakened address"},
		"in clear on the port of TLS":              {servers: []state.Server{inClear(named("127.0.0.1", "8443", block))}, credentials: []state.Given{env}, named: []state.Server{named("127.0.0.1", "8443", operator)}, refused: "weakened address"},
		"in clear, as the operator":                {servers: []state.Server{inClear(named(host, "80", block))}, credentials: []state.Given{env}, named: []state.Server{inClear(named(host, "80", operator)), named(host, "443", operator)}},
		"with TLS, the operator without":           {servers: []state.Server{named(host, "80", block)}, credentials: []state.Given{env}, named: []state.Server{inClear(named(host, "80", operator))}},
		"in clear, allowed by the files":           {servers: []state.Server{inClear(named(host, "80", block))}, credentials: []state.Given{env}, allow: host, allowPlain: by(block, "allow_http"), refused: "weakened allow_http"},
		"in clear, allowed by the operator":        {servers: []state.Server{inClear(named(host, "80", block))}, credentials: []state.Given{env}, allow: host, allowPlain: by(operator, "allow_http")},
		"in clear, on this machine":                {servers: []state.Server{inClear(named("127.0.0.1", "80", block))}, credentials: []state.Given{env}, allow: "127.0.0.1", allowPlain: by(block, "allow_http")},
		"in clear, only the files' own credential": {servers: []state.Server{inClear(named(host, "80", block))}, credentials: []state.Given{inBlock}, allowPlain: by(block, "allow_http")},
	} {
		t.Run(name, func(t *testing.T) {
			s := state.NewSettings(func(name string) string { return map[string]string{state.AllowHosts: c.allow}[name] })
			errs := s.MaySend(state.Sending{
				Servers:     c.servers,
				Credentials: c.credentials,
				Named:       c.named,
				AllowPlain:  c.allowPlain,
			})
			var got []string
			for _, err := range errs {
				var host *state.HostError
				var weak *state.WeakenedError
				switch {
				case errors.As(err, &host):
					got = append(got, "host "+host.Server.String())
				case errors.As(err, &weak):
					got = append(got, "weakened "+weak.By.Name)
				default:
					got = append(got, err.Error())
				}
			}

			if strings.Join(got, ", ") != c.refused {
				t.Errorf("MaySend refuses %q, want %q", got, c.refused)
			}
		})
	}
}

func TestFilesDoNotChooseTheAuthorityOfServers(t *testing.T) {
	env, inBlock := by(operator, "PGPASSWORD"), by(block, "password")
	for name, c := range map[string]struct {
		authority   state.Given
		operators   []string
		credentials []state.Given
		refused     bool
	}{
		"no authority":   {credentials: []state.Given{env}},
		"the operator's": {authority: by(operator, "AWS_CA_BUNDLE"), operators: []string{"x"}, credentials: []state.Given{env}},
		"the files' authority, a credential of the environment": {authority: by(block, "custom_ca_bundle"), credentials: []state.Given{env}, refused: true},
		"the files' authority, their own credential":            {authority: by(block, "custom_ca_bundle"), credentials: []state.Given{inBlock}},
		"the files' authority over the operator's":              {authority: by(block, "custom_ca_bundle"), operators: []string{"y"}, credentials: []state.Given{inBlock}, refused: true},
		"the files' authority, the same as the operator's":      {authority: by(block, "custom_ca_bundle"), operators: []string{"x"}, credentials: []state.Given{env}},
	} {
		errs := state.NewSettings(nil).MaySend(state.Sending{
			Credentials:          c.credentials,
			Authority:            c.authority,
			OperatorsAuthorities: c.operators,
		})
		if (len(errs) > 0) != c.refused {
			t.Errorf("%s: MaySend = %v, want refused: %v", name, errs, c.refused)
		}
	}
}

// The user only gets this error: it must name the server, the setting, and three ways out.
func TestRefusedServerIsExplained(t *testing.T) {
	s := state.NewSettings(nil)
	errs := s.MaySend(state.Sending{
		Servers:     []state.Server{named("State.example.com", "443", block)},
		Credentials: []state.Given{by(operator, "CFPLAN_HTTP_PASSWORD")},
	})
	if len(errs) != 1 {
		t.Fatalf("MaySend = %v, want one error", errs)
	}

	for _, want := range []string{
		`"state.example.com:443"`, "address in dns.cf.hcl line 3", "CFPLAN_HTTP_PASSWORD", "Nothing was sent",
		"in the environment too: CFPLAN_HTTP_ADDRESS", "-backend-config=address=…", "CFPLAN_ALLOW_BACKEND_HOST=state.example.com:443",
	} {
		if !strings.Contains(errs[0].Error(), want) {
			t.Errorf("the error lacks %q: %v", want, errs[0])
		}
	}
}

func TestAnUnreadableAllowListIsAnError(t *testing.T) {
	s := state.NewSettings(func(string) string { return "https://state.example.com" })
	errs := s.MaySend(state.Sending{Servers: []state.Server{named("state.example.com", "443", operator)}})
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "CFPLAN_ALLOW_BACKEND_HOST") {
		t.Errorf("MaySend = %v, want an error about the list", errs)
	}
}

func TestLaterLayersOverrideEarlierOnes(t *testing.T) {
	env := map[string]string{"A": "env", "B": "other"}
	s := state.NewSettings(func(name string) string { return env[name] },
		state.Layer{
			Origin:     state.Origin{File: "dns.cf.hcl"},
			Attributes: map[string]string{"x": "block", "y": "block", "z": ""},
			Lines:      map[string]int{"y": 7},
		},
		state.Layer{Attributes: map[string]string{"x": "option"}},
	).Over(state.Layer{Origin: private, Attributes: map[string]string{"w": "file"}})

	for name, want := range map[string]state.Given{
		"x": {Value: "option", Name: "x"},
		"y": {Value: "block", Name: "y", Origin: state.Origin{File: "dns.cf.hcl", Line: 7}},
		"z": {Value: "env", Name: "A"},
		"w": {Value: "file", Name: "w", Origin: private},
		"v": {Value: "env", Name: "A"},
	} {
		if got := s.Value(name, "NONE", "A", "B"); got != want {
			t.Errorf("Value(%s) = %+v, want %+v", name, got, want)
		}
	}

	if got := s.Value("v"); got.Value != "" {
		t.Errorf("Value without any source = %+v", got)
	}
	if got := strings.Join(s.Operators("x", "A", "B"), " "); got != "option env other" {
		t.Errorf("Operators = %s", got)
	}
	if got := s.Operators("y"); got != nil {
		t.Errorf("Operators of a setting that only the block gives = %v", got)
	}
	if got := s.Attributes(); len(got) != 4 || got["x"] != "option" {
		t.Errorf("Attributes = %v", got)
	}
}
