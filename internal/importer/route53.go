package importer

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// route53Sets is the state of reading the output of `aws route53 list-resource-record-sets`: one answer,
// several pages in a row, or only the list of sets.
type route53Sets struct {
	gathering
	in   Input
	walk *jsonWalk
	// sets are the sets of the current document. zone is the hosted zone of the last document that named one.
	sets []recordSet
	zone string
	// incomplete reports whether the last document says that more pages follow.
	incomplete bool
}

// recordSet is a resource record set.
type recordSet struct {
	Name        string
	Type        string
	TTL         *int
	Values      []struct{ Value string } `json:"ResourceRecords"`
	AliasTarget *struct{ DNSName string }

	SetIdentifier           string
	Weight                  *int64
	Region                  string
	Failover                string
	GeoLocation             *geoLocation
	GeoProximityLocation    *struct{ AWSRegion, LocalZoneGroup string }
	CidrRoutingConfig       *struct{ LocationName string }
	MultiValueAnswer        bool
	HealthCheckId           string
	TrafficPolicyInstanceId string

	at Origin
}

type geoLocation struct{ ContinentCode, CountryCode, SubdivisionCode string }

func readRoute53(in Input) (*Source, []plan.Diagnostic) {
	if d, other := otherKind(in, Route53); other {
		return nil, []plan.Diagnostic{d}
	}
	s := &route53Sets{in: in, walk: newJSONWalk(in.Text)}
	for s.walk.next() {
		s.sets, s.incomplete = nil, false
		if err := s.document(); err != nil {
			return nil, append(s.diags, s.walk.problem(in.Name, err))
		}
		s.takeAll()
	}
	if s.incomplete {
		d := failure("Pages are missing",
			"%s says that more record sets follow. Write all of them, without --max-items.", dns.Show(in.Name))
		d.Severity = dns.Warning
		s.diags = append(s.diags, d)
	}
	return &Source{Zones: s.zones, Remarks: []string{fmt.Sprintf(unsaidProxied, "Route 53")}}, s.diags
}

// document reads an answer, or only a list of sets.
func (s *route53Sets) document() error {
	if s.walk.peek() == '[' {
		return s.walk.list("A list", s.set)
	}
	found := false
	line := s.walk.line()
	err := s.walk.object("The answer", func(key string) error {
		switch key {
		case "ResourceRecordSets":
			found = true
			return s.walk.list(key, s.set)
		case "NextToken", "NextRecordName", "IsTruncated":
			var v any
			err := s.walk.decode(&v)
			s.incomplete = s.incomplete || v != nil && v != false && v != ""
			return err
		}
		return s.walk.skip()
	})
	if err == nil && !found {
		return &shapeError{line, "This is not the output of aws route53 list-resource-record-sets: it has no ResourceRecordSets."}
	}
	return err
}

// set reads one record set.
func (s *route53Sets) set() error {
	at := originAt(s.in.Name, s.walk.line())
	if s.taken+len(s.sets) >= mostRecords || len(s.diags) >= mostProblems {
		return &shapeError{at.Line, fmt.Sprintf("The file has more than %d record sets, or more than %d problems. The rest was not read.",
			mostRecords, mostProblems)}
	}
	var raw json.RawMessage
	if err := s.walk.decode(&raw); err != nil {
		return err
	}

	r := recordSet{at: at}
	if err := json.Unmarshal(raw, &r); err != nil {
		s.fail(at, "Unreadable record set", "%s", misshapen(err))
		return nil
	}
	if r.Name == "" || r.Type == "" || r.AliasTarget == nil && len(r.Values) == 0 && r.TrafficPolicyInstanceId == "" {
		s.fail(at, "Unreadable record set", "A record set needs a Name, a Type, and ResourceRecords or an AliasTarget. This one is %s %s.",
			dns.Show(r.Name), dns.Show(r.Type))
		return nil
	}
	r.Name = decimalEscapes(strings.TrimSuffix(r.Name, ".")) + "."
	s.sets = append(s.sets, r)
	return nil
}

// misshapen returns which member of a set has a wrong type. It does not quote the value.
func misshapen(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return fmt.Sprintf("The member %s must not be a JSON %s.", wrong.Field, wrong.Value)
	}
	return "A record set must be an object."
}

