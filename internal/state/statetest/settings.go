package statetest

import "github.com/cfplan/cfplan/internal/state"

// Given returns the settings of a backend whose attributes all come from the operator. env may be nil.
func Given(attrs map[string]string, env func(string) string) state.Settings {
	return state.NewSettings(env, state.Layer{Attributes: attrs})
}

// Declared returns the settings of a backend whose attributes all come from a file of the configuration,
// dns.cf.hcl. env may be nil.
func Declared(attrs map[string]string, env func(string) string) state.Settings {
	return state.NewSettings(env, state.Layer{Origin: state.Origin{File: "dns.cf.hcl", Line: 2}, Attributes: attrs})
}
