package clienttest

import (
	"net/http/httptest"
	"testing"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// A token and a global key in Cloudflare's form, and an email address for the key.
const (
	token = "cfut_0123456789abcdefghijABCDEFGHIJ_-0123456789abcd"
	key   = "0123456789abcdef0123456789abcdef01234"
	email = "dns@example.com"
)

// serve starts a sandbox that knows only the token and the key. It returns the sandbox and the base URL for
// clients.
func serve(t *testing.T, zones ...sandbox.Zone) (*sandbox.Server, string) {
	t.Helper()
	s := sandbox.New(sandbox.Options{Seed: sandbox.Seed{
		Zones:  zones,
		Tokens: []sandbox.Token{{Value: token}},
		Keys:   []sandbox.Key{{Email: email, Key: key}},
	}})
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return s, ts.URL + "/client/v4"
}
