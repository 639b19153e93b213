package dns

import (
	"iter"
	"slices"
	"strings"
)

// Shapes is a set of shapes, each with a value. It finds the shapes that match a text without comparing the text with
// every shape: a thousand patterns and ten thousand records must not cost ten million comparisons. The zero value is
// empty.
//
// Shapes files a shape of one piece under that piece. It files every other shape under its first or last
// piece, whichever fewer shapes share so far, or, if the shape is open at both ends, under a piece in the
// middle. Match looks up the text itself, and those beginnings, ends and inner parts of the text that have
// the length of a filed piece. Only shapes whose pieces are all empty are compared with every text.
type Shapes[T any] struct {
	whole                 map[string][]T
	heads, tails, middles filed[T]
}

// filed holds shapes by the piece that each is filed under.
type filed[T any] struct {
	lengths []int // lengths of the pieces in bytes, ascending
	byPiece map[string][]shaped[T]
}

type shaped[T any] struct {
	shape Shape
	value T
}

// Add adds a shape with a value. A shape that is added twice has both values.
func (s *Shapes[T]) Add(shape Shape, value T) {
	if len(shape) < 2 {
		if s.whole == nil {
			s.whole = map[string][]T{}
		}
		text := strings.Join(shape, "")
		s.whole[text] = append(s.whole[text], value)
		return
	}

	one := shaped[T]{shape, value}
	first, last, middle := shape[0], shape[len(shape)-1], middleOf(shape)
	switch {
	case first == "" && last == "" && middle != "":
		s.middles.add(middle, one)
	case last == "" || first != "" && len(s.heads.byPiece[first]) <= len(s.tails.byPiece[last]):
		s.heads.add(first, one)
	default:
		s.tails.add(last, one)
	}
}

// middleOf returns the beginning of the longest piece between the first and the last. It returns at most
// eight bytes, so that there are few different lengths to look up.
func middleOf(shape Shape) string {
	const enough = 8
	longest := ""
	for _, piece := range shape[1 : len(shape)-1] {
		if len(piece) > len(longest) {
			longest = piece
		}
	}
	return longest[:min(enough, len(longest))]
}

func (f *filed[T]) add(piece string, one shaped[T]) {
	if f.byPiece == nil {
		f.byPiece = map[string][]shaped[T]{}
	}
	if i, known := slices.BinarySearch(f.lengths, len(piece)); !known {
		f.lengths = slices.Insert(f.lengths, i, len(piece))
	}
	f.byPiece[piece] = append(f.byPiece[piece], one)
}

// Match returns the values of the shapes that match the text.
func (s *Shapes[T]) Match(text string) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, value := range s.whole[text] {
			if !yield(value) {
				return
			}
		}

		for list := range s.candidates(text) {
			for _, one := range list {
				if one.shape.Match(text) && !yield(one.value) {
					return
				}
			}
		}
	}
}

// candidates returns lists of the shapes of several pieces that may match the text.
func (s *Shapes[T]) candidates(text string) iter.Seq[[]shaped[T]] {
	return func(yield func([]shaped[T]) bool) {
		for _, n := range s.heads.upTo(len(text)) {
			if list := s.heads.byPiece[text[:n]]; len(list) > 0 && !yield(list) {
				return
			}
		}

		for _, n := range s.tails.upTo(len(text)) {
			if list := s.tails.byPiece[text[len(text)-n:]]; len(list) > 0 && !yield(list) {
				return
			}
		}

		s.inside(text, yield)
	}
}

// inside yields the candidates that are filed under an inner part of the text, each list once.
func (s *Shapes[T]) inside(text string, yield func([]shaped[T]) bool) {
	for _, n := range s.middles.upTo(len(text)) {
		for i := range len(text) - n + 1 {
			part := text[i : i+n]
			list := s.middles.byPiece[part]
			if len(list) == 0 || strings.Index(text, part) < i {
				continue
			}
			if !yield(list) {
				return
			}
		}
	}
}

// upTo returns the lengths of the filed pieces that are not longer than the given length.
func (f *filed[T]) upTo(length int) []int {
	n, exact := slices.BinarySearch(f.lengths, length)
	if exact {
		n++
	}
	return f.lengths[:n]
}
