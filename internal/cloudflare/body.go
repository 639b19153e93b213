package cloudflare

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
)

// fields are what a request says of a record, by the API's names. What the API
// calls read-only (meta, proxiable, the dates, the content of a data type) is
// never among them.
type fields map[string]any

// postFields says all that a new record is to be. Defaults of comment, tags and
// settings are left out: a Free zone refuses to hear of some of them at all.
func postFields(r dns.Record) fields {
	f := fields{"name": r.Name, "type": r.Type, "ttl": sendTTL(r), "proxied": r.Proxied}
	f.setValue(r)
	if r.Comment != "" {
		f["comment"] = r.Comment
	}
	if len(r.Tags) > 0 {
		f["tags"] = r.Tags
	}
	if r.Settings != (dns.Settings{}) {
		f["settings"] = r.Settings // its defaults are left out by its own tags
	}
	return f
}

// patchFields says only what is to change; a PATCH keeps the rest.
func patchFields(p Patch) (fields, error) {
	f := fields{}
	for _, attr := range p.Changed {
		if err := f.change(attr, p.Record); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f fields) change(attr dns.Attribute, r dns.Record) error {
	switch attr {
	case dns.AttrName:
		f["name"] = r.Name
	case dns.AttrContent, dns.AttrPriority:
		f.setValue(r)
	case dns.AttrTTL:
		f["ttl"] = sendTTL(r)
	case dns.AttrProxied:
		f["proxied"], f["ttl"] = r.Proxied, sendTTL(r)
	case dns.AttrComment:
		f["comment"] = r.Comment // "" clears it
	case dns.AttrTags:
		f["tags"] = append([]string{}, r.Tags...) // [] clears them, null would not
	case dns.AttrSettings:
		f["settings"] = explicit(r)
	case dns.AttrType:
		return local(guidance.BadPatch, fmt.Sprintf("the type of a record cannot be changed in place (to %s)", presentable(string(r.Type))))
	default:
		return fmt.Errorf("a patch of an attribute %q, which records do not have", attr)
	}
	return nil
}

// setValue sends what the record's type defines. Types with structured data take
// that alone, as a whole; a URI has its priority outside of it.
func (f fields) setValue(r dns.Record) {
	data := r.Data()
	if data == nil {
		f["content"] = r.SendContent()
		if r.Type == dns.MX {
			f["priority"] = r.Priority
		}
		return
	}
	send := fields{}
	for name, value := range data {
		send[name] = value
	}
	if r.Type == dns.URI {
		f["priority"] = send["priority"]
		delete(send, "priority")
	}
	f["data"] = send
}

// sendTTL: some answers to another TTL on a proxied record are refusals.
func sendTTL(r dns.Record) int {
	if r.Proxied {
		return dns.AutoTTL
	}
	return r.TTL
}

// explicit settings: leaving one out keeps what it was. Only a CNAME can be
// flattened.
func explicit(r dns.Record) fields {
	f := fields{"ipv4_only": r.Settings.IPv4Only, "ipv6_only": r.Settings.IPv6Only}
	if r.Type == dns.CNAME {
		f["flatten_cname"] = r.Settings.FlattenCNAME
	}
	return f
}
