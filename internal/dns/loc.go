package dns

import "strings"

// locMembers are the twelve fields of RFC 1876, with Cloudflare's names and limits.
var locMembers = []member{
	whole("lat_degrees", 90), optional(whole("lat_minutes", 59)),
	optional(seconds("lat_seconds")), toward("lat_direction", "NS"),
	whole("long_degrees", 180), optional(whole("long_minutes", 59)),
	optional(seconds("long_seconds")), toward("long_direction", "EW"),
	optional(meters("altitude", -100000, 42849672.95)), optional(meters("size", 0, 90000000)),
	optional(meters("precision_horz", 0, 90000000)), optional(meters("precision_vert", 0, 90000000)),
}

func seconds(name string) member {
	return member{Field: Field{Name: name, Number: true, Fraction: true, Max: 59.999}, decimals: 3}
}

func meters(name string, least, most float64) member {
	return member{Field: Field{Name: name, Number: true, Fraction: true, Min: least, Max: most}, decimals: 2}
}

func toward(name, choices string) member {
	return member{Field: Field{Name: name}, kind: kindDirection, choices: choices}
}

// splitLOC splits a value in presentation form (RFC 1876, section 3). Minutes, seconds and
// everything after the altitude are optional.
func splitLOC(l *lexer) (texts []string, why string) {
	words, why := l.words()
	if why != "" {
		return nil, why
	}

	for _, choices := range []string{"NS", "EW"} {
		part, rest, ok := cutAngle(words, choices)
		if !ok {
			return nil, "Write " + choices[:1] + " or " + choices[1:] + " after degrees, minutes and seconds."
		}
		texts, words = append(texts, part...), rest
	}

	if len(words) == 0 || len(words) > 4 {
		return nil, "Write an altitude, a size and two precisions, in meters, after the two angles."
	}
	for i, standard := range []string{"", "1", "10000", "10"} {
		if i < len(words) {
			standard = strings.TrimRight(words[i].text, "mM")
		}
		texts = append(texts, standard)
	}
	return texts, ""
}

// cutAngle cuts degrees, minutes, seconds and direction off the words.
func cutAngle(words []word, choices string) (angle []string, rest []word, ok bool) {
	for i, w := range words {
		if i > 3 {
			break
		}
		if len(w.text) == 1 && strings.ContainsAny(choices, strings.ToUpper(w.text)) {
			for len(angle) < 3 {
				angle = append(angle, "0")
			}
			return append(angle, w.text), words[i+1:], i > 0
		}
		angle = append(angle, w.text)
	}
	return nil, nil, false
}
