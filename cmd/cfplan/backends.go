package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/encrypted"
	"github.com/cfplan/cfplan/internal/state/httpstate"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/workdir"
)

// location is the place of a state, and how the state is stored there.
type location struct {
	kind string
	// settings are the attributes of the backend block as -backend-config overrides them.
	settings state.Settings
	// encryption is nil if the state is stored in the clear.
	encryption *config.Encryption
	// confined is true if a file of the configuration chose the path of a local state, which must
	// then be inside of the directory.
	confined bool
}

// remembered returns the location in the form in which the working directory remembers it.
func (p location) remembered() workdir.Place {
	place := workdir.Place{Kind: p.kind, Settings: p.settings}
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
	flags.StringArrayVar(&l.options, "backend-config", nil,
		"override attributes of the backend block with `NAME=VALUE`, or with a file of such lines; may be repeated")
}

// availableBackends lists the kinds that newBackend knows, for messages.
const availableBackends = `"local", "r2", "s3", "postgres", "http"`

// newBackend returns the backend of a kind. It neither reads nor sends anything yet.
func (l *locations) newBackend(kind string, settings state.Settings) (state.Backend, error) {
	switch kind {
	case "local":
		return local.Configure(settings, l.dir.root())
	case "r2":
		return s3.ConfigureR2(settings)
	case "s3":
		return s3.Configure(settings)
	case "postgres":
		return postgres.Configure(settings)
	case "http":
		return httpstate.Configure(settings)
	default:
		return nil, fmt.Errorf("there is no backend %q; available: %s", kind, availableBackends)
	}
}

// configured returns the location that the blocks `backend "KIND" { … }` and encryption define,
// with -backend-config. Without a backend block it is the local backend.
func (l *locations) configured(cfg *config.Config) (location, error) {
	p := location{kind: "local", settings: l.noSettings(), encryption: cfg.Encryption}
	if b := cfg.Backend; b != nil {
		p.kind = b.Type
		p.settings = p.settings.Over(state.Layer{
			Origin:     state.Origin{File: b.Range.Filename},
			Attributes: b.Attributes,
			Lines:      b.Lines,
		})
	}
	over, err := l.backendOptions("-backend-config", l.options)
	p.settings = p.settings.Over(over...)
	if p.kind == "local" {
		p.settings, p.confined = l.choosePath(p.settings)
	}
	return p, err
}

// noSettings returns settings with no attributes.
func (l *locations) noSettings() state.Settings {
	return state.NewSettings(l.env.get).WithChangeable(l.changeable)
}

// changeable reports whether a file is in the same checkout as the configuration, so that
// the same pull request may change it.
func (l *locations) changeable(path string) bool {
	return files.Within(files.Checkout(l.dir.root()), path)
}

// backendOptions reads the values of -backend-config: NAME=VALUE, or a file of such lines. A later
// value wins. Values may be secret, so no error quotes one.
func (l *locations) backendOptions(flag string, options []string) ([]state.Layer, error) {
	var out []state.Layer
	for _, option := range options {
		name, value, ok := strings.Cut(option, "=")
		if name = strings.TrimSpace(name); ok {
			if name == "" {
				return nil, usage("%s takes NAME=VALUE or the name of a file, but one value begins with =", flag)
			}
			out = append(out, state.Layer{Attributes: map[string]string{name: value}})
			continue
		}
		path := l.dir.path(option)
		attrs, sources, diags := config.BackendFile(option, path)
		l.print.diagnose(diags, sources)
		if diags.HasErrors() {
			return nil, errShown
		}
		out = append(out, state.Layer{Origin: l.originOf(option, path), Attributes: attrs})
	}
	return out, nil
}

// originOf returns the origin of the values in a -backend-config file. If the file is in the same
// checkout as the configuration, the same pull request may change it, so its values do not count as
// given by the operator. They may still be private.
func (l *locations) originOf(name, path string) state.Origin {
	if l.changeable(path) {
		return state.Origin{File: name, Private: true}
	}
	return state.Origin{}
}

// backends are the backends of one location.
type backends struct {
	// outer is the backend to use. It encrypts if the location is encrypted.
	outer state.Backend
	// inner is the backend that stores the state, inside the encryption.
	inner state.Backend
}

func (l *locations) backendsOf(p location) (backends, error) {
	inner, err := l.newBackend(p.kind, p.settings)
	if err != nil {
		return backends{}, failure("Backend cannot be used", "%v.", err)
	}
	if err := l.confine(inner, p); err != nil {
		return backends{}, err
	}
	if p.encryption == nil {
		return backends{inner, inner}, nil
	}

	warn := func(summary, detail string) { l.print.warn(summary, "%s", detail) }
	outer, err := l.encrypted(inner, p.encryption.Recipients, p.encryption.IdentityFile, warn)
	return backends{outer, inner}, err
}

// encrypted wraps a backend. Without recipients, everything is encrypted with the passphrase in the
// environment. warn may be nil.
func (l *locations) encrypted(
	inner state.Backend, recipients []string, identityFile string, warn func(summary, detail string),
) (state.Backend, error) {
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
	inner, err := l.newBackend(p.Kind, p.Settings)
	if err != nil {
		return nil, err
	}
	return l.encrypted(inner, nil, p.IdentityFile, nil)
}
