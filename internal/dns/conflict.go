package dns

// Conflict says why Cloudflare refuses records of two types at one name.
type Conflict string

// The conflicts, with the codes of Cloudflare's refusals. A refusal has the code of the
// record that came second.
const (
	NoConflict Conflict = ""
	// TwoAliases: a name has one CNAME at most (81053).
	TwoAliases Conflict = "two aliases"
	// AliasBesideAddress: a CNAME and an A or AAAA (81053 for the CNAME, 81054 for the
	// address).
	AliasBesideAddress Conflict = "alias beside address"
	// AliasBesideServer: a CNAME and an NS (81055 for the NS, 81056 for the CNAME).
	AliasBesideServer Conflict = "alias beside name server"
	// AddressBesideServer: an A or AAAA and an NS (81055 for the NS, 81056 for the
	// address). A delegated name is answered by other servers.
	AddressBesideServer Conflict = "address beside name server"
	// RecordBesideServer: an NS and any other type but DS (81055 for both). NS records
	// cannot exist on the same name as any other record type, says Cloudflare's API
	// reference of DNS records.
	RecordBesideServer Conflict = "record beside name server"
)

// ConflictAt says why a record of type a may not stand beside one of type b at a name of
// the zone. The order of the types does not matter.
//
// This is what Cloudflare enforces, which is less than RFC 1034, section 3.6.2, asks for:
// a CNAME may stand beside MX, TXT and others. Beside NS records only DS may stand, which
// signs the delegation. The NS records at the zone's own name are no delegation and may
// stand beside anything. Two records of one type, name and content
// are refused as well (81058), see [Key].
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

// ServesDelegation reports whether a record takes part in the delegation of a name to
// other servers: its NS and DS, and the addresses of its servers (glue), which are asked
// for here. isServer tells the hosts that are name servers. All other records at or below
// the name are hidden by the delegation.
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
