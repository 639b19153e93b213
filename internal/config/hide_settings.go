package config

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// contentBlocks are the types of blocks that have no credentials.
var contentBlocks = []string{"zone", "variable", "locals", "output", "module", "record", "resource", "data"}

// hideSettings masks the credentials in a parsed file. It includes misplaced blocks and attributes, because
// diagnostics about them show their lines.
func hideSettings(r *report, root hcl.Body) {
	body, native := root.(*hclsyntax.Body)
	if !native {
		r.hideMatches(root.MissingItemRange().Filename, sensitiveCall)
		attrs, _ := root.JustAttributes() // declare reports the errors in the body
		for _, a := range attrs {
			if !slices.Contains(contentBlocks, a.Name) {
				hideValue(r, "", a.Name, a.Expr)
			}
		}
		return
	}
	for _, b := range body.Blocks {
		if !slices.Contains(contentBlocks, b.Type) {
			hideBlock(r, b)
		}
	}
	hideSensitiveLiterals(r, body)
}

// sensitiveCall matches a call of sensitive() in JSON, with the rest of its line.
var sensitiveCall = regexp.MustCompile(`\bsensitive\((.*)`)

// hideSensitiveLiterals masks the literals that a file passes to sensitive().
func hideSensitiveLiterals(r *report, body *hclsyntax.Body) {
	_ = hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics { // the callback returns no diagnostics
		call, ok := n.(*hclsyntax.FunctionCallExpr)
		if !ok || call.Name != "sensitive" {
			return nil
		}
		for _, arg := range call.Args {
			if !isReference(arg) {
				r.hide(arg.Range())
			}
		}
		return nil
	})
}

// hideBlock masks the credentials in a block and in the blocks inside it.
func hideBlock(r *report, b *hclsyntax.Block) {
	for _, a := range b.Body.Attributes {
		hideValue(r, b.Type, a.Name, a.Expr)
	}
	for _, inner := range b.Body.Blocks {
		hideBlock(r, inner)
	}
}

// hideValue masks those parts of an attribute's value that are secret. block and name say where the value is.
func hideValue(r *report, block, name string, expr hcl.Expression) {
	if (strayInEncryption(block, name) || SecretAttribute(name) || carriesSecret(r, expr.Range())) && !isReference(expr) {
		r.hide(expr.Range())
		return
	}

	if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		for _, p := range pairs {
			hideValue(r, name, keyText(p.Key), p.Value)
		}
	} else if list, diags := hcl.ExprList(expr); !diags.HasErrors() {
		for _, e := range list {
			hideValue(r, block, name, e)
		}
	}
}

// strayInEncryption reports whether an attribute in an encryption block does not belong there. Its value may be
// a key that the user put there by mistake.
func strayInEncryption(block, name string) bool {
	return block == "encryption" &&
		!slices.ContainsFunc(encryptionSchema.Attributes, func(s hcl.AttributeSchema) bool { return s.Name == name })
}

// keyText returns the key of an object as text, or "" if it is not a literal.
func keyText(key hcl.Expression) string {
	v, diags := key.Value(nil)
	if diags.HasErrors() {
		return ""
	}
	text, _ := plainText(v)
	return text
}

// carriesSecret reports whether the source of a text contains a secret.
func carriesSecret(r *report, rng hcl.Range) bool {
	f := r.files[rng.Filename]
	if f == nil || !rng.CanSliceBytes(f.Bytes) {
		return false
	}
	text := rng.SliceBytes(f.Bytes)
	return bytes.HasPrefix(text, []byte(`"`)) && CarriesSecret(strings.Trim(string(text), `"`))
}

// isReference reports whether an expression is only the name of a variable or a local.
func isReference(expr hcl.Expression) bool {
	t, diags := hcl.AbsTraversalForExpr(expr)
	return !diags.HasErrors() && len(t) > 1 && slices.Contains([]string{"var", "local"}, t.RootName())
}
