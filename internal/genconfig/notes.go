package genconfig

import (
	"slices"
	"strconv"
	"strings"
)

const (
	// maxNote is the largest length of a line of a note, in bytes.
	maxNote = 200
	// maxNoteLines is the largest number of lines of a record's notes.
	maxNoteLines = 20
)

// comments returns the notes of a block's records as lines of comments. above has the lines that all records
// have, for the place above the block. own has the other lines of each record, for the place above its
// element; it is nil if there are none.
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

// sharedAddresses finds old addresses that differ only in their keys, such as cloudflare_record.mail["mx1"].
// shared has them without the keys, for the whole family, and rest has the other lines of each record.
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

// inAll returns the lines that all texts have, in the order of the first text.
func inAll(texts [][]string) []string {
	count := map[string]int{}
	for _, lines := range texts {
		for _, line := range lines { // no text repeats a line
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

// noteLines returns notes as lines that are safe in a comment, each once. A note may contain anything, such
// as a line break, which would end the comment.
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
