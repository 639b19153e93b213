package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// localNodes returns the nodes of local values.
func localNodes(r *report, locals []*hcl.Attribute) []*node {
	out := make([]*node, len(locals))
	for i, a := range locals {
		out[i] = &node{
			id:    nodeID{"local", a.Name},
			rng:   a.NameRange,
			exprs: []hcl.Expression{a.Expr},
			eval:  func(s evalContext) cty.Value { return evalLocal(r, a, s) },
		}
	}
	return out
}

func evalLocal(r *report, a *hcl.Attribute, s evalContext) cty.Value {
	v, diags := s.eval(a.Expr)
	r.add(diags...)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return v
}
