// Package lang has the functions that expressions may call: those of Terraform, under
// its names, and the sandbox in which they read files.
//
// It knows nothing of zones and of the blocks of a configuration. Whatever evaluates
// expressions that users wrote gives them these functions:
//
//	tree := lang.OpenTree(dir, home)
//	defer tree.Close()
//	budget := lang.NewBudget()
//	ctx := &hcl.EvalContext{Functions: lang.Functions(tree, budget)}
//
// and checks sources with CheckSource before it parses them, makes their expressions charge
// the budget with Meter, and reports Budget.Exhausted in the end.
package lang