// takeAll imports the sets of a document. The SOA names the zone. Only the first page of a zone has the SOA,
// so a document without one belongs to the zone before.
func (s *route53Sets) takeAll() {
	for _, r := range s.sets {
		if name, p := dns.CanonicalName(r.Name); r.Type == "SOA" && p == nil {
			s.zone = name
			break
		}
	}
	s.zone = cmp.Or(s.zone, s.in.Zone)
	if s.zone == "" && len(s.sets) > 0 {
		s.fail(s.sets[0].at, "Zone not named", "%s has no SOA, so it does not say which zone it describes. Name the zone, as in "+
			"cfplan import example.com -from=route53 -in=FILE.", dns.Show(s.in.Name))
		return
	}

	aliases := s.aliases()
	seen := map[[2]string]bool{}
	for i, r := range s.sets {
		switch reason := r.whyLeft(); {
		case reason != "":
			s.leaveSet(r, reason)
		case aliases[i] != "":
			s.leaveSet(r, aliases[i])
		case r.AliasTarget != nil:
			s.takeAlias(r, seen)
		default:
			s.warnMultiValue(r, seen)
			s.take(r)
		}
	}
}

// take adds the records of a set to the zone.
func (s *route53Sets) take(r recordSet) {
	silent := bareSource
	ttl := dns.AutoTTL
	if r.TTL != nil {
		ttl = *r.TTL
	} else {
		silent = append(slices.Clone(silent), dns.AttrTTL)
	}
	for _, v := range r.Values {
		s.add(s.zone, spelling{name: r.Name, typ: r.Type, content: decimalEscapes(v.Value), ttl: ttl}, silent, r.at)
	}
}

// bareSource are the attributes on which a source is silent that knows only DNS.
var bareSource = []dns.Attribute{dns.AttrProxied, dns.AttrComment, dns.AttrTags, dns.AttrSettings, dns.AttrPrivateRouting}

// leaveSet leaves a set out and lists all of its values.
func (s *route53Sets) leaveSet(r recordSet, reason string) {
	content := ""
	if r.AliasTarget != nil {
		content = "alias " + r.AliasTarget.DNSName
	}
	for i, v := range r.Values {
		if i > 0 {
			content += ", "
		}
		content += v.Value
	}
	s.leave(s.zone, spelling{name: r.Name, typ: r.Type, content: content}.asRead(s.zone), r.at, reason)
}

// whyLeft returns the reason to leave out a set that has no counterpart at Cloudflare, or "". A set with a
// routing policy has none: the policy chooses between several sets of one name and type.
func (r recordSet) whyLeft() string {
	if r.TrafficPolicyInstanceId != "" {
		return "a traffic policy creates it"
	}
	if _, p := dns.CanonicalName(r.Name); p != nil {
		return "its name is not one that Cloudflare can hold"
	}
	var policy string
	switch {
	case r.Weight != nil:
		policy = fmt.Sprintf("Weight %d", *r.Weight)
	case r.Region != "":
		policy = "Region " + dns.Show(r.Region)
	case r.Failover != "":
		policy = "Failover " + dns.Show(r.Failover)
	case r.GeoLocation != nil:
		policy = "GeoLocation " + dns.Show(r.GeoLocation.String())
	case r.GeoProximityLocation != nil:
		policy = "GeoProximityLocation " + dns.Show(cmp.Or(r.GeoProximityLocation.AWSRegion, r.GeoProximityLocation.LocalZoneGroup))
	case r.CidrRoutingConfig != nil:
		policy = "CidrRoutingConfig " + dns.Show(r.CidrRoutingConfig.LocationName)
	case r.SetIdentifier != "" && !r.MultiValueAnswer:
		policy = "of another kind"
	default:
		return ""
	}
	reason := fmt.Sprintf("the routing policy %s, set %s", policy, dns.Show(r.SetIdentifier))
	if r.HealthCheckId != "" {
		reason += ", with a health check"
	}
	return reason
}

func (g geoLocation) String() string {
	places := []string{g.ContinentCode, g.CountryCode, g.SubdivisionCode}
	return strings.Join(slices.DeleteFunc(places, func(s string) bool { return s == "" }), "-")
}

// warnMultiValue warns, once for each name and type, that its sets become plain records.
func (s *route53Sets) warnMultiValue(r recordSet, seen map[[2]string]bool) {
	key := [2]string{r.Name, r.Type}
	if !r.MultiValueAnswer && r.HealthCheckId == "" || seen[key] {
		return
	}
	seen[key] = true
	s.warn(r.at, "Health checks left out", "Route 53 answers for %s %s with up to eight healthy values (MultiValueAnswer). "+
		"They become plain records: Cloudflare answers with all of them, without health checks.", dns.Show(r.Name), dns.Show(r.Type))
}

