// Package lang has the functions that expressions may call: those of Terraform, under
// its names, and the sandbox in which they read files.
//
// It knows nothing of zones and of the blocks of a configuration. Whatever evaluates
// expressions that users wrote gives them these functions:
//
//	tree := lang.OpenTree(dir, home)
//	defer tree.Close()
//	ctx := &hcl.EvalContext{Functions: lang.Functions(tree)}
package lang
