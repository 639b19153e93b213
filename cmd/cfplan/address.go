package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/cfplan/cfplan/internal/dns"
)

// address is where a record stands in the configuration: ZONE/TYPE/LABEL, with the
// ["key"] of a for_each or the [0] of a count behind it.
type address struct {
	zone  string
	typ   dns.Type
	label string // without the key
	key   string // with its brackets; empty where there is none
}

// parseAddress reads an address as plan and state list write it. It refuses one that
// no block can have.
func parseAddress(text string) (address, error) {
	malformed := func(why string) (address, error) {
		return address{}, usage("%q is no address: %s; an address is ZONE/TYPE/LABEL or ZONE/TYPE/LABEL[\"KEY\"], as cfplan state list shows it", text, why)
	}
	parts := strings.SplitN(text, "/", 3)
	if len(parts) < 3 || parts[0] == "" || parts[2] == "" {
		return malformed("it lacks a zone, a type or a label")
	}
	a := address{zone: parts[0], typ: dns.Type(parts[1]), label: parts[2]}
	if canonical, problem := dns.CanonicalName(a.zone); problem != nil || canonical != a.zone {
		return malformed(fmt.Sprintf("%q is not the name of a zone", a.zone))
	}
	if !a.typ.Writable() {
		return malformed(fmt.Sprintf("there is no record type %q", parts[1]))
	}
	if strings.ContainsFunc(a.label, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) && r != ' ' }) {
		return malformed("it has a control character")
	}
	if i := strings.IndexByte(a.label, '['); i >= 0 {
		a.label, a.key = a.label[:i], a.label[i:]
		if a.label == "" || !validKey(a.key) {
			return malformed(fmt.Sprintf("%s is no key of a for_each or count", a.key))
		}
	}
	return a, nil
}

// validKey reports whether text is the end of an instance's address.
func validKey(text string) bool {
	inside, ok := strings.CutSuffix(strings.TrimPrefix(text, "["), "]")
	if !ok || inside == "" {
		return false
	}
	if strings.Trim(inside, "0123456789") == "" {
		return true
	}
	key, err := strconv.Unquote(inside) // config writes keys with %q
	return err == nil && inside == strconv.Quote(key)
}

func (a address) String() string { return a.zone + "/" + string(a.typ) + "/" + a.label + a.key }
