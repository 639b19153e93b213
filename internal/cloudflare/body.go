package cloudflare

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
)

// fields are the fields of a record in a request, by the API's names. They never include the fields that the
// API calls read-only: meta, proxiable, the dates, and the content of types with structured data.
type fields map[dns.Attribute]any

// postFields returns all fields of a new record. It leaves out comment, tags and settings if they have their
// default values, because a Free zone refuses some of these fields whatever their values are.
func postFields(r dns.Record) fields {
	f := fields{
		dns.AttrName:    r.Name,
		dns.AttrType:    r.Type,
		dns.AttrTTL:     sendTTL(r),
		dns.AttrProxied: r.Proxied,
	}
	f.setValue(r)

	if r.Comment != "" {
		f[dns.AttrComment] = r.Comment
	}
	if len(r.Tags) > 0 {
		f[dns.AttrTags] = r.Tags
	}
	if r.Settings != (dns.Settings{}) {
		f[dns.AttrSettings] = r.Settings // its JSON tags leave out the defaults
	}
	if r.PrivateRouting {
		f[dns.AttrPrivateRouting] = true
	}
	return f
}

// patchFields returns only the fields that change; a PATCH keeps the others.
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
		f[dns.AttrName] = r.Name
	case dns.AttrContent, dns.AttrPriority:
		f.setValue(r)
	case dns.AttrTTL:
		f[dns.AttrTTL] = sendTTL(r)
	case dns.AttrProxied:
		f[dns.AttrProxied], f[dns.AttrTTL] = r.Proxied, sendTTL(r)
	case dns.AttrComment:
		f[dns.AttrComment] = r.Comment // "" clears the comment
	case dns.AttrTags:
		f[dns.AttrTags] = append([]string{}, r.Tags...) // [] clears the tags, null would not
	case dns.AttrSettings:
		f[dns.AttrSettings] = explicit(r)
	case dns.AttrPrivateRouting:
		f[dns.AttrPrivateRouting] = r.PrivateRouting
	case dns.AttrType:
		return local(guidance.BadPatch,
			fmt.Sprintf("the type of a record cannot be changed in place (to %s)", presentable(string(r.Type))))
	default:
		return fmt.Errorf("a patch of an attribute %q, which records do not have", attr)
	}

	return nil
}

// setValue sets the fields of the record's value. For a type with structured data, it sends all of the data
// and no content. The priority of a URI is outside of the data.
func (f fields) setValue(r dns.Record) {
	data := r.Data()
	if data == nil {
		f[dns.AttrContent] = r.SendContent()
		if r.Type == dns.MX && !r.NoPriority {
			f[dns.AttrPriority] = r.Priority
		}
		return
	}

	send := fields{}
	for name, value := range data {
		send[dns.Attribute(name)] = value
	}

	if r.Type == dns.URI {
		f[dns.AttrPriority] = send[dns.AttrPriority]
		delete(send, dns.AttrPriority)
	}

	f["data"] = send
}

// sendTTL returns the TTL to send. Cloudflare refuses some TTLs other than automatic on a proxied record.
func sendTTL(r dns.Record) int {
	if r.Proxied {
		return dns.AutoTTL
	}
	return r.TTL
}

// explicit returns all settings, because a setting that is left out keeps its value. Only a CNAME can be
// flattened.
func explicit(r dns.Record) fields {
	f := fields{dns.AttrIPv4Only: r.Settings.IPv4Only, dns.AttrIPv6Only: r.Settings.IPv6Only}
	if r.Type == dns.CNAME {
		f[dns.AttrFlattenCNAME] = r.Settings.FlattenCNAME
	}
	return f
}
