// Package lang has the functions that expressions may call: those of Terraform, under
// its names, and the sandbox in which they read files.
//
// It knows nothing of zones and of the blocks of a configuration. Code that evaluates
// users' expressions makes these functions available:
//
//	tree := lang.OpenTree(dir, home)
//	defer tree.Close()
//	budget := lang.NewBudget()
//	ctx := &hcl.EvalContext{Functions: lang.Functions(tree, budget)}
//
// It also calls CheckSource before it parses a source, wraps the source's expressions with
// Meter so that they charge the budget, and reports Budget.Exhausted when it is done.
package lang
