package genconfig

import (
	"slices"
	"strconv"
	"strings"
)

const (
	// maxNote is how much of a line of a note is kept, in bytes.
	maxNote = 200
	// maxNoteLines is how many lines of a record's notes are kept.
	maxNoteLines = 20
)

// comments returns the notes of a block's records as lines of comments: those that all records have, for above the
// block, and the others of each record, for above its element; nil if there are none.
func (b block) comments() (above []string, own [][]string) {
	lines := make([][]string, len(b.records))
	for i, r := range b.records {
		lines[i] = noteLines(r.Notes)
	}
	if len(lines) == 1 {
		return lines[0], nil
	}

	above = inAll(lines)
	lines = without(lines, above)
	if b.family {
		var shared []string
		shared, lines = b.sharedAddresses(lines)
		above = append(above, shared...)
	}
	if slices.ContainsFunc(lines, func(own []string) bool { return len(own) > 0 }) {
		own = lines
	}
	return above, own
}

// sharedAddresses cuts the keys off old addresses such as cloudflare_record.mail["mx1"]. The rest stands for the
// family if all of its records have it.
func (b block) sharedAddresses(lines [][]string) (shared []string, rest [][]string) {
	cut := make([][]string, len(lines))
	for i, own := range lines {
		key := shown(b.records[i].Key)
		for _, line := range own {
			cut[i] = append(cut[i], strings.TrimSuffix(strings.TrimSuffix(line, "["+strconv.Quote(key)+"]"), "["+key+"]"))
		}
	}
	shared = inAll(cut)
	rest = make([][]string, len(lines))
	for i, own := range lines {
		for j, line := range own {
			if !slices.Contains(shared, cut[i][j]) {
				rest[i] = append(rest[i], line)
			}
		}
	}
	return shared, rest
}

// inAll returns the lines that all of the texts have, in the order of the first.
func inAll(texts [][]string) []string {
	count := map[string]int{}
	for _, lines := range texts {
		for _, line := range lines { // a text has no line twice
			count[line]++
		}
	}
	var out []string
	for _, line := range texts[0] {
		if count[line] == len(texts) {
			out = append(out, line)
		}
	}
	return out
}

func without(texts [][]string, common []string) [][]string {
	out := make([][]string, len(texts))
	for i, lines := range texts {
		for _, line := range lines {
			if !slices.Contains(common, line) {
				out[i] = append(out[i], line)
			}
		}
	}
	return out
}

// noteLines returns notes as lines that a comment can hold, each once. A note may hold anything, such as a line break
// behind which the comment would be over.
func noteLines(notes []string) []string {
	var out []string
	for _, note := range notes {
		for line := range strings.Lines(note) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			if len(out) == maxNoteLines {
				return append(out, "…")
			}
			if line = shownUpTo(line, maxNote); !slices.Contains(out, line) {
				out = append(out, line)
			}
		}
	}
	return out
}
