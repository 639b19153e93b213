package lang

import (
	"math"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// estimates returns the estimates for the functions whose result can be far larger than their arguments, or
// that take far longer than reading their arguments.
func estimates() map[string]estimate {
	return map[string]estimate{
		"csvdecode":  estimateCSV,
		"distinct":   estimateSquare,
		"fileset":    estimateFileSet,
		"format":     estimateFormat,
		"formatlist": estimateFormatList,
		"indent":     estimateIndent,
		"join":       estimateJoin,
		"jsondecode": estimateJSON,
		"matchkeys":  estimateMatch,
		"parseint":   estimateParseInt,
		"regex":      estimateRegex,
		"regexall":   estimateRegex,
		"replace":    estimateReplace,
		"setproduct": estimateProduct,
		"split":      estimateSplit,
		"trim":       estimateTrim,
		"yamldecode": estimateYAML,
		"yamlencode": estimateYAMLEncode,
	}
}

// product multiplies numbers that are not negative, without overflow.
func product(factors ...int) int {
	out := 1
	for _, f := range factors {
		if f != 0 && out > math.MaxInt/2/f {
			return math.MaxInt / 2
		}
		out *= f
	}
	return out
}

// sumOf adds numbers that are not negative, without overflow.
func sumOf(terms ...int) int {
	out := 0
	for _, t := range terms {
		out = min(out, math.MaxInt/2) + min(t, math.MaxInt/2-1)
	}
	return out
}

func isText(v cty.Value) bool { return v.Type() == cty.String }

// countOf returns the number of elements of a collection, or 1 for any other value.
func countOf(v cty.Value) int {
	if t := v.Type(); t.IsCollectionType() || t.IsTupleType() || t.IsObjectType() {
		return v.LengthInt()
	}
	return 1
}

// wide matches a width, a precision or an index in a format. It does not distinguish them.
var wide = regexp.MustCompile(`[0-9]+`)

// formatted returns an upper bound for the length of a formatted text: the length of the format, its
// widths, and the longest value once for each verb.
func formatted(b *Budget, format string, values []cty.Value) (int, error) {
	longest := 0
	for _, v := range values {
		size, err := b.size(v)
		if err != nil {
			return 0, err
		}
		longest = max(longest, size)
	}

	out := sumOf(len(format), product(strings.Count(format, "%"), 4, longest))
	for _, digits := range wide.FindAllString(format, -1) {
		out = sumOf(out, wholeOf(digits))
	}
	return out, nil
}

// wholeOf parses digits. It returns the largest int for a number that does not fit.
func wholeOf(digits string) int {
	n, _ := strconv.Atoi(digits) // with an error, Atoi returns the largest int
	return n
}

func estimateFormat(b *Budget, args []cty.Value) (cost, error) {
	n, err := formatted(b, args[0].AsString(), args[1:])
	return cost{text: n}, err
}

func estimateFormatList(b *Budget, args []cty.Value) (cost, error) {
	var lists, single []cty.Value
	times := 1
	for _, a := range args[1:] {
		if t := a.Type(); t.IsListType() || t.IsSetType() || t.IsTupleType() {
			lists = append(lists, a)
			times = max(times, a.LengthInt())
		} else {
			single = append(single, a)
		}
	}

	each, err := formatted(b, args[0].AsString(), single)
	if err != nil {
		return cost{}, err
	}
	elements := 0
	for _, l := range lists {
		size, err := b.size(l)
		if err != nil {
			return cost{}, err
		}
		elements = sumOf(elements, product(strings.Count(args[0].AsString(), "%"), size))
	}
	return cost{value: sumOf(product(times, each+sizeOfElement), elements)}, nil
}

func estimateIndent(_ *Budget, args []cty.Value) (cost, error) {
	spaces, ok := WholeNumber(args[0])
	if !ok || spaces < 0 {
		return cost{}, nil // the function itself refuses the argument
	}
	lines := strings.Count(args[1].AsString(), "\n") + 1
	return cost{text: sumOf(len(args[1].AsString()), product(spaces, lines))}, nil
}

func estimateJoin(b *Budget, args []cty.Value) (cost, error) {
	out := 0
	for _, list := range args[1:] {
		size, err := b.size(list)
		if err != nil {
			return cost{}, err
		}
		elements := countOf(list)
		out = sumOf(out, max(size-elements*(sizeOfElement+sizeOfValue), 0), product(len(args[0].AsString()), elements))
	}
	return cost{text: out}, nil
}

func estimateSplit(_ *Budget, args []cty.Value) (cost, error) {
	separator, text := args[0].AsString(), args[1].AsString()
	return cost{value: product(strings.Count(text, separator)+1, sizeOfElement+sizeOfValue)}, nil
}

func estimateTrim(_ *Budget, args []cty.Value) (cost, error) {
	return cost{work: product(len(args[0].AsString()), len(args[1].AsString())) / bytesAUnit}, nil
}

func estimateParseInt(b *Budget, args []cty.Value) (cost, error) {
	if isText(args[0]) && len(args[0].AsString()) > 8*b.digits {
		return cost{}, b.tooLongNumber()
	}
	return cost{}, nil
}

func estimateProduct(_ *Budget, args []cty.Value) (cost, error) {
	rows := 1
	for _, a := range args {
		rows = product(rows, countOf(a))
	}
	return cost{value: product(rows, sizeOfElement+len(args)*(sizeOfElement+sizeOfValue))}, nil
}

// estimateSquare is the estimate for functions that compare all elements with each other.
func estimateSquare(_ *Budget, args []cty.Value) (cost, error) {
	n := countOf(args[0])
	return cost{work: product(n, n) / 2}, nil
}

// estimateFileSet charges for a walk through a small directory, about half a millisecond.
func estimateFileSet(*Budget, []cty.Value) (cost, error) { return cost{work: 1000}, nil }

func estimateMatch(_ *Budget, args []cty.Value) (cost, error) {
	return cost{work: product(countOf(args[1]), countOf(args[2]))}, nil
}

// matchesAUnit is the number of states of a pattern that one unit of work checks.
const matchesAUnit = 64

// matching returns the work of matching a pattern in a text. In the worst case, the matcher checks each
// state of the pattern's program for each byte.
func (b *Budget) matching(pattern, text string) int {
	states := b.states(pattern)
	return sumOf(states/8, product(states, len(text))/matchesAUnit)
}

// states returns the number of states of a pattern's program, or 0 if the text is not a valid pattern. It
// remembers the numbers, because configurations use the same patterns again and again.
func (b *Budget) states(pattern string) int {
	if n, known := b.programs[pattern]; known {
		return n
	}

	n := 0
	if tree, err := syntax.Parse(pattern, syntax.Perl); err == nil {
		if program, err := syntax.Compile(tree.Simplify()); err == nil {
			n = len(program.Inst)
		}
	}
	if b.programs == nil || len(b.programs) >= mostPrograms {
		b.programs = map[string]int{}
	}
	b.programs[pattern] = n
	return n
}

// mostPrograms is the greatest number of patterns that states remembers.
const mostPrograms = 1000

// affords reports whether the budget has this much work left. If not, the caller can refuse the call
// without a closer estimate.
func (b *Budget) affords(work int) bool { return work <= b.limits.work-b.spent }

func estimateRegex(b *Budget, args []cty.Value) (cost, error) {
	pattern, text := args[0].AsString(), args[1].AsString()
	c := cost{work: b.matching(pattern, text)}
	if !b.affords(c.work) {
		return c, nil
	}
	groups := strings.Count(pattern, "(") + 1
	each := sizeOfElement + groups*(sizeOfElement+sizeOfValue)
	if product(len(text)+1, each) > b.limits.value {
		c.value = product(matches(pattern, text), each)
	}
	return c, nil
}

// matches counts the matches of a pattern in a text.
func matches(pattern, text string) int {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return 0 // the function itself reports the invalid pattern
	}
	n := 0
	re.ReplaceAllStringFunc(text, func(string) string {
		n++
		return ""
	})
	return n
}

func estimateReplace(b *Budget, args []cty.Value) (cost, error) {
	text, search, by := args[0].AsString(), args[1].AsString(), args[2].AsString()
	pattern, ok := asPattern(search)
	if !ok {
		return cost{text: sumOf(len(text), product(strings.Count(text, search), len(by)))}, nil
	}

	c := cost{work: b.matching(pattern, text)}
	if !b.affords(c.work) {
		return c, nil
	}
	groups := product(strings.Count(by, "$"), len(text))
	c.text = sumOf(len(text), groups, product(len(text)+1, len(by)))
	if c.text > b.limits.text {
		c.text = sumOf(len(text), groups, product(matches(pattern, text), len(by)))
	}
	return c, nil
}
