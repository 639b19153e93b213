package lang

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Budget bounds the work and memory that the evaluation of a configuration may take. All expressions of
// one run share a budget, so that many small expressions cannot take what a single large one may not. A
// budget is not safe for concurrent use.
//
// hcl cannot interrupt an evaluation. Therefore Meter replaces the parts of expressions with nodes that
// count, and Functions returns functions that estimate the size of a result before they make it. A value
// that is too large is an error at its expression, and evaluation continues. If the work or the memory
// of the whole budget is used up, all further values are unknown, and Exhausted returns the only error.
type Budget struct {
	limits
	// live is the size of the values that the current expression holds. kept is the size of the
	// values that stay until the end.
	live, kept int
	// text is the length of the text that the current template has produced so far.
	text int
	// spent counts units of work, instances the repetitions of blocks, entered the instances of
	// modules.
	spent, instances, entered int
	// refusals counts values that were too large.
	refusals int
	// refusal describes the last value that was too large.
	refusal error
	// exhausted is the error that ended evaluation.
	exhausted *hcl.Diagnostic
	// programs maps regular expressions that were used to the sizes of their programs.
	programs map[string]int
}

// limits are the bounds of a budget. The size of a value is approximately the bytes that it takes in
// memory, where a part that occurs several times counts several times.
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

// Prices in units of work. A unit takes about 500 nanoseconds or less.
const (
	priceOfNode = 3 // evaluating a part of an expression
	bytesAUnit  = 128
)

// NewBudget returns an unused budget.
func NewBudget() *Budget { return &Budget{limits: defaultLimits} }

// Exhausted returns the error that ended evaluation, or nil. Code that evaluates expressions must report
// it at the end, because a function such as try may have hidden it.
func (b *Budget) Exhausted() *hcl.Diagnostic { return b.exhausted }

func (b *Budget) isExhausted() bool { return b.exhausted != nil }

// Check charges the budget for a value that was made outside expressions, such as by a conversion, and
// that stays until the end. It returns an error if the value is too large. rng is the range of the
// expression that the value comes from.
func (b *Budget) Check(v cty.Value, rng hcl.Range) hcl.Diagnostics {
	size, err := b.size(v)
	if err != nil {
		return b.refuse(rng, err)
	}
	return b.keep(size, rng)
}

// keep charges the budget for a value that stays until the end.
func (b *Budget) keep(size int, rng hcl.Range) hcl.Diagnostics {
	b.kept += size
	if b.kept > b.limits.kept {
		return b.exhaust(rng, "The variables, local values and outputs up to this one take more than %s together, "+
			"which is the budget of all of them.", inBytes(b.limits.kept))
	}
	return nil
}

// work charges the budget for units of work.
func (b *Budget) work(units int, rng hcl.Range) hcl.Diagnostics {
	b.spent += units
	if b.spent > b.limits.work {
		return b.exhaust(rng,
			"Evaluation stopped at this expression, because all expressions up to it took more than %s steps, "+
				"which is the budget of a configuration. Loops in loops multiply their steps.", thousands(b.limits.work))
	}
	return nil
}

// piecesAUnit is the number of words and signs of a module that one unit of work processes.
const piecesAUnit = 2

// Enter charges the budget for an instance of a module, without the evaluation of its expressions.
// pieces is the number of words and signs in the module's files. ok is false if the budget is used up.
// Only the first such call returns a diagnostic.
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

// repeat charges the budget for n instances of a block.
func (b *Budget) repeat(n int, rng hcl.Range) hcl.Diagnostics {
	b.instances += n
	if b.instances > b.limits.instances {
		return b.exhaust(rng, "The blocks up to this one have more than %s instances together, "+
			"which is the budget of a configuration.", thousands(b.limits.instances))
	}
	return nil
}

// exhaust ends evaluation with an error.
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

// giveUp ends evaluation after many values that were too large, because making each of them may have
// taken as much work as the limits allow.
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
