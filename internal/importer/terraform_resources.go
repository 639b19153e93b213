package importer

import (
	"encoding/json"
	"errors"
	"strings"
)

// terraformInstanceJSON is an instance in a state of format 4.
type terraformInstanceJSON struct {
	IndexKey   any                  `json:"index_key"`
	Status     string               `json:"status"`
	Deposed    string               `json:"deposed"`
	Attributes *terraformAttributes `json:"attributes"`
	Flat       map[string]any       `json:"attributes_flat"`
	Sensitive  any                  `json:"sensitive_attributes"`

	line int
}

// resource reads a resource of a state of format 4.
func (s *terraformState) resource(w *jsonWalk) error {
	var head struct{ module, mode, typ, name, provider string }
	var instances []terraformInstanceJSON
	line := w.line()
	err := w.object("A resource", func(key string) error {
		switch key {
		case "module":
			return s.text(w, &head.module)
		case "mode":
			return s.text(w, &head.mode)
		case "type":
			return s.text(w, &head.typ)
		case "name":
			return s.text(w, &head.name)
		case "provider":
			return s.text(w, &head.provider)
		case "instances":
			if head.typ != "" && !relevantType(head.typ) {
				return w.skip()
			}
			return w.list("instances", func() error { return s.instance(w, &instances) })
		}
		return w.skip()
	})
	if err != nil {
		return err
	}

	s.tofu = s.tofu || strings.Contains(head.provider, openTofuRegistry)
	resource := terraformAddress{module: head.module, typ: head.typ, name: head.name}
	if !s.wanted(head.mode, resource) {
		return nil
	}
	if head.name == "" {
		s.fail(line, "", "Resource without a name", "A resource of the type "+head.typ+" has no name.")
		return nil
	}
	for _, i := range instances {
		s.add(i.of(resource))
	}
	return nil
}

// openTofuRegistry is a part of the addresses of providers that OpenTofu installed.
const openTofuRegistry = "registry.opentofu.org/"

func (s *terraformState) instance(w *jsonWalk, to *[]terraformInstanceJSON) error {
	i := terraformInstanceJSON{line: w.line()}
	err := w.decode(&i)
	if shape, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		s.fail(i.line, "", "Unreadable instance", wrongShape("instance", shape))
		return nil
	}
	*to = append(*to, i)
	return err
}

// wrongShape returns a message about a value with a wrong JSON type.
func wrongShape(of string, e *json.UnmarshalTypeError) string {
	if e.Field == "" {
		return "The " + of + " is of the type " + e.Value + ", and must be an object."
	}
	return "The member " + e.Field + " of the " + of + " must not be of the type " + e.Value + "."
}

func (i terraformInstanceJSON) of(resource terraformAddress) *terraformInstance {
	out := &terraformInstance{
		terraformAddress: resource.withKey(i.IndexKey),
		deposed:          i.Deposed != "",
		tainted:          i.Status == "tainted",
		sensitive:        sensitive(i.Sensitive),
		line:             i.line,
	}
	switch {
	case i.Attributes != nil:
		out.attributes = *i.Attributes
	case i.Flat != nil:
		out.attributes = flatAttributes(i.Flat)
	}
	return out
}

// sensitive reports whether a mark says that some value is sensitive. In a state the mark is a list of paths;
// in the output of show it repeats the values' structure with true for each sensitive value.
func sensitive(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case []any:
		for _, e := range v {
			if _, path := e.([]any); path || sensitive(e) {
				return true
			}
		}
	case map[string]any:
		for _, e := range v {
			if sensitive(e) {
				return true
			}
		}
	}
	return false
}

// relevantType reports whether cfplan reads the instances of a resource type.
func relevantType(typ string) bool { return isRecordType(typ) || isZoneType(typ) }

func isRecordType(typ string) bool {
	return typ == "cloudflare_record" || typ == "cloudflare_dns_record"
}

// isZoneType reports whether resources of a type have names of zones. cloudflare_zones is a look-up of
// several zones.
func isZoneType(typ string) bool { return typ == "cloudflare_zone" || typ == "cloudflare_zones" }

// wanted reports whether to read the instances of a resource. It counts the other resources for the remarks.
func (s *terraformState) wanted(mode string, resource terraformAddress) bool {
	managed := mode == "managed"
	switch {
	case isZoneType(resource.typ):
		if managed {
			s.others++
		}
		return true
	case isRecordType(resource.typ):
		return managed
	case managed && (strings.Contains(resource.typ, "record") || strings.Contains(resource.typ, "rrset")):
		s.foreign = append(s.foreign, resource.String())
	case managed:
		s.others++
	}
	return false
}

// add adds an instance of a record or a zone.
func (s *terraformState) add(i *terraformInstance) {
	if isZoneType(i.typ) {
		s.addZone(i.attributes)
		return
	}
	s.records = append(s.records, i)
}
