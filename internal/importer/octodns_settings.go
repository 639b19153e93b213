package importer

import (
	"cmp"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// octoSettings are the settings under the key octodns of a record.
type octoSettings struct {
	ignored bool
	// providers is "included" or "excluded" if the record has that list of providers, else "".
	providers string
	proxied   bool
	autoTTL   bool
	comment   string
	tags      []string
	// values are the settings of single values.
	values []octoValueSettings
}

// octoValueSettings are the comment and tags of one value.
type octoValueSettings struct {
	value yamlValue
	// comment and tags are nil if those of the record apply.
	comment *string
	tags    *[]string
}

// The known keys of octodns.cloudflare, and of an entry in octodns.cloudflare.values.
var (
	octoCloudflareKeys = []string{"proxied", "auto-ttl", "comment", "tags", "values", "region"}
	octoValueKeys      = []string{"value", "comment", "tags"}
)

// settings reads the key octodns of a record.
func (o octoReader) settings(r octoRecord) octoSettings {
	var s octoSettings
	for _, p := range o.mapping(r, r.fields["octodns"]) {
		switch p.key {
		case "ignored":
			s.ignored = o.resolvedTruth(p.value)
		case "included", "excluded":
			s.providers = cmp.Or(s.providers, p.key)
		case "cloudflare":
			o.cloudflare(&s, r, p)
		}
	}
	return s
}

// cloudflare reads octodns.cloudflare.
func (o octoReader) cloudflare(s *octoSettings, r octoRecord, field yamlPair) {
	pairs := o.mapping(r, field)
	for _, p := range pairs {
		switch p.key {
		case "proxied":
			s.proxied = o.resolvedTruth(p.value)
		case "auto-ttl":
			s.autoTTL = o.resolvedTruth(p.value)
		case "comment":
			s.comment = o.comment(p.value)
		case "tags":
			s.tags = o.texts(p.value)
		case "values":
			s.values = o.valueSettings(r, p.value)
		case "region":
			o.warn(p.at, "Region left out", "%s has octodns.cloudflare.region, which is not part of a DNS record. "+
				"The region stays as it is at Cloudflare.", r.title())
		}
	}
	o.warnUnknown(r.title(), "octodns.cloudflare.", pairs, octoCloudflareKeys)
}

// valueSettings reads octodns.cloudflare.values.
func (o octoReader) valueSettings(r octoRecord, v yamlValue) []octoValueSettings {
	var out []octoValueSettings
	for _, item := range o.list(v) {
		pairs := o.mapping(r, yamlPair{key: "octodns.cloudflare.values", at: item, value: item})
		var one octoValueSettings
		for _, p := range pairs {
			switch p.key {
			case "value":
				one.value = p.value
			case "comment":
				comment := o.comment(p.value)
				one.comment = &comment
			case "tags":
				tags := o.texts(p.value)
				one.tags = &tags
			}
		}
		o.warnUnknown(r.title(), "octodns.cloudflare.values.", pairs, octoValueKeys)
		if one.value.Node == nil {
			o.fail(item, "Missing value", "%s has an entry without value in octodns.cloudflare.values.", r.title())
			continue
		}
		out = append(out, one)
	}
	return out
}

// mapping returns the entries of a field that must be a mapping, or nil if the field is null or missing.
func (o octoReader) mapping(r octoRecord, field yamlPair) []yamlPair {
	if field.value.Node == nil {
		return nil
	}
	v, ok := o.resolve(field.value)
	switch {
	case !ok || isNull(v):
		return nil
	case v.kind() != yaml.MappingNode:
		o.fail(v, "Not a mapping", "%s has %s, but not as a mapping of keys to values.", r.title(), field.key)
		return nil
	}
	return o.pairs(v)
}

// list returns the elements of a list, or the value itself if it is not a list.
func (o octoReader) list(v yamlValue) []yamlValue {
	v, ok := o.resolve(v)
	switch {
	case !ok || isNull(v):
		return nil
	case v.kind() == yaml.SequenceNode:
		return o.items(v)
	}
	return []yamlValue{v}
}

func (o octoReader) resolvedTruth(v yamlValue) bool {
	v, ok := o.resolve(v)
	return ok && o.truth(v)
}

// comment reads a comment. A null is an empty comment.
func (o octoReader) comment(v yamlValue) string {
	v, ok := o.resolve(v)
	if !ok || isNull(v) {
		return ""
	}
	text, _ := o.text(v)
	return text
}

// texts reads a list of texts.
func (o octoReader) texts(v yamlValue) []string {
	var out []string
	for _, item := range o.list(v) {
		if item, ok := o.resolve(item); ok {
			if text, ok := o.text(item); ok {
				out = append(out, text)
			}
		}
	}
	return out
}

// mapPairs returns the entries of a record, sorted by their places in the file.
func mapPairs(fields map[string]yamlPair) []yamlPair {
	return slices.SortedFunc(maps.Values(fields), func(a, b yamlPair) int {
		return cmp.Or(cmp.Compare(a.at.Line, b.at.Line), cmp.Compare(a.key, b.key))
	})
}
