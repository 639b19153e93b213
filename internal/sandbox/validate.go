package sandbox

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// normalize checks a draft as a record of the zone and converts it to the form that Cloudflare stores. It
// returns all errors of this record; conflicts compares it with other records.
func (d *draft) normalize(z Zone, q Quirks) []apiError {
	if d.Type == "" {
		return []apiError{{Code: codeMissingField, Message: "type is a required field."}}
	}
	if !knownType(d.Type) {
		return []apiError{{Code: codeType, Message: "DNS record type is invalid."}}
	}
	name, ok := absoluteName(d.Name, z.Name)
	if !ok {
		return []apiError{{Code: codeName, Message: "DNS name is invalid."}}
	}

	d.Name = name
	errs := d.normalizeValue(z, q)
	errs = append(errs, d.normalizeProxied(z, q)...)
	errs = append(errs, d.checkTTL(z)...)
	errs = append(errs, d.checkComment(z)...)
	errs = append(errs, d.checkTags(z)...)
	return append(errs, d.normalizeSettings(z)...)
}

func (d *draft) normalizeValue(z Zone, q Quirks) []apiError {
	errs := d.normalizePriority()
	switch {
	case takesData(d.Type):
		return append(errs, d.normalizeData(z, q)...)
	case d.noContent:
		return append(errs, apiError{Code: codeMissingField, Message: "content is a required field."})
	default:
		return append(errs, d.normalizeContent(z, q)...)
	}
}

// normalizePriority checks the top-level priority of MX and URI. Other types have no such priority. For them
// normalizePriority ignores it, because clients send 0 with every type.
func (d *draft) normalizePriority() []apiError {
	d.Priority = 0
	if d.Type != "MX" && d.Type != "URI" {
		return nil
	}
	if !d.hasPriority {
		return []apiError{{Code: codeMissingField, Message: "priority is a required field."}}
	}
	if d.priority < 0 || d.priority > wordMax || d.priority != math.Trunc(d.priority) {
		return []apiError{{Code: codePriority, Message: "Invalid priority, priority must be set and be between 0 and 65535"}}
	}
	d.Priority = int(d.priority)
	return nil
}

func (d *draft) normalizeData(z Zone, q Quirks) []apiError {
	data := d.Data
	if d.flat {
		data = nil // report every member as missing if only a content was sent
	}

	if d.Type == "SRV" && d.hasPriority && data["priority"] == nil {
		data = withPriority(data, d.priority)
	}
	norm, errs := normalizeData(d.Type, data, z.Name, q)
	if len(errs) > 0 {
		return errs
	}

	d.Data = norm
	if p, ok := float(norm["priority"]); ok && d.Type == "SRV" {
		d.Priority = int(p)
	}
	d.Content = render(d.Type, norm, q)
	return checkSize(len(d.Content))
}

func withPriority(data map[string]any, p float64) map[string]any {
	out := map[string]any{"priority": p}
	for k, v := range data {
		if k != "priority" {
			out[k] = v
		}
	}
	return out
}

// normalizeContent checks and normalizes the contents of the eight types without data.
func (d *draft) normalizeContent(z Zone, q Quirks) []apiError {
	switch d.Type {
	case "A":
		return d.normalizeA()
	case "AAAA":
		return d.normalizeAAAA()
	case "TXT":
		return d.normalizeTXT()
	case "OPENPGPKEY":
		if !validBase64(d.Content) {
			return []apiError{{Code: codeContent, Message: "Content for OPENPGPKEY record must be base64."}}
		}
		return checkSize(len(d.Content) * 3 / 4)
	}

	return d.normalizeHost(z, q)
}

func (d *draft) normalizeA() []apiError {
	a, ok := ipv4(d.Content)
	if !ok {
		return []apiError{{Code: codeA, Message: "Content for A record must be a valid IPv4 address."}}
	}
	d.Content = a.String()
	return nil
}

func (d *draft) normalizeAAAA() []apiError {
	a, ok := ipv6(d.Content)
	if !ok {
		return []apiError{{Code: codeAAAA, Message: "Content for AAAA record must be a valid IPv6 address."}}
	}
	d.Content = a.String()
	return nil
}

func (d *draft) normalizeTXT() []apiError {
	if hasControl(d.Content) {
		return []apiError{{Code: codeTXT, Message: "Invalid TXT record. Record may only contain printable characters."}}
	}
	content, wire, ok := normalizeTXT(d.Content)
	if !ok {
		return []apiError{{Code: codeContent, Message: "Content for TXT record is empty or not quoted consistently."}}
	}
	d.Content = content
	return checkSize(wire)
}

