package guidance_test

import (
	"slices"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
)

func TestCodeSaysWhatAnErrorConcerns(t *testing.T) {
	hosts := []dns.Type{dns.A, dns.AAAA, dns.CNAME}
	value := func(a dns.Attribute, types ...dns.Type) guidance.Concern {
		return guidance.Concern{Subject: guidance.AttributeValue, Attribute: a, Types: types}
	}

	for code, want := range map[int]guidance.Concern{
		81044:  {Subject: guidance.MissingRecord},
		81045:  {Subject: guidance.Quota},
		81053:  {Subject: guidance.Conflict, Types: hosts},
		81054:  {Subject: guidance.Conflict, Types: hosts},
		81056:  {Subject: guidance.Conflict, Types: hosts},
		81055:  {Subject: guidance.Conflict},
		81057:  {Subject: guidance.Duplicate},
		81058:  {Subject: guidance.Duplicate},
		890190: {Subject: guidance.RecordType, Types: []dns.Type{dns.MX}},
		1046:   {},
		9003:   value(dns.AttrProxied),
		9004:   value(dns.AttrProxied),
		9041:   value(dns.AttrProxied),
		9005:   value(dns.AttrContent, dns.A),
		9006:   value(dns.AttrContent, dns.AAAA),
		9007:   value(dns.AttrContent, dns.CNAME),
		9008:   value(dns.AttrPriority, dns.MX, dns.SRV, dns.URI),
		9009:   value(dns.AttrContent, dns.MX),
		9039:   value(dns.AttrContent, dns.CNAME),
		9021:   value(dns.AttrTTL),
		9015:   value(dns.AttrContent),
		83011:  value(dns.AttrContent),
		9051:   value(dns.AttrContent, dns.TXT),
		9300:   value(dns.AttrTags),
		9313:   value(dns.AttrComment),
		89018:  {},
		9207:   {},
		9000:   {},
		4711:   {},
	} {
		got := guidance.For(guidance.Failure{Status: 400, Code: code}).Concern
		if got.Subject != want.Subject || got.Attribute != want.Attribute || !slices.Equal(got.Types, want.Types) {
			t.Errorf("code %d concerns %+v, want %+v", code, got, want)
		}
	}
}

func TestMessageOf9109SaysWhetherItConcernsTheZone(t *testing.T) {
	for message, want := range map[string]guidance.Subject{
		"Invalid zone identifier": guidance.TheZone,
		"Invalid access token":    guidance.AnyRecord,
	} {
		got := guidance.For(guidance.Failure{Status: 403, Code: 9109, Message: message}).Concern
		if got.Subject != want {
			t.Errorf("9109 %q concerns %q, want %q", message, got.Subject, want)
		}
	}
}

func TestCallersCannotChangeAConcern(t *testing.T) {
	f := guidance.Failure{Status: 400, Code: 81053}
	guidance.For(f).Concern.Types[0] = "changed"
	if got := guidance.For(f).Concern.Types[0]; got != dns.A {
		t.Errorf("Concern.Types[0] = %q, want A: For must return a copy", got)
	}
}
