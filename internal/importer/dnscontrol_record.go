package importer

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/plan"
)

// irRecord is a record in the output of print-ir.
type irRecord struct {
	line int

	Type   string            `json:"type"`
	Name   string            `json:"name"`
	TTL    int               `json:"ttl"`
	Target string            `json:"target"`
	Meta   map[string]string `json:"meta"`
	// InZoneFile is the value in zone-file form, which DNSControl writes for some types. The JSON name is
	// misspelled there.
	InZoneFile string `json:"zonfefilepartial"`
	Spelt      string `json:"zonefilepartial"`

	MXPreference       int    `json:"mxpreference"`
	SRVPriority        int    `json:"srvpriority"`
	SRVWeight          int    `json:"srvweight"`
	SRVPort            int    `json:"srvport"`
	CAAFlag            int    `json:"caaflag"`
	CAATag             string `json:"caatag"`
	SSHFPAlgorithm     int    `json:"sshfpalgorithm"`
	SSHFPType          int    `json:"sshfpfingerprint"`
	TLSAUsage          int    `json:"tlsausage"`
	TLSASelector       int    `json:"tlsaselector"`
	TLSAMatchingType   int    `json:"tlsamatchingtype"`
	SMIMEAUsage        int    `json:"smimeausage"`
	SMIMEASelector     int    `json:"smimeaselector"`
	SMIMEAMatchingType int    `json:"smimeamatchingtype"`
	DSKeyTag           int    `json:"dskeytag"`
	DSAlgorithm        int    `json:"dsalgorithm"`
	DSDigestType       int    `json:"dsdigesttype"`
	DSDigest           string `json:"dsdigest"`
	DNSKEYFlags        int    `json:"dnskeyflags"`
	DNSKEYProtocol     int    `json:"dnskeyprotocol"`
	DNSKEYAlgorithm    int    `json:"dnskeyalgorithm"`
	DNSKEYPublicKey    string `json:"dnskeypublickey"`
	NAPTROrder         int    `json:"naptrorder"`
	NAPTRPreference    int    `json:"naptrpreference"`
	NAPTRFlags         string `json:"naptrflags"`
	NAPTRService       string `json:"naptrservice"`
	NAPTRRegexp        string `json:"naptrregexp"`
	SVCPriority        int    `json:"svcpriority"`
	SVCParams          string `json:"svcparams"`
}

// irTTL is DNSControl's default TTL, in seconds.
const irTTL = 300

// irLeft has the reasons to leave out records of types that are not DNS types, or that Cloudflare does not
// have.
var irLeft = map[string]string{
	"CLOUDFLAREAPI_SINGLE_REDIRECT": "a redirect rule, not a DNS record",
	"CF_SINGLE_REDIRECT":            "a redirect rule, not a DNS record",
	"CF_REDIRECT":                   "a redirect, not a DNS record",
	"CF_TEMP_REDIRECT":              "a redirect, not a DNS record",
	"PAGE_RULE":                     "a page rule, not a DNS record",
	"CF_WORKER_ROUTE":               "a route of a Worker, not a DNS record",
	"WORKER_ROUTE":                  "a route of a Worker, not a DNS record",
	"R53_ALIAS":                     "an alias of Route 53",
	"AZURE_ALIAS":                   "an alias of Azure",
	"URL":                           "a redirect of another provider",
	"URL301":                        "a redirect of another provider",
	"FRAME":                         "a redirect of another provider",
	"IMPORT_TRANSFORM":              "an instruction for DNSControl, not a record",
	"LUA":                           "a program for PowerDNS",
	"DNAME":                         "Cloudflare has no DNAME records; a CNAME for each name does the same",
}

