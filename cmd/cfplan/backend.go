package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/encrypted"
	"github.com/cfplan/cfplan/internal/state/httpstate"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/s3"
)

// location is where a state lives, and how it is kept there.
type location struct {
	kind string
	// attrs are those of the backend block, with -backend-config laid over.
	attrs map[string]string
	// encryption is nil where the state is stored in the clear.
	encryption *config.Encryption
}

// availableBackends lists what newBackend knows, for people.
const availableBackends = `"local", "r2", "s3", "postgres", "http"`

// newBackend returns the backend of a kind. It reads and sends nothing yet.
func (a *app) newBackend(kind string, attrs map[string]string) (state.Backend, error) {
	switch kind {
	case "local":
		return state.ConfigureLocal(attrs, a.dir())
	case "r2":
		return s3.ConfigureR2(attrs, a.getenv)
	case "s3":
		return s3.Configure(attrs, a.getenv)
	case "postgres":
		return postgres.Configure(attrs, a.getenv)
	case "http":
		return httpstate.Configure(attrs, a.getenv)
	default:
		return nil, fmt.Errorf("there is no backend %q; available: %s", kind, availableBackends)
	}
}

// configuredPlace is what the blocks `backend "KIND" { … }` and encryption say, with
// -backend-config; without a block it is the local one.
func (a *app) configuredPlace(cfg *config.Config) (location, error) {
	p := location{kind: "local", attrs: map[string]string{}, encryption: cfg.Encryption}
	if cfg.Backend != nil {
		p.kind, p.attrs = cfg.Backend.Type, maps.Clone(cfg.Backend.Attributes)
	}
	over, err := a.backendOptions("-backend-config", a.flags.backendConfig)
	maps.Copy(p.attrs, over)
	return p, err
}

// backendOptions reads the values of -backend-config, the later winning: NAME=VALUE,
// or a file of such lines. They may be secret, so that no error quotes one.
func (a *app) backendOptions(flag string, options []string) (map[string]string, error) {
	out := map[string]string{}
	for _, option := range options {
		name, value, ok := strings.Cut(option, "=")
		if name = strings.TrimSpace(name); ok {
			if name == "" {
				return nil, usage("%s takes NAME=VALUE, or the name of a file; one has no name", flag)
			}
			out[name] = value
			continue
		}
		attrs, files, diags := config.BackendFile(option, a.path(option))
		a.diagnose(diags, files)
		if diags.HasErrors() {
			return nil, errShown
		}
		maps.Copy(out, attrs)
	}
	return out, nil
}

// openPlace returns the backend of a place, and the one inside of its encryption.
func (a *app) openPlace(p location) (b, inner state.Backend, err error) {
	inner, err = a.newBackend(p.kind, p.attrs)
	if err != nil {
		return nil, nil, failure("Backend cannot be used", "%v.", err)
	}
	if p.encryption == nil {
		return inner, inner, nil
	}
	b, err = a.encrypted(inner, p.encryption.Recipients, p.encryption.IdentityFile, func(summary, detail string) { a.warn(summary, "%s", detail) })
	return b, inner, err
}

// encrypted wraps a backend; without recipients it encrypts with the passphrase of the
// environment, where anything is written. warn may be nil.
func (a *app) encrypted(inner state.Backend, recipients []string, identityFile string, warn func(summary, detail string)) (state.Backend, error) {
	if identityFile != "" && !filepath.IsAbs(identityFile) {
		identityFile = filepath.Join(a.dir(), identityFile)
	}
	b, err := encrypted.Configure(inner, encrypted.Settings{Recipients: recipients, IdentityFile: identityFile}, a.getenv, warn)
	if err != nil {
		return nil, failure("State cannot be encrypted", "%v.", err)
	}
	return b, nil
}

// store opens the state where the configuration says it lives. It reads and writes
// nothing yet.
func (a *app) store(cfg *config.Config) (*state.Store, error) {
	p, err := a.configuredPlace(cfg)
	if err != nil {
		return nil, err
	}
	b, _, err := a.openPlace(p)
	if err != nil {
		return nil, err
	}
	store := state.Open(b)
	a.watch(store, p)
	return store, nil
}
