package main

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/state"
)

// store opens the state where the configuration says it lives. It reads and writes
// nothing yet.
func (a *app) store(cfg *config.Config) (*state.Store, error) {
	b, err := a.backend(cfg)
	if err != nil {
		return nil, err
	}
	return state.Open(b), nil
}

// backend returns the one that the block `backend "KIND" { … }` names; without a
// block it is the local one.
func (a *app) backend(cfg *config.Config) (state.Backend, error) {
	if cfg.Backend == nil {
		return state.ConfigureLocal(nil, a.dir())
	}
	switch kind := cfg.Backend.Type; kind {
	case "local":
		return state.ConfigureLocal(cfg.Backend.Attributes, a.dir())
	default:
		return nil, fmt.Errorf("there is no backend %q; available: \"local\"", kind)
	}
}
