package render

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

const (
	// longestExcerpt is how many columns of a source line are shown.
	longestExcerpt = 160
	// leadIn is how many of these columns are in front of the marked part, if the line is long after that part.
	leadIn = longestExcerpt / 3
	// tabWidth is the maximum number of columns that a tab takes.
	tabWidth = 8
	// ellipsis stands for each part that is cut from a line or a value.
	ellipsis = "…"
)

// source is a text with the offsets of its lines, so that finding a line does not take a pass over the text.
type source struct {
	text   []byte
	starts []int
}

func newSource(text []byte) *source {
	s := &source{text, make([]int, 1, 1+bytes.Count(text, []byte{'\n'}))}
	for i, c := range text {
		if c == '\n' && i+1 < len(text) {
			s.starts = append(s.starts, i+1)
		}
	}
	return s
}

// lineAt returns the index of the line that contains an offset.
func (s *source) lineAt(offset int) int {
	i, found := slices.BinarySearch(s.starts, offset)
	if found {
		return i
	}
	return i - 1
}

// line returns the offsets of a line's beginning and end, without its line break.
func (s *source) line(index int) (from, to int) {
	from, to = s.starts[index], len(s.text)
	if index+1 < len(s.starts) {
		to = s.starts[index+1]
	}
	return from, from + len(bytes.TrimRight(s.text[from:to], "\r\n"))
}

// excerpt returns the shown part of a line: the marked part between the offsets from and to, and the text before and
// after it. It cuts a long line around the marked part, and replaces characters that could control a terminal or a CI
// job. However long the line is, excerpt reads only some hundred bytes of it.
func excerpt(line []byte, from, to int) (before, marked, after string) {
	from = max(0, min(from, len(line)))
	to = max(from, min(to, len(line)))
	head, cutHead := lastBytes(line[:from])
	tail, cutTail := firstBytes(line[from:])

	// Mask both together, because a command to GitHub's runner may begin in one and end in the other.
	shown := bytes.ReplaceAll(Mask(slices.Concat(head, tail)), []byte{'\r'}, []byte{'?'})
	left, right := clusters(shown[:len(head)]), clusters(shown[len(head):])
	room := longestExcerpt - min(columns(right), longestExcerpt-leadIn)
	before, fits := left.last(room)
	cutHead = cutHead || !fits
	behind, fits := right.first(longestExcerpt - columns(clusters([]byte(before))))
	cutTail = cutTail || !fits

	end := min(to-from, len(behind))
	marked, after = behind[:end], behind[end:]
	if cutHead {
		before = ellipsis + before
	}
	if cutTail {
		after += ellipsis
	}

	return before, marked, after
}

// window is how many bytes on each side of a place can be in its excerpt.
const window = longestExcerpt * utf8.UTFMax

// lastBytes returns the last bytes of a text, at most window, beginning with a whole character. cut reports
// whether they are not the whole text.
func lastBytes(text []byte) (end []byte, cut bool) {
	if len(text) <= window {
		return text, false
	}
	text = text[len(text)-window:]
	for i := range min(utf8.UTFMax, len(text)) {
		if utf8.RuneStart(text[i]) {
			return text[i:], true
		}
	}
	return text, true
}

// firstBytes returns the first bytes of a text, at most window, ending with a whole character. cut reports whether
// they are not the whole text.
func firstBytes(text []byte) (start []byte, cut bool) {
	if len(text) <= window {
		return text, false
	}
	for i := window; i > window-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			return text[:i], true
		}
	}
	return text[:window], true
}

// cluster is a sequence that a reader sees as one character.
type cluster struct {
	text  []byte
	width int
}

type clusterList []cluster

// clusters splits a text into grapheme clusters.
func clusters(text []byte) clusterList {
	var out clusterList
	for len(text) > 0 {
		first, width := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
		if first[0] == '\t' {
			width = tabWidth
		}
		out = append(out, cluster{first, width})
		text = text[len(first):]
	}
	return out
}

func columns(list clusterList) int {
	n := 0
	for _, c := range list {
		n += c.width
	}
	return n
}

// first returns the longest beginning of a text that fits into room columns. all reports whether the whole text fits.
func (l clusterList) first(room int) (text string, all bool) {
	var out []byte
	for _, c := range l {
		if room -= c.width; room < 0 {
			return string(out), false
		}
		out = append(out, c.text...)
	}
	return string(out), true
}

// last returns the longest end of a text that fits into room columns. all reports whether the whole text fits.
func (l clusterList) last(room int) (text string, all bool) {
	from := len(l)
	for from > 0 && l[from-1].width <= room {
		from--
		room -= l[from].width
	}
	text, _ = l[from:].first(longestExcerpt)
	return text, from == 0
}
