package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/encrypted"
	"github.com/cfplan/cfplan/internal/state/httpstate"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/workdir"
)

// location is where a state is kept, and how.
type location struct {
	kind string
	// attrs are those of the backend block, with -backend-config laid over.
	attrs map[string]string
	// encryption is nil if the state is stored in the clear.
	encryption *config.Encryption
}

// remembered returns the location as the working directory notes it.
func (p location) remembered() workdir.Place {
	place := workdir.Place{Kind: p.kind, Attributes: p.attrs}
	if p.encryption != nil {
		place.IdentityFile = p.encryption.IdentityFile
	}
	return place
}

// locations opens the backends of the places where a state can be kept.
type locations struct {
	dir   *directory
	env   environment
	print *printer

	// options are the values of -backend-config. They may hold secrets.
	options []string
}

func (l *locations) register(flags *pflag.FlagSet) {
	flags.StringArrayVar(&l.options, "backend-config", nil, "lay `NAME=VALUE`, or a file of such lines, over the backend block; may be repeated")
}

// availableBackends lists the kinds that newBackend knows, for people.
const availableBackends = `"local", "r2", "s3", "postgres", "http"`

// newBackend returns the backend of a kind. It neither reads nor sends anything yet.
func (l *locations) newBackend(kind string, attrs map[string]string) (state.Backend, error) {
	switch kind {
	case "local":
		return local.Configure(attrs, l.dir.root())
	case "r2":
		return s3.ConfigureR2(attrs, l.env.get)
	case "s3":
		return s3.Configure(attrs, l.env.get)
	case "postgres":
		return postgres.Configure(attrs, l.env.get)
	case "http":
		return httpstate.Configure(attrs, l.env.get)
	default:
		return nil, fmt.Errorf("there is no backend %q; available: %s", kind, availableBackends)
	}
}

// configured returns what the blocks `backend "KIND" { … }` and encryption say, with
// -backend-config. Without a block it is the local backend.
func (l *locations) configured(cfg *config.Config) (location, error) {
	p := location{kind: "local", attrs: map[string]string{}, encryption: cfg.Encryption}
	if cfg.Backend != nil {
		p.kind, p.attrs = cfg.Backend.Type, maps.Clone(cfg.Backend.Attributes)
	}
	over, err := l.backendOptions("-backend-config", l.options)
	maps.Copy(p.attrs, over)
	return p, err
}

// backendOptions reads the values of -backend-config, the later winning: NAME=VALUE,
// or a file of such lines. They may be secret, so that no error quotes one.
func (l *locations) backendOptions(flag string, options []string) (map[string]string, error) {
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
		attrs, files, diags := config.BackendFile(option, l.dir.path(option))
		l.print.diagnose(diags, files)
		if diags.HasErrors() {
			return nil, errShown
		}
		maps.Copy(out, attrs)
	}
	return out, nil
}

// backends are those of one location.
type backends struct {
	// outer is the one to use. It encrypts if the location is encrypted.
	outer state.Backend
	// inner is the one that stores.
	inner state.Backend
}

func (l *locations) backendsOf(p location) (backends, error) {
	inner, err := l.newBackend(p.kind, p.attrs)
	if err != nil {
		return backends{}, failure("Backend cannot be used", "%v.", err)
	}
	if p.encryption == nil {
		return backends{inner, inner}, nil
	}

	warn := func(summary, detail string) { l.print.warn(summary, "%s", detail) }
	outer, err := l.encrypted(inner, p.encryption.Recipients, p.encryption.IdentityFile, warn)
	return backends{outer, inner}, err
}

// encrypted wraps a backend. Without recipients, whatever is written is encrypted with the
// passphrase of the environment. warn may be nil.
func (l *locations) encrypted(inner state.Backend, recipients []string, identityFile string, warn func(summary, detail string)) (state.Backend, error) {
	if identityFile != "" && !filepath.IsAbs(identityFile) {
		identityFile = filepath.Join(l.dir.root(), identityFile)
	}
	b, err := encrypted.Configure(inner, encrypted.Settings{Recipients: recipients, IdentityFile: identityFile}, l.env.get, warn)
	if err != nil {
		return nil, failure("State cannot be encrypted", "%v.", err)
	}
	return b, nil
}

// openRemembered opens a place that the working directory remembers. An encrypted state
// is read with the keys of the environment.
func (l *locations) openRemembered(p workdir.Place) (state.Backend, error) {
	inner, err := l.newBackend(p.Kind, p.Attributes)
	if err != nil {
		return nil, err
	}
	return l.encrypted(inner, nil, p.IdentityFile, nil)
}
