package plan

import (
	"github.com/cfplan/cfplan/internal/dns"
)

// keepIgnored returns want with the attributes in its lifecycle.ignore_changes taken from have.
func keepIgnored(want, have dns.Record) dns.Record {
	if want.Declared == nil || len(want.Declared.IgnoreChanges) == 0 {
		return want
	}

	for _, name := range want.Declared.IgnoreChanges {
		switch name {
		case dns.AttrAll:
			declared := want.Declared
			want = have
			want.Declared = declared
			return want
		case dns.AttrTTL:
			want.TTL = have.TTL
		case dns.AttrProxied:
			want.Proxied = have.Proxied
		case dns.AttrComment:
			want.Comment = have.Comment
		case dns.AttrTags:
			want.Tags = have.Tags
		case dns.AttrSettings:
			want.Settings = have.Settings
		case dns.AttrPrivateRouting:
			want.PrivateRouting = have.PrivateRouting
		case dns.AttrPriority:
			// Structured types have their priority inside the content.
			if want.Type == dns.MX {
				want.Priority, want.NoPriority = have.Priority, have.NoPriority
			} else {
				want.Content = have.Content
			}
		default: // content, or one of its fields
			want.Content = have.Content
		}
	}
	return want.Stored()
}
