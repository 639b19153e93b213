package lang

import (
	"fmt"
	"math/big"

	"github.com/zclconf/go-cty/cty"
)

// Approximate sizes of the parts of a value, in bytes.
const (
	sizeOfValue   = 16
	sizeOfNumber  = 64
	sizeOfElement = 32
)

// tooLarge is an error that describes a value that the budget does not allow.
type tooLarge string

func (e tooLarge) Error() string { return string(e) }

// size returns the size of a value as if its parts shared no memory. A list that contains the same list
// twice counts that list twice, because comparing, converting or writing the value walks through it
// twice. size returns an error as soon as the value exceeds a limit.
func (b *Budget) size(v cty.Value) (int, error) {
	if text, ok := plainText(v); ok {
		return sizeOfValue + len(text), b.checkText(text)
	}
	g := gauge{budget: b}
	return g.size, g.add(v, 0)
}

// plainText returns the text of a value that is a known text without marks. It is the fast path for most
// values.
func plainText(v cty.Value) (string, bool) {
	if v.Type() != cty.String || v.IsMarked() || v.IsNull() || !v.IsKnown() {
		return "", false
	}
	return v.AsString(), true
}

// checkText refuses a text that is too long. It also refuses a text that begins with too many digits, because
// reading it as a number takes quadratic time.
func (b *Budget) checkText(s string) error {
	if len(s) > b.limits.text {
		return b.tooLongText()
	}
	if len(s) > b.textDigits && numberPrefix(s, b.textDigits) {
		return fmt.Errorf("a text that begins with more than %s digits, which is the budget of a number in a text",
			thousands(b.textDigits))
	}
	return nil
}

func (b *Budget) tooLongText() error {
	return tooLarge(fmt.Sprintf("a text of more than %s, which is the budget of one text", inBytes(b.limits.text)))
}

func (b *Budget) tooLargeValue() error {
	return tooLarge(fmt.Sprintf("a value of more than %s, which is the budget of one value", inBytes(b.limits.value)))
}

func (b *Budget) tooLongNumber() error {
	return tooLarge(fmt.Sprintf("a number of more than %s digits, which is the budget of one number",
		thousands(b.digits)))
}

// numberPrefix reports whether a text begins with more than n characters of a number.
func numberPrefix(s string, n int) bool {
	for i := range n {
		if c := s[i]; !isDigit(c) && c != '.' && c != '-' && c != '+' && c != '_' {
			return false
		}
	}
	return true
}

// gauge measures the size of one value.
type gauge struct {
	budget *Budget
	size   int
}

func (g *gauge) add(v cty.Value, depth int) error {
	if v.IsMarked() {
		v, _ = v.Unmark()
	}
	g.size += sizeOfValue
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() {
		return nil
	}

	switch t := v.Type(); {
	case t == cty.String:
		text := v.AsString()
		g.size += len(text)
		return g.budget.checkText(text)
	case t == cty.Number:
		return g.addNumber(v.AsBigFloat())
	case t.IsCollectionType(), t.IsTupleType(), t.IsObjectType():
		return g.addElements(v, depth+1)
	}
	return nil
}

// addNumber adds the size of a number: its digits, counted as text.
func (g *gauge) addNumber(f *big.Float) error {
	digits := decimalDigits(f)
	g.size += sizeOfNumber + digits
	if digits > g.budget.digits {
		return g.budget.tooLongNumber()
	}
	return nil
}

// decimalDigits returns the approximate number of digits that a number has before or after the point.
func decimalDigits(f *big.Float) int {
	if f.IsInf() {
		return 0
	}
	bits := f.MantExp(nil)
	return int(int64(max(bits, -bits)) * 30103 / 100000)
}

func (g *gauge) addElements(v cty.Value, depth int) error {
	if depth > g.budget.nesting {
		return fmt.Errorf("a value that is nested in more than %s levels, which is the budget of nesting",
			thousands(g.budget.nesting))
	}
	named := v.Type().IsMapType() || v.Type().IsObjectType()
	if v.LengthInt() > g.budget.limits.value/sizeOfElement {
		return g.budget.tooLargeValue()
	}

	for k, e := range v.Elements() {
		g.size += sizeOfElement
		if named {
			g.size += len(k.AsString())
		}
		if err := g.add(e, depth); err != nil {
			return err
		}
		if g.size > g.budget.limits.value {
			return g.budget.tooLargeValue()
		}
	}
	return nil
}
