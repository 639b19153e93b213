package httpstate_test

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/httpstate"
	"github.com/cfplan/cfplan/internal/state/servertest"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

type server = servertest.States

const (
	secret  = servertest.StatesSecret
	project = servertest.GitLabProject
)

func newServer(gitLab bool) *server { return servertest.NewStates(gitLab) }

// configure returns the backend for an address, with more attributes given as pairs.
func configure(address string, more ...string) (state.Backend, error) {
	attrs := map[string]string{"address": address, "retry_wait_min": "0", "retry_wait_max": "0"}
	if !strings.Contains(address, project) {
		attrs["lock_address"] = address
	}
	for i := 0; i < len(more); i += 2 {
		attrs[more[i]] = more[i+1]
	}
	return httpstate.Configure(statetest.Given(attrs, noEnv))
}

func noEnv(string) string { return "" }

func open(t *testing.T, address string, more ...string) *httpstate.Backend {
	t.Helper()
	b, err := configure(address, more...)
	if err != nil {
		t.Fatalf("Configure: %v", err)
	}
	return b.(*httpstate.Backend)
}