// aliases returns, for each set, the reason to leave it out if it is an alias that cannot become a CNAME,
// else "". The A and AAAA aliases of a name that have the same target become one CNAME.
func (s *route53Sets) aliases() []string {
	targets := map[string]string{}
	blocked := map[string]bool{}
	for _, r := range s.sets {
		name := strings.ToLower(r.Name)
		target, isAlias := r.aliasTarget()
		switch first, seen := targets[name]; {
		case isAlias && !seen:
			targets[name] = target
		case isAlias && first != target:
			blocked[name] = true
		case !isAlias && s.standsAgainstCNAME(r):
			blocked[name] = true
		}
	}

	reasons := make([]string, len(s.sets))
	for i, r := range s.sets {
		_, isAlias := r.aliasTarget()
		switch {
		case r.AliasTarget == nil:
		case !isAlias:
			reasons[i] = fmt.Sprintf("an alias of the type %s, which has no counterpart", dns.Show(r.Type))
		case blocked[strings.ToLower(r.Name)]:
			reasons[i] = "an alias, which cannot be a CNAME beside the other records of its name"
		}
	}
	return reasons
}

// aliasTarget returns the target of an alias that can become a CNAME.
func (r recordSet) aliasTarget() (target string, ok bool) {
	if r.AliasTarget == nil || !dns.Type(r.Type).Proxiable() || r.whyLeft() != "" {
		return "", false
	}
	return strings.ToLower(strings.TrimSuffix(r.AliasTarget.DNSName, ".")), true
}

// standsAgainstCNAME reports whether a set becomes a record that cannot stand beside a CNAME.
func (s *route53Sets) standsAgainstCNAME(r recordSet) bool {
	if r.AliasTarget != nil || r.whyLeft() != "" {
		return false
	}
	name := strings.ToLower(strings.TrimSuffix(r.Name, "."))
	return dns.ConflictAt(name, s.zone, dns.CNAME, dns.Type(r.Type)) != dns.NoConflict
}

// takeAlias turns an alias into a CNAME. The A and AAAA aliases of a name give one CNAME.
func (s *route53Sets) takeAlias(r recordSet, seen map[[2]string]bool) {
	key := [2]string{strings.ToLower(r.Name), "alias"}
	if seen[key] {
		return
	}
	seen[key] = true
	s.warn(r.at, "Alias taken as CNAME", "The alias %s at %s becomes a CNAME to %s with an automatic TTL. At the zone's own name, "+
		"Cloudflare answers with the addresses. Check that the target answers for the name: some AWS hosts answer only for an alias.",
		dns.Show(r.Type), dns.Show(r.Name), dns.Show(r.AliasTarget.DNSName))
	s.add(s.zone, spelling{
		name:    r.Name,
		typ:     string(dns.CNAME),
		content: decimalEscapes(r.AliasTarget.DNSName),
		ttl:     dns.AutoTTL,
	}, append(slices.Clone(bareSource), dns.AttrTTL), r.at)
}

// decimalEscapes converts the octal escapes of Route 53 to the decimal escapes of zone files. Outside of
// quotation marks, it keeps a byte unescaped unless the byte has a meaning there.
func decimalEscapes(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		c, octal := octalEscape(text[i:])
		switch {
		case octal && (quoted || c <= ' ' || c == 0x7f || strings.IndexByte(`.\"();@`, c) >= 0):
			fmt.Fprintf(&b, `\%03d`, c)
			i += 3
		case octal:
			b.WriteByte(c)
			i += 3
		case text[i] == '\\' && i+1 < len(text):
			b.WriteString(text[i : i+2])
			i++
		default:
			quoted = quoted != (text[i] == '"')
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// octalEscape parses a backslash and three octal digits at the start of a text.
func octalEscape(s string) (c byte, ok bool) {
	if len(s) < 4 || s[0] != '\\' || s[1] > '3' {
		return 0, false
	}
	for _, digit := range []byte(s[1:4]) {
		if digit < '0' || digit > '7' {
			return 0, false
		}
		c = c<<3 | (digit - '0')
	}
	return c, true
}
