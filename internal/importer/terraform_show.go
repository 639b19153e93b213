package importer

import (
	"encoding/json"
	"errors"
	"strings"
)

// terraformShownJSON is a resource in the output of `terraform show -json`, where each resource is one
// instance.
type terraformShownJSON struct {
	Address   string               `json:"address"`
	Mode      string               `json:"mode"`
	Type      string               `json:"type"`
	Name      string               `json:"name"`
	Index     any                  `json:"index"`
	Provider  string               `json:"provider_name"`
	Values    *terraformAttributes `json:"values"`
	Sensitive any                  `json:"sensitive_values"`
	Deposed   string               `json:"deposed_key"`
	Tainted   bool                 `json:"tainted"`
}

// shownValues reads the values of `terraform show -json`.
func (s *terraformState) shownValues(w *jsonWalk) error {
	return w.object("values", func(key string) error {
		if key == "root_module" {
			return s.shownModule(w, 0)
		}
		return w.skip()
	})
}

// deepestModule is the largest depth to which modules may be nested.
const deepestModule = 200

func (s *terraformState) shownModule(w *jsonWalk, depth int) error {
	if depth > deepestModule {
		return &shapeError{w.line(), "Modules are nested too deeply."}
	}
	return w.object("A module", func(key string) error {
		switch key {
		case "resources":
			return w.list("resources", func() error { return s.shownResource(w) })
		case "child_modules":
			return w.list("child_modules", func() error { return s.shownModule(w, depth+1) })
		}
		return w.skip()
	})
}

func (s *terraformState) shownResource(w *jsonWalk) error {
	line := w.line()
	var r terraformShownJSON
	err := w.decode(&r)
	if shape, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		s.fail(line, r.Address, "Unreadable resource", wrongShape("resource", shape))
		return nil
	}
	if err != nil {
		return err
	}

	s.tofu = s.tofu || strings.Contains(r.Provider, openTofuRegistry)
	i := &terraformInstance{
		terraformAddress: terraformAddress{typ: r.Type, name: r.Name}.withKey(r.Index),
		deposed:          r.Deposed != "",
		tainted:          r.Tainted,
		sensitive:        sensitive(r.Sensitive),
		line:             line,
	}
	// The output has a module's address after its resources, so the module path comes from the resource's
	// address.
	if path, ok := strings.CutSuffix(r.Address, "."+i.String()); ok {
		i.module = path
	}
	if r.Values != nil {
		i.attributes = *r.Values
	}
	if s.wanted(r.Mode, i.terraformAddress) {
		s.add(i)
	}
	return nil
}
