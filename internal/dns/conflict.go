package dns

// Conflict says why Cloudflare refuses records of two types at one name.
type Conflict string

// The conflicts, with the codes of Cloudflare's refusals. Cloudflare refuses the record that is
// added second.
const (
	NoConflict Conflict = ""
	// TwoAliases is two CNAMEs. A name can have only one (81053).
	TwoAliases Conflict = "two aliases"
	// AliasBesideAddress is a CNAME and an A or AAAA (81053 for the CNAME, 81054 for the
	// address).
	AliasBesideAddress Conflict = "alias beside address"
	// AliasBesideServer is a CNAME and an NS (81055 for the NS, 81056 for the CNAME).
	AliasBesideServer Conflict = "alias beside name server"
	// AddressBesideServer is an A or AAAA and an NS (81055 for the NS, 81056 for the
	// address). Other servers answer for a delegated name.
	AddressBesideServer Conflict = "address beside name server"
	// RecordBesideServer is an NS and any other type but DS (81055 for both). According to
	// Cloudflare's API reference of DNS records, NS records cannot exist on the same name as any
	// other record type.
	RecordBesideServer Conflict = "record beside name server"
)

// ConflictAt says why records of the types a and b cannot be at one name of the zone, or returns
// NoConflict if they can. The order of the types does not matter.
//
// These are Cloudflare's rules, which are less strict than RFC 1034, section 3.6.2: a CNAME can
// be beside MX, TXT and others. Beside NS records, only DS is allowed, because it signs the
// delegation. The NS records at the zone's own name are not a delegation and conflict with
// nothing. Cloudflare also refuses two records of one type, name and content (81058); see [Key].
func ConflictAt(name, zone string, a, b Type) Conflict {
	c := conflictOf(a, b)
	atApex := name == zone
	if atApex && (c == AliasBesideServer || c == AddressBesideServer || c == RecordBesideServer) {
		return NoConflict
	}
	return c
}

func conflictOf(a, b Type) Conflict {
	either := func(x, y Type) bool { return a == x && b == y || a == y && b == x }
	switch {
	case a == CNAME && b == CNAME:
		return TwoAliases
	case either(CNAME, A), either(CNAME, AAAA):
		return AliasBesideAddress
	case either(CNAME, NS):
		return AliasBesideServer
	case either(NS, A), either(NS, AAAA):
		return AddressBesideServer
	case a == b, either(NS, DS):
		return NoConflict
	case a == NS || b == NS:
		return RecordBesideServer
	default:
		return NoConflict
	}
}

// ServesDelegation reports whether a record is part of the delegation of the name cut: its NS and DS
// records, and the addresses of its name servers (glue). isServer reports whether a host is one of
// these name servers. The delegation hides all other records at or below cut.
func ServesDelegation(cut string, r Record, isServer func(host string) bool) bool {
	switch r.Type {
	case NS, DS:
		return r.Name == cut
	case A, AAAA:
		return isServer(r.Name)
	default:
		return false
	}
}