// record adds a record to a zone, or leaves it out with a reason.
func (r *irReader) record(z *Zone, d irDomain, from irRecord) {
	if reason := from.whyNot(d); reason != "" {
		z.Left = append(z.Left, r.left(d, from, reason))
		return
	}
	s := from.spelling(d)
	record, problems := s.record(d.zone)
	for _, p := range problems {
		r.diags = append(r.diags, plan.Diagnostic{
			Severity: p.Severity,
			Summary:  p.Summary,
			Detail:   fmt.Sprintf("The %s record at %s: %s", dns.Show(from.Type), dns.Show(from.Name), p.Detail),
			Position: &plan.Position{File: r.in.Name, Line: from.line},
		})
	}
	if len(problems) > 0 || !r.proxy(&record, d, from) {
		return
	}

	out := Record{
		Named:  genconfig.Named{Record: record},
		Silent: from.silent(d),
		At:     originAt(r.in.Name, from.line),
	}
	if comment := from.Meta["cloudflare_comment"]; comment != "" && !d.manages("comments") {
		out.Notes = []string{comment}
	}
	z.Records = append(z.Records, out)
}

// whyNot returns the reason to leave a record out, or "" to import it.
func (from irRecord) whyNot(d irDomain) string {
	typ := strings.ToUpper(from.Type)
	reason, left := irLeft[typ]
	switch {
	case left:
		return reason
	case typ == "SOA":
		return own("SOA")
	case typ == "":
		return ""
	case !from.cloudflareType().Writable():
		return "Cloudflare has no records of the type " + typ
	case typ == "NS" && from.absolute(d.zone) == "@":
		return own(dns.NS)
	}
	if strings.HasSuffix(from.Name, ".") {
		if _, p := dns.AbsoluteName(from.Name, d.zone); p != nil && p.Rule == "name-outside-zone" {
			return outside
		}
	}
	return ""
}

// left returns the entry for a record that is left out.
func (r *irReader) left(d irDomain, from irRecord, reason string) Left {
	record := dns.Record{Name: from.Name, Type: dns.Type(strings.ToUpper(from.Type)), Content: from.Target}
	if full, p := dns.AbsoluteName(from.absolute(d.zone), d.zone); p == nil {
		record.Name = full
	}
	return Left{
		Omission: genconfig.Omission{Record: record, Reason: reason},
		At:       originAt(r.in.Name, from.line),
	}
}

// cloudflareType returns the type that the record has at Cloudflare.
func (from irRecord) cloudflareType() dns.Type {
	if typ := strings.ToUpper(from.Type); typ != "ALIAS" {
		return dns.Type(typ)
	}
	return dns.CNAME
}

// absolute returns the full name. DNSControl's names are relative, even if they end in the zone's name.
func (from irRecord) absolute(zone string) string {
	switch {
	case from.Name == "" || from.Name == "@":
		return "@"
	case strings.HasSuffix(from.Name, "."):
		return from.Name
	}
	return from.Name + "." + zone + "."
}

// manages reports whether the domain says that DNSControl manages what: the comments or the tags.
func (d irDomain) manages(what string) bool {
	return strings.EqualFold(d.meta["cloudflare_manage_"+what], "true")
}

func (from irRecord) spelling(d irDomain) spelling {
	s := spelling{name: from.absolute(d.zone), typ: string(from.cloudflareType()), ttl: from.TTL}
	if s.ttl == 0 {
		s.ttl = irTTL
	}
	if d.manages("comments") {
		s.comment = from.Meta["cloudflare_comment"]
	}
	if d.manages("tags") {
		for tag := range strings.SplitSeq(from.Meta["cloudflare_tags"], ",") {
			if tag = strings.TrimSpace(tag); tag != "" {
				s.tags = append(s.tags, tag)
			}
		}
	}
	from.value(&s)
	return s
}

// value sets the value of the record. If the record has its value in zone-file form too, value reads that
// form, because the type's own fields differ from release to release.
func (from irRecord) value(s *spelling) {
	typ := dns.Type(s.typ)
	s.data = from.data(typ)
	switch {
	case from.InZoneFile != "" && typ != dns.TXT:
		s.data, s.content = nil, from.InZoneFile
	case from.Spelt != "" && typ != dns.TXT:
		s.data, s.content = nil, from.Spelt
	case typ == dns.MX:
		s.content = fmt.Sprint(from.MXPreference, " ", from.Target)
	case typ == dns.TXT:
		s.content = quotedText(from.Target)
	default:
		s.content = from.Target
	}
}

