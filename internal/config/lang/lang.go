// Package lang defines the functions that expressions may call, the files that they may read, and the
// budget that bounds them. Terraform's functions have Terraform's names.
//
// The package does not know zones or the blocks of a configuration. Code that evaluates users' expressions
// makes the functions available like this:
//
//	tree := lang.OpenTree(dir, home)
//	defer tree.Close()
//	budget := lang.NewBudget()
//	ctx := &hcl.EvalContext{Functions: lang.Functions(tree, budget)}
//
// Such code must also call CheckSource before it parses a source, wrap the source's expressions with Meter
// so that they charge the budget, and report Budget.Exhausted when it is done.
package lang
