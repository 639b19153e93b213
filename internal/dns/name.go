package dns

// CanonicalName returns a full name in lower case and punycode without a final
// dot. Labels may begin with an underscore and a first label may be `*`.
func CanonicalName(name string) (string, *Problem) { panic("stub") }

// AbsoluteName makes a name that may be `@`, relative to the zone, full, or
// ending in a dot into a canonical one. A full name outside the zone is a
// problem.
func AbsoluteName(name, zone string) (string, *Problem) { panic("stub") }

// RelativeName returns name as it is written inside the zone: `@` for the apex,
// the labels before the zone's name otherwise.
func RelativeName(name, zone string) string { panic("stub") }