// data returns the fields of the value under Cloudflare's names, or nil if the target is the whole value.
func (from irRecord) data(typ dns.Type) map[string]any {
	switch typ {
	case dns.SRV:
		return map[string]any{
			"priority": from.SRVPriority, "weight": from.SRVWeight, "port": from.SRVPort, "target": from.Target,
		}
	case dns.CAA:
		return map[string]any{"flags": from.CAAFlag, "tag": from.CAATag, "value": from.Target}
	case dns.SSHFP:
		return map[string]any{"algorithm": from.SSHFPAlgorithm, "type": from.SSHFPType, "fingerprint": from.Target}
	case dns.TLSA:
		return map[string]any{
			"usage": from.TLSAUsage, "selector": from.TLSASelector,
			"matching_type": from.TLSAMatchingType, "certificate": from.Target,
		}
	case dns.SMIMEA:
		return map[string]any{
			"usage": from.SMIMEAUsage, "selector": from.SMIMEASelector,
			"matching_type": from.SMIMEAMatchingType, "certificate": from.Target,
		}
	case dns.DS:
		return map[string]any{
			"key_tag": from.DSKeyTag, "algorithm": from.DSAlgorithm,
			"digest_type": from.DSDigestType, "digest": from.DSDigest,
		}
	case dns.DNSKEY:
		return map[string]any{
			"flags": from.DNSKEYFlags, "protocol": from.DNSKEYProtocol,
			"algorithm": from.DNSKEYAlgorithm, "public_key": from.DNSKEYPublicKey,
		}
	case dns.NAPTR:
		return map[string]any{
			"order": from.NAPTROrder, "preference": from.NAPTRPreference, "flags": from.NAPTRFlags,
			"service": from.NAPTRService, "regex": from.NAPTRRegexp, "replacement": orRoot(from.Target),
		}
	case dns.HTTPS, dns.SVCB:
		return map[string]any{"priority": from.SVCPriority, "target": orRoot(from.Target), "value": from.SVCParams}
	}
	return nil
}

// orRoot returns the host, or the root "." if it is empty.
func orRoot(host string) string {
	if host == "" {
		return "."
	}
	return host
}

// proxy sets the attributes that only Cloudflare has. It returns false if a key has an unknown value.
func (r *irReader) proxy(record *dns.Record, d irDomain, from irRecord) bool {
	record.Settings.FlattenCNAME = record.Type == dns.CNAME && strings.EqualFold(from.Meta["cloudflare_cname_flatten"], "on")
	if !record.Type.Proxiable() {
		return true
	}
	key, line := "cloudflare_proxy", from.line
	value, own := from.Meta[key]
	if !own {
		key, line = "cloudflare_proxy_default", d.line
		value = d.meta[key]
	}
	switch strings.ToLower(value) {
	case "on", "full":
		record.Proxied, record.TTL = true, dns.AutoTTL
		record.Settings.FlattenCNAME = false // a proxied CNAME is flattened anyway
	case "off", "":
	default:
		r.fail(line, "Unknown value", "The %s record at %s has %s as %s. DNSControl knows on, off and full.", dns.Show(from.Type),
			dns.Show(from.Name), dns.Show(value), key)
		return false
	}
	return true
}

// silent returns the attributes on which the source is silent for a record.
func (from irRecord) silent(d irDomain) []dns.Attribute {
	out := []dns.Attribute{dns.AttrPrivateRouting}
	if _, said := from.Meta["cloudflare_cname_flatten"]; !said {
		out = append(out, dns.AttrSettings)
	}
	if !d.manages("comments") {
		out = append(out, dns.AttrComment)
	}
	if !d.manages("tags") {
		out = append(out, dns.AttrTags)
	}
	return out
}
