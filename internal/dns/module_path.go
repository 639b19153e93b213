package dns

import (
	"strconv"
	"strings"
)

// The address of a record is ZONE/TYPE/LABEL, with the key of the instance after the label. Inside a module, the path of
// the modules comes before the label, as in example.com/A/module.site["a"].www. A label never begins with `module.`, so
// the two cannot be confused.

// ModulePrefix is the beginning of every module path.
const ModulePrefix = "module."

// SplitModule splits the last part of an address into the path of the modules around the block, which ends in
// a dot, and the block's own label with its key. The path is empty for a block outside of modules.
func SplitModule(label string) (path, own string) {
	for at := 0; ; {
		_, _, rest, ok := CutModule(label[at:])
		if !ok || len(rest) < 2 {
			return label[:at], label[at:]
		}
		at = len(label) - len(rest) + 1
	}
}

// CutModule cuts the first step, such as `module.site["a"]`, off the path of a module. It returns the
// module's name, its key in brackets (or ""), and the rest. ok is false if the text does not begin with a
// step.
func CutModule(text string) (name, key, rest string, ok bool) {
	text, ok = strings.CutPrefix(text, ModulePrefix)
	end := strings.IndexAny(text, ".[/")
	if end < 0 {
		end = len(text)
	}
	name, rest = text[:end], text[end:]
	if !ok || name == "" {
		return "", "", "", false
	}

	if strings.HasPrefix(rest, "[") {
		if key = instanceKey(rest); key == "" {
			return "", "", "", false
		}
		rest = rest[len(key):]
	}
	return name, key, rest, rest == "" || rest[0] == '.'
}

// instanceKey returns the bracketed key of a for_each or count that a text begins with. The text must begin with a
// bracket. instanceKey returns "" if what follows is not a key.
func instanceKey(text string) string {
	inside := text[1:]
	quoted, err := strconv.QuotedPrefix(inside)
	if err != nil || quoted[0] != '"' {
		quoted = inside[:len(inside)-len(strings.TrimLeft(inside, "0123456789"))]
	}
	if quoted == "" || !strings.HasPrefix(inside[len(quoted):], "]") {
		return ""
	}
	return text[:len(quoted)+2]
}

// ValidKey reports whether a text is the bracketed key of an instance, spelled as in addresses.
func ValidKey(text string) bool {
	if !strings.HasPrefix(text, "[") || instanceKey(text) != text {
		return false
	}

	inside := text[1 : len(text)-1]
	if inside[0] != '"' {
		return true
	}
	key, err := strconv.Unquote(inside)
	return err == nil && inside == strconv.Quote(key) // config writes keys with %q
}

// PlainModulePath removes the instance keys from the path of a module. It keeps a final dot.
func PlainModulePath(path string) string {
	if !strings.Contains(path, "[") {
		return path
	}

	var b strings.Builder
	for rest := path; rest != ""; rest = strings.TrimPrefix(rest, ".") {
		name, _, after, ok := CutModule(rest)
		if !ok {
			return path
		}
		b.WriteString(ModulePrefix + name)
		if rest = after; strings.HasPrefix(rest, ".") {
			b.WriteByte('.')
		}
	}
	return b.String()
}

// ModulesAround returns the paths of the modules around a block, the outermost first. A path that ends in a key is
// followed by the same path without that key. label is the last part of the block's address.
func ModulesAround(label string) []string {
	path, _ := SplitModule(label)
	var out []string
	for at := 0; at < len(path); at++ {
		_, key, rest, _ := CutModule(path[at:])
		at = len(path) - len(rest)
		out = append(out, path[:at])
		if key != "" {
			out = append(out, path[:at-len(key)])
		}
	}
	return out
}

// WithoutKey removes the instance key from the label of a block. The label must not include a module path.
func WithoutKey(label string) string {
	for i := range len(label) {
		if label[i] == '[' && ValidKey(label[i:]) {
			return label[:i]
		}
	}
	return label
}

// Families returns the addresses and module paths by which a block can refer to a record, the narrowest first: the
// record's own address, that address without its last key, and the modules around it, each with and without its last
// key.
func Families(address string) []string {
	zone, rest, _ := strings.Cut(address, "/")
	typ, label, _ := strings.Cut(rest, "/")
	path, own := SplitModule(label)
	out := []string{address}
	if family := WithoutKey(own); family != own {
		out = append(out, zone+"/"+typ+"/"+path+family)
	}

	modules := ModulesAround(label)
	for i := len(modules) - 1; i >= 0; i-- {
		// Of the two forms of a module, the one with its key comes first.
		if i > 0 && strings.HasPrefix(modules[i-1], modules[i]+"[") {
			out = append(out, modules[i-1], modules[i])
			i--
			continue
		}
		out = append(out, modules[i])
	}
	return out
}
