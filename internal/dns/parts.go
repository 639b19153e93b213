package dns

import "strconv"

// digest says which field of a record type is a digest and how long the digest must be.
type digest struct {
	// announced is the field that gives the number of the digest's algorithm. field is the field
	// that holds the digest.
	announced, field string
	// size maps the number of the algorithm to the length of the digest in bytes.
	size map[int]int
}

// digests describes the digests of SSHFP (RFC 4255, RFC 6594), DS (IANA's registry: RFC 4509, 5933,
// 6605, 9558, 9563), TLSA and SMIMEA (RFC 6698).
var digests = map[Type]digest{
	SSHFP:  {"type", "fingerprint", map[int]int{1: 20, 2: 32}},
	DS:     {"digest_type", "digest", map[int]int{1: 20, 2: 32, 3: 32, 4: 48, 5: 32, 6: 32}},
	TLSA:   daneDigest,
	SMIMEA: daneDigest,
}

var daneDigest = digest{"matching_type", "certificate", map[int]int{1: 32, 2: 64}}

// CheckParts reports fields of a canonical value with a wrong length or size, such as a digest that
// cannot match, an angle beyond the largest one, or a text that is too long or missing.
// [ParseContent] accepts such values, because Cloudflare does.
func CheckParts(r Record) []*Problem {
	switch r.Type {
	case SSHFP, DS, TLSA, SMIMEA:
		return checkDigest(r.Data(), digests[r.Type])
	case LOC:
		return checkAngles(r.Data())
	case NAPTR:
		return checkTexts(r.Data())
	case URI:
		return checkURI(r.Data())
	default:
		return nil
	}
}

func checkDigest(data map[string]any, d digest) []*Problem {
	algorithm, _ := data[d.announced].(int)
	text, _ := data[d.field].(string)

	want, known := d.size[algorithm]
	if size := len(text) / 2; known && size != want {
		return []*Problem{caution("digest-length", Attribute(d.field), "Digest of the wrong length",
			"With a %s of %d the %s has %d bytes; this one has %d and cannot match anything.",
			d.announced, algorithm, d.field, want, size)}
	}
	return nil
}

func checkAngles(data map[string]any) []*Problem {
	var out []*Problem
	for _, angle := range []struct {
		name string
		most float64
	}{{"lat", 90}, {"long", 180}} {
		beyond := data[angle.name+"_minutes"] != 0.0 || data[angle.name+"_seconds"] != 0.0
		if data[angle.name+"_degrees"] == angle.most && beyond {
			out = append(out, fault("loc", Attribute(angle.name+"_degrees"), "Invalid position",
				"%v degrees is the largest angle, so it cannot have minutes or seconds.", angle.most))
		}
	}
	return out
}

func checkTexts(data map[string]any) []*Problem {
	var out []*Problem
	for _, name := range []string{"flags", "service", "regex"} {
		text, _ := data[name].(string)
		if len(text) > maxString {
			out = append(out, fault("naptr", Attribute(name), "Text too long",
				"The field %s has %d bytes. It may have up to %d.", name, len(text), maxString))
		}
	}
	return out
}

func checkURI(data map[string]any) []*Problem {
	if data["target"] != "" {
		return nil
	}
	return []*Problem{fault("uri", "target", "Empty target",
		"A URI record needs a target, such as %s.", strconv.Quote("https://www.example.com/"))}
}