// normalizeHost checks and normalizes the contents of CNAME, MX, NS and PTR.
func (d *draft) normalizeHost(z Zone, q Quirks) []apiError {
	read := hostName
	if d.Type == "MX" {
		read = rootedHost
	}
	h, ok := read(d.Content, z.Name, q)
	if !ok {
		return []apiError{hostError(d.Type)}
	}

	d.Content = h
	if d.Type == "CNAME" && strings.EqualFold(h, d.Name) {
		return []apiError{{Code: codeSelfCNAME, Message: "CNAME content cannot reference itself."}}
	}
	return nil
}

func hostError(typ string) apiError {
	switch typ {
	case "CNAME":
		return apiError{Code: codeCNAME, Message: "Content for CNAME record is invalid."}
	case "MX":
		return apiError{Code: codeMX, Message: "Change the content of your MX record to be a hostname (and not an IP address)."}
	}
	return apiError{Code: codeContent, Message: "Content for " + typ + " record must be a hostname."}
}

// maxRecord is the length of the longest record, in bytes of its wire format.
const maxRecord = 4096

func checkSize(n int) []apiError {
	if n <= maxRecord {
		return nil
	}
	return []apiError{{Code: codeRecordSize, Message: "Record content exceeds the allowed length of 4096 wire format bytes."}}
}

const maxTTL = 86400

func (d *draft) checkTTL(z Zone) []apiError {
	if d.ttl != 1 && (d.ttl < float64(z.minTTL()) || d.ttl > maxTTL || d.ttl != math.Trunc(d.ttl)) {
		return []apiError{{
			Code:    codeTTL,
			Message: fmt.Sprintf("Invalid TTL. Must be between %d and 86,400 seconds, or 1 for automatic.", z.minTTL()),
		}}
	}
	d.TTL = int(d.ttl)
	return nil
}

func (d *draft) checkComment(z Zone) []apiError {
	if !z.annotates() && (d.Comment != "" || len(d.Tags) > 0) {
		return []apiError{{
			Code:    codeNoAnnotations,
			Message: "DNS record comments and tags are not available in " + z.Type + " zones.",
		}}
	}

	if strings.ContainsAny(d.Comment, "\r\n") {
		return []apiError{{Code: codeCommentText, Message: "DNS record comment must not contain line breaks."}}
	}
	if utf8.RuneCountInString(d.Comment) > z.commentLimit() {
		message := fmt.Sprintf("DNS record comment exceeds the maximum length of %d characters.", z.commentLimit())
		return []apiError{{Code: codeCommentLength, Message: message}}
	}

	return nil
}

var tagForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}(:.{0,100})?$`)

func (d *draft) checkTags(z Zone) []apiError {
	if len(d.Tags) > z.tagQuota() {
		return []apiError{{
			Code:    codeTagQuota,
			Message: fmt.Sprintf("DNS record has %d tags, exceeding the quota of %d.", len(d.Tags), z.tagQuota()),
		}}
	}
	for i, t := range d.Tags {
		reserved := len(t) >= 3 && strings.EqualFold(t[:3], "cf-")
		if !tagForm.MatchString(t) || reserved || slices.Contains(d.Tags[:i], t) {
			return []apiError{{Code: codeTagSyntax, Message: "DNS record tag is invalid or repeated: " + t}}
		}
	}
	return nil
}

// normalizeSettings keeps the settings that the type has. It drops flattening for a proxied CNAME without
// an error.
func (d *draft) normalizeSettings(z Zone) []apiError {
	sent := d.Settings
	d.Settings = nil
	for _, name := range settingsOf(d.Type) {
		if !sent[name] {
			continue
		}
		if name == "flatten_cname" && z.Plan == "free" {
			return []apiError{{
				Code:    codeFlattenOnFree,
				Message: "Per-record CNAME flattening is not available on this zone's plan.",
			}}
		}
		if name == "flatten_cname" && d.Proxied {
			continue
		}

		if d.Settings == nil {
			d.Settings = map[string]bool{}
		}
		d.Settings[name] = true
	}
	return nil
}

func settingsOf(typ string) []string {
	switch typ {
	case "CNAME":
		return []string{"flatten_cname"}
	case "A", "AAAA":
		return []string{"ipv4_only", "ipv6_only"}
	}
	return nil
}
