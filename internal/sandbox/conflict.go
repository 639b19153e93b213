package sandbox

import (
	"net/http"
	"slices"
)

const (
	maxNSPerName = 10
	// maxSet is the largest number of characters in the contents of all records with one name and type.
	maxSet = 8192
)

// conflicts returns the reason why r cannot be in the zone, or nil if it can. It leaves out the record with
// r's ID, which r replaces.
func (z *zone) conflicts(r Record) *refusal {
	var others []Record
	for _, s := range z.byName[r.Name] {
		if s.ID != r.ID {
			others = append(others, s.Record)
		}
	}

	checks := []func(Record, []Record, bool) *apiError{
		conflictEmailRouting, conflictIdentical, conflictCNAME, conflictNS, conflictDS, conflictSize,
	}
	for _, check := range checks {
		if err := check(r, others, r.Name == z.info.Name); err != nil {
			return reject(*err)
		}
	}
	if r.Type == "NS" && r.Name != z.info.Name && slices.Contains(z.info.NameServers, r.Content) {
		return reject(apiError{
			Code:    codeOwnServers,
			Message: "NS records below the zone's name must not point to the zone's own name servers.",
		})
	}
	return nil
}

// conflictEmailRouting refuses another MX record at a name that has MX records of Email Routing.
func conflictEmailRouting(r Record, others []Record, _ bool) *apiError {
	taken := func(o Record) bool { return o.Type == "MX" && o.emailRouting() }
	if r.Type != "MX" || r.emailRouting() || !slices.ContainsFunc(others, taken) {
		return nil
	}
	return &apiError{Code: codeEmailRouting, Message: emailRoutingMessage}
}

const emailRoutingMessage = "This zone is managed by Email Routing. Disable Email Routing to add/modify MX records."

// conflictIdentical refuses a second record with the same name, type and content. For types with data, the
// priority counts too, because the contents of SRV and URI do not include it.
func conflictIdentical(r Record, others []Record, _ bool) *apiError {
	same := func(o Record) bool {
		return o.Type == r.Type && o.Content == r.Content && (r.Type == "MX" || o.Priority == r.Priority)
	}
	if slices.ContainsFunc(others, same) {
		return &apiError{Code: codeIdentical, Message: "An identical record already exists."}
	}
	return nil
}

// conflictCNAME refuses a CNAME at a name with addresses or another CNAME, and addresses at a name with a
// CNAME. Cloudflare does not enforce the other rules of RFC 1034.
func conflictCNAME(r Record, others []Record, _ bool) *apiError {
	switch {
	case r.Type == "CNAME" && hasType(others, "A", "AAAA", "CNAME"):
		return &apiError{Code: codeAddressExists, Message: "An A, AAAA, or CNAME record with that host already exists."}
	case (r.Type == "A" || r.Type == "AAAA") && hasType(others, "CNAME"):
		return &apiError{
			Code: codeCNAMEExists,
			Message: "A CNAME record with that host already exists. For more details, refer to " +
				"<https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/>.",
		}
	}
	return nil
}

// conflictNS refuses NS records beside other records, and other records beside NS. DS may stand beside NS,
// and the apex is not a delegation.
func conflictNS(r Record, others []Record, apex bool) *apiError {
	ns := count(others, "NS")
	switch {
	case r.Type == "NS" && ns >= maxNSPerName:
		return &apiError{Code: codeTooManyNS, Message: "At most 10 NS records may have the same name."}
	case apex:
		return nil
	case r.Type == "NS" && len(others) > ns+count(others, "DS"):
		return &apiError{Code: codeOthersExist, Message: "Non-NS records with that host already exist."}
	case r.Type == "NS" || r.Type == "DS" || ns == 0:
		return nil
	case r.Type == "A" || r.Type == "AAAA" || r.Type == "CNAME":
		return &apiError{Code: codeNSExists, Message: "NS records with that host already exist."}
	default:
		return &apiError{Code: codeOthersExist, Message: "NS records with that host already exist."}
	}
}

func conflictDS(r Record, others []Record, _ bool) *apiError {
	if r.Type == "DS" && count(others, "NS") == 0 {
		return &apiError{Code: codeDSWithoutNS, Message: "DS records need NS records with the same name."}
	}
	return nil
}

func conflictSize(r Record, others []Record, _ bool) *apiError {
	n := len(r.Content)
	for _, o := range others {
		if o.Type == r.Type {
			n += len(o.Content)
		}
	}
	if n > maxSet {
		return &apiError{
			Code:    codeSetSize,
			Message: "Combined content length of records with this name and type exceeds the limit.",
		}
	}
	return nil
}

func hasType(rs []Record, types ...string) bool {
	return slices.ContainsFunc(rs, func(r Record) bool { return slices.Contains(types, r.Type) })
}

func count(rs []Record, typ string) int {
	n := 0
	for _, r := range rs {
		if r.Type == typ {
			n++
		}
	}
	return n
}

// leaving returns the reason why a record cannot be deleted or moved to another name: it is read-only, or a
// DS needs it.
func (z *zone) leaving(r Record) *refusal {
	if r.readOnly() {
		return readOnlyRefused(r)
	}
	if r.Type != "NS" {
		return nil
	}

	ns, ds := 0, 0
	for _, s := range z.byName[r.Name] {
		switch s.Type {
		case "NS":
			ns++
		case "DS":
			ds++
		}
	}

	if ns == 1 && ds > 0 {
		return reject(apiError{Code: codeDSWithoutNS, Message: "DS records need NS records with the same name."})
	}

	return nil
}

func readOnlyRefused(r Record) *refusal {
	if r.emailRouting() {
		return reject(apiError{Code: codeEmailRouting, Message: emailRoutingMessage})
	}
	return refuse(http.StatusForbidden, codeReadOnly,
		"This record is managed by a Cloudflare product and cannot be changed.")
}
