package lang

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Budget bounds what the evaluation of a configuration may take. All expressions of one run share
// it, so that many of them together cannot take what a single one may not. It is not safe for
// concurrent use.
//
// Evaluation by hcl cannot be interrupted. So a budget replaces the parts of expressions by nodes
// that count (Meter), and functions by ones that know beforehand how large their results will be
// (Functions). A value that is too large is an error at its expression, and evaluation continues.
// Once the work or the memory of the whole is used up, the rest is unknown, and Exhausted has the
// only error.
type Budget struct {
	limits
	// live is the size of the values that the evaluation of one expression holds, kept the size of
	// the values that stay.
	live, kept int
	// text is the length of the text that the current template has produced so far.
	text int
	// spent counts work, instances the repetitions of blocks, and entered the instances of modules.
	spent, instances, entered int
	// refusals counts values that were too large.
	refusals int
	// refusal describes the last of them.
	refusal error
	// exhausted is the error that ended evaluation.
	exhausted *hcl.Diagnostic
	// programs has the sizes of the patterns that were used.
	programs map[string]int
}

// limits are the bounds of a budget. Sizes are approximately the bytes that a value takes; a part
// that occurs several times counts several times.
type limits struct {
	text, value, kept           int
	work, instances, refusals   int
	modules                     int
	digits, textDigits, nesting int
}

// defaultLimits leave room for 100,000 records and for data files of 10 MB. docs/security.md
// lists them for users.
var defaultLimits = limits{
	text:       32 << 20,
	value:      128 << 20,
	kept:       384 << 20,
	work:       20_000_000,
	instances:  300_000,
	modules:    100_000,
	refusals:   20,
	digits:     1_000,
	textDigits: 10_000,
	nesting:    maxNesting,
}

// The prices of work are in units of about 500 nanoseconds, often less.
const (
	priceOfNode = 3 // the evaluation of a part of an expression
	bytesAUnit  = 128
)

// NewBudget returns an unused budget.
func NewBudget() *Budget { return &Budget{limits: defaultLimits} }

// Exhausted returns the error that ended evaluation, or nil. Code that evaluates expressions
// reports it at the end: a function such as try may have hidden it.
func (b *Budget) Exhausted() *hcl.Diagnostic { return b.exhausted }

func (b *Budget) isExhausted() bool { return b.exhausted != nil }

// Check returns an error if a value that was made outside of expressions, such as by a conversion,
// is too large, and counts the value among those that stay. rng is the range of the expression that
// it comes from.
func (b *Budget) Check(v cty.Value, rng hcl.Range) hcl.Diagnostics {
	size, err := b.size(v)
	if err != nil {
		return b.refuse(rng, err)
	}
	return b.keep(size, rng)
}

// keep counts a value that stays until the end.
func (b *Budget) keep(size int, rng hcl.Range) hcl.Diagnostics {
	b.kept += size
	if b.kept > b.limits.kept {
		return b.exhaust(rng, "The variables, local values and outputs up to this one take more than %s together, "+
			"which is the budget of all of them.", inBytes(b.limits.kept))
	}
	return nil
}

// work counts work.
func (b *Budget) work(units int, rng hcl.Range) hcl.Diagnostics {
	b.spent += units
	if b.spent > b.limits.work {
		return b.exhaust(rng,
			"Evaluation stopped at this expression, because all expressions up to it took more than %s steps, "+
				"which is the budget of a configuration. Loops in loops multiply their steps.", thousands(b.limits.work))
	}
	return nil
}

// piecesAUnit is how many words and signs of a module one unit of work processes.
const piecesAUnit = 2

// Enter counts an instance of a module whose files have that many words and signs, without the
// evaluation of its expressions. ok is false if the budget is used up; the diagnostics say so only
// the first time.
func (b *Budget) Enter(pieces int, rng hcl.Range) (ok bool, diags hcl.Diagnostics) {
	if b.isExhausted() {
		return false, nil
	}
	if b.entered++; b.entered > b.limits.modules {
		return false, b.exhaust(rng, "The modules up to this one have more than %s instances together, "+
			"which is the budget of a configuration.", thousands(b.limits.modules))
	}
	diags = b.work(pieces/piecesAUnit, rng)
	return diags == nil, diags
}

// repeat counts the instances of a block.
func (b *Budget) repeat(n int, rng hcl.Range) hcl.Diagnostics {
	b.instances += n
	if b.instances > b.limits.instances {
		return b.exhaust(rng, "The blocks up to this one have more than %s instances together, "+
			"which is the budget of a configuration.", thousands(b.limits.instances))
	}
	return nil
}

// exhaust ends evaluation.
func (b *Budget) exhaust(rng hcl.Range, format string, args ...any) hcl.Diagnostics {
	if b.isExhausted() {
		return nil
	}
	b.exhausted = budgetError(rng, fmt.Sprintf(format, args...))
	return hcl.Diagnostics{b.exhausted}
}

// refuse reports a value that is too large.
func (b *Budget) refuse(rng hcl.Range, err error) hcl.Diagnostics {
	b.refusals, b.refusal = b.refusals+1, err
	return hcl.Diagnostics{budgetError(rng, fmt.Sprintf("This expression makes %v.", err))}
}

// giveUp ends evaluation after many values that were too large, because each of them may have taken
// as much as a bound allows.
func (b *Budget) giveUp(rng hcl.Range) hcl.Diagnostics {
	if b.refusals <= b.limits.refusals {
		return nil
	}
	return b.exhaust(rng,
		"Evaluation stopped at this expression, because more than %d values are too large. The last is %v.",
		b.limits.refusals, b.refusal)
}

func budgetError(rng hcl.Range, detail string) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Expression exceeds the budget of evaluation",
		Detail:   detail,
		Subject:  &rng,
	}
}

// inBytes formats a size for people.
func inBytes(n int) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%s bytes", thousands(n))
}
