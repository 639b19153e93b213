package importer

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
)

// terraformAddress is the address of an instance, such as
// `module.zones["example.org"].cloudflare_record.this["spf"]`. Its parts come from the state and may contain
// any characters.
type terraformAddress struct {
	// module is the path of the module as Terraform writes it, with keys, or "" for the root module.
	module    string
	typ, name string
	// key is the key in the resource's for_each, or the number in its count.
	key string
	// keyed reports whether there is a key, and numbered whether the key is a number.
	keyed, numbered bool
}

// withKey returns the address of the instance of a resource that has the key: a text, a number, or nil for
// none.
func (a terraformAddress) withKey(key any) terraformAddress {
	switch key := key.(type) {
	case string:
		a.key, a.keyed = key, true
	case json.Number:
		a.key, a.keyed, a.numbered = string(key), true, true
		if f, err := key.Float64(); err == nil {
			a.key = strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	return a
}

// resource returns the address of the resource, with the keys of its modules.
func (a terraformAddress) resource() string {
	own := a.typ + "." + a.name
	if a.module == "" {
		return own
	}
	return a.module + "." + own
}

// block returns the address without any key, as a removed block takes it.
func (a terraformAddress) block() string {
	a.module = dns.PlainModulePath(a.module)
	return a.resource()
}

// String returns the address as Terraform writes it.
func (a terraformAddress) String() string {
	switch {
	case !a.keyed:
		return a.resource()
	case a.numbered:
		return a.resource() + "[" + a.key + "]"
	}
	return a.resource() + "[" + terraformQuote(a.key) + "]"
}

// terraformQuote returns a key as Terraform quotes it in HCL.
func terraformQuote(key string) string {
	if strings.IndexFunc(key, needsQuoting) < 0 {
		return `"` + key + `"` // fast path for most keys
	}
	return string(hclwrite.TokensForValue(cty.StringVal(key)).Bytes())
}

func needsQuoting(r rune) bool {
	return r < ' ' || r > '~' || r == '"' || r == '\\' || r == '$' || r == '%'
}

// moduleStep is a module on the path to a resource.
type moduleStep struct {
	name string
	// key is the key in the module's for_each or count, or "".
	key string
}

// steps splits the path of the module. ok is false if it is not a path.
func (a terraformAddress) steps() (steps []moduleStep, ok bool) {
	for rest := a.module; rest != ""; {
		name, key, after, ok := dns.CutModule(rest)
		if !ok || after == "." {
			return nil, false
		}
		steps = append(steps, moduleStep{name, unquoteKey(strings.Trim(key, "[]"))})
		rest = strings.TrimPrefix(after, ".")
	}
	return steps, true
}

// unquoteKey returns the value of a key in HCL, or the text itself if it is not a quoted key.
func unquoteKey(text string) string {
	key, err := strconv.Unquote(text)
	if err != nil {
		return text
	}
	return strings.NewReplacer("$${", "${", "%%{", "%{").Replace(key)
}

// writable reports whether the address without its keys can be written as HCL.
func (a terraformAddress) writable() bool {
	steps, ok := a.steps()
	for _, s := range steps {
		ok = ok && genconfig.VisibleIdentifier(s.name)
	}
	return ok && genconfig.VisibleIdentifier(a.typ) && genconfig.VisibleIdentifier(a.name)
}
