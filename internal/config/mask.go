package config

import (
	"bytes"
	"index/suffixarray"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// A printed diagnostic shows its whole line, so secrets must be masked in the sources beforehand. This file
// masks line by line, for files that cannot be parsed. hide_settings.go masks ranges, for files that can be parsed.

// mask replaces a text with asterisks. It keeps the length and the line breaks, so that ranges stay valid.
func mask(b []byte) {
	for i, c := range b {
		if c != '\n' && c != '\r' {
			b[i] = '*'
		}
	}
}

// settingsBlocks are the types of blocks that may have credentials, including blocks of other tools.
const settingsBlocks = `cfplan|cloudflare|backend|encryption|terraform|provider`

var (
	anyContentBlock = strings.Join(contentBlocks, "|")

	// blockLine matches the start of a block that may have credentials. contentLine matches the start
	// of a block that has none.
	blockLine   = regexp.MustCompile(`(?:^\x{feff}?|[{},;\[])\s*"?(?:` + settingsBlocks + `)\b`)
	contentLine = regexp.MustCompile(`^(?:` + anyContentBlock + `)\b[^=]*\{|^\s*"(?:` + anyContentBlock + `)"\s*:`)
	// plainLine matches a line without a value.
	plainLine = regexp.MustCompile(`^\s*(?:(?:` + settingsBlocks + `|limits)(?:\s+"[0-9A-Za-z_-]*")?\s*\{)?` +
		`[\s{}\[\](),]*$`)
	// namedLine matches a line with a name before its value. It does not match a line in which a
	// second equals sign or nothing follows the first one, because that is the end of a text in
	// Base64.
	namedLine = regexp.MustCompile(`^[\s{,]*"?[A-Za-z_][0-9A-Za-z_-]*"?[ \t]*[=:][ \t]*([^=\s].*)$`)
	// secretLine matches a line whose name says that its value is secret.
	secretLine = regexp.MustCompile(
		`(?i)(?:pass(?:word|wd|phrase)|pwd|secret|token|api_?key|(?:access|customer|private)_key)[0-9a-z_-]*` +
			`"?[ \t]*[=:][ \t]*(.*)$`)
	urlStart = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://`)
	heredoc  = regexp.MustCompile(`<<-?[ \t]*([0-9A-Za-z_-]+)\s*$`)
)

// maskValues masks every value in the text of a file and keeps names.
func maskValues(src []byte) []byte {
	return maskLines(src, func(string) int { return itsValue })
}

// maskSettings masks possible secrets in the text of a file that cannot be parsed. It masks all values from the
// start of a block that may have credentials to the start of a block that has none. Elsewhere it masks
// everything that looks secret.
func maskSettings(src []byte) []byte {
	inside := false
	return maskLines(src, func(line string) int {
		inside = blockLine.MatchString(line) || inside && !contentLine.MatchString(line)
		if inside {
			return itsValue
		}
		return secretFrom(line)
	})
}

// Results of the function from that are not offsets; see maskLines.
const (
	itsValue = -1 // mask its value
	nothing  = -2
)

// maskLines masks each line from the offset that the function from returns for it. If a heredoc begins in a masked
// line, it masks the heredoc, too.
func maskLines(src []byte, from func(line string) int) []byte {
	out := bytes.Clone(src)
	until := ""
	for at := 0; at < len(out); {
		end := len(out)
		if n := bytes.IndexByte(out[at:], '\n'); n >= 0 {
			end = at + n + 1
		}

		line := strings.TrimRight(string(src[at:end]), "\r\n")
		start := nothing
		switch trimmed := strings.TrimSpace(line); {
		case until == "":
			start = from(line)
			if m := heredoc.FindStringSubmatch(line); m != nil && start != nothing {
				until = m[1]
			}
		case trimmed == until:
			until = ""
		default:
			start = 0
		}

		if start == itsValue {
			start = valueFrom(line)
		}
		if start >= 0 {
			mask(out[at+start : end])
		}
		at = end
	}
	return out
}

// valueFrom returns the offset of the value in a line.
func valueFrom(line string) int {
	if plainLine.MatchString(line) {
		return nothing
	}
	if m := namedLine.FindStringSubmatchIndex(line); m != nil {
		if plainLine.MatchString(line[m[2]:]) {
			return nothing
		}
		return m[2]
	}
	return 0
}

// secretFrom returns the offset at which a line begins to look secret.
func secretFrom(line string) int {
	if m := secretLine.FindStringSubmatchIndex(line); m != nil && !plainLine.MatchString(line[m[2]:m[3]]) {
		return m[2]
	}
	if m := urlStart.FindStringIndex(line); m != nil && CarriesSecret(line[m[0]:]) {
		return m[0]
	}
	return nothing
}

var quote = regexp.MustCompile(`"([^"\n]+)"`)

// withholdQuotes replaces the details of diagnostics that quote masked parts of a file. src is the text of the
// file, shown is the masked text.
func withholdQuotes(diags hcl.Diagnostics, src, shown []byte) {
	const few = 20
	inSource, inShown := contains(src), contains(shown)
	if len(diags) > few { // a file may have a diagnostic for each line
		inSource, inShown = indexed(src), indexed(shown)
	}
	for _, d := range diags {
		for _, m := range quote.FindAllStringSubmatch(d.Detail, -1) {
			if text := []byte(m[1]); inSource(text) && !inShown(text) {
				d.Detail = withheld
			}
		}
	}
}

func contains(in []byte) func(text []byte) bool {
	return func(text []byte) bool { return bytes.Contains(in, text) }
}

// indexed returns a function that reports whether a text occurs in the given bytes. It is for many texts, because
// it reads the bytes only once.
func indexed(in []byte) func(text []byte) bool {
	index := suffixarray.New(in)
	return func(text []byte) bool { return len(index.Lookup(text, 1)) > 0 }
}
