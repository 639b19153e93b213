package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// Limits for reading YAML, because a few hundred bytes of aliases can stand for billions of values.
const (
	// maxYAMLParts is the largest number of values that a file may have. It is checked before the file is
	// parsed.
	maxYAMLParts = 8 << 20
	// freeYAMLSteps and stepsOfByte limit the number of values that the reader visits, also through aliases.
	// The limit grows with the size of the source.
	freeYAMLSteps = 1 << 20
	stepsOfByte   = 32
	// maxYAMLNesting is the largest depth to which aliases, includes and merged mappings may lead to each
	// other.
	maxYAMLNesting = 20
	// stepsOfFinding and stepsOfRecord are the numbers of steps that a diagnostic and a record use up.
	stepsOfFinding = 200
	stepsOfRecord  = 32
)

// yamlFile is a file of YAML.
type yamlFile struct {
	// name is the file's name in messages.
	name string
	// path is the file's path in Input.Dir. It is empty for a pipe.
	path string
}

// yamlValue is a value with the file that it is in.
type yamlValue struct {
	*yaml.Node
	file *yamlFile
	// parts are the values that an !include with a list of files joins, all of one kind. In this case, Node
	// is the list.
	parts []yamlValue
}

func (v yamlValue) position() *plan.Position {
	return &plan.Position{File: v.file.name, Line: v.Line}
}

// kind returns the kind of the value, or of the values that it includes.
func (v yamlValue) kind() yaml.Kind {
	if len(v.parts) > 0 {
		return v.parts[0].kind()
	}
	return v.Kind
}

func (v yamlValue) child(n *yaml.Node) yamlValue { return yamlValue{Node: n, file: v.file} }

// yamlPair is an entry of a mapping.
type yamlPair struct {
	key   string
	at    yamlValue
	value yamlValue
}

// yamlReader reads YAML 1.1 as PyYAML does, and collects the problems.
type yamlReader struct {
	in    Input
	diags []plan.Diagnostic
	// left is the number of steps that are left. After they are used up, spend refuses everything.
	left int
	// bytes counts the bytes of the source that were read.
	bytes int
	// included are the values of the files that were read, by their paths.
	included map[string]yamlValue
}

func newYAMLReader(in Input) *yamlReader {
	return &yamlReader{in: in, left: freeYAMLSteps + stepsOfByte*len(in.Text), bytes: len(in.Text), included: map[string]yamlValue{}}
}

// spend uses up steps and reports whether enough were left. The first time that they were not, it adds an
// error.
func (r *yamlReader) spend(steps int, v yamlValue) bool {
	if r.left < 0 {
		return false
	}
	r.left -= steps
	if r.left >= 0 {
		return true
	}

	r.diags = append(r.diags, plan.Diagnostic{
		Severity: dns.Error,
		Summary:  "Too many values",
		Detail: fmt.Sprintf("%s stands for more values than cfplan reads from one source, because aliases, merge keys "+
			"and includes repeat them. Write the values that the zone needs without aliases.", dns.Show(r.in.Name)),
		Position: v.position(),
	})
	return false
}

func (r *yamlReader) fail(v yamlValue, summary, format string, args ...any) {
	r.report(dns.Error, v, summary, format, args...)
}

func (r *yamlReader) warn(v yamlValue, summary, format string, args ...any) {
	r.report(dns.Warning, v, summary, format, args...)
}

func (r *yamlReader) report(s dns.Severity, v yamlValue, summary, format string, args ...any) {
	if !r.spend(stepsOfFinding, v) {
		return
	}
	r.diags = append(r.diags, plan.Diagnostic{
		Severity: s,
		Summary:  summary,
		Detail:   fmt.Sprintf(format, args...),
		Position: v.position(),
	})
}

// parse returns the value of a file, which must have one document. An empty file gives a null.
func (r *yamlReader) parse(text []byte, file *yamlFile) (yamlValue, bool) {
	root := yamlValue{Node: &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: 1}, file: file}
	if yamlParts(text) > maxYAMLParts {
		r.fail(root, "File too large", "%s has more values than cfplan reads from one file.", dns.Show(file.name))
		return root, false
	}

	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, more yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return root, true
	case err != nil:
		r.invalid(root, err)
		return root, false
	}
	switch err := decoder.Decode(&more); {
	case errors.Is(err, io.EOF):
	case err != nil:
		r.invalid(root, err)
		return root, false
	default:
		r.fail(root.child(&more), "Several documents", "%s has more than one YAML document. octoDNS reads only files with one document.",
			dns.Show(file.name))
		return root, false
	}
	if len(document.Content) == 0 {
		return root, true
	}
	return root.child(document.Content[0]), true
}

// yamlParts returns an upper limit for the number of values in a text: each value begins or ends with one of
// these characters.
func yamlParts(text []byte) int {
	n := 1
	for _, c := range text {
		switch c {
		case ',', ':', '[', '{', '-', '?', '\n':
			n++
		}
	}
	return n
}

var yamlLineOfError = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// invalid reports a text that is not YAML. Of the text, the parser's messages quote only names of anchors and
// tags.
func (r *yamlReader) invalid(root yamlValue, err error) {
	message := err.Error()
	at := *root.Node
	if m := yamlLineOfError.FindStringSubmatch(message); m != nil {
		message = message[len(m[0]):]
		at.Line, _ = strconv.Atoi(m[1])
		at.Line = max(at.Line, 1)
	}
	r.fail(root.child(&at), "Invalid YAML", "%s is not valid YAML, or is cut off: %s.", dns.Show(root.file.name), dns.Show(message))
}

// yamlTags are the standard tags of YAML, which the reader accepts.
var yamlTags = []string{"!", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!map", "!!seq"}

// resolve follows aliases and includes to a value. If it fails, it reports why.
func (r *yamlReader) resolve(v yamlValue) (yamlValue, bool) {
	for range maxYAMLNesting {
		if !r.spend(1, v) {
			return v, false
		}
		switch {
		case len(v.parts) > 0:
			return v, true
		case v.Kind == yaml.AliasNode:
			v = v.child(v.Alias)
		case v.Tag == "!include":
			included, ok := r.include(v)
			if !ok {
				return v, false
			}
			v = included
		case v.Style&yaml.TaggedStyle != 0 && !slices.Contains(yamlTags, v.Tag):
			r.fail(v, "Unknown tag", "The tag %s is not known. octoDNS knows only !include.", dns.Show(v.Tag))
			return v, false
		default:
			return v, true
		}
	}
	r.fail(v, "Endless include", "Files that include each other, or more than %d of them, cannot be read.", maxYAMLNesting)
	return v, false
}

// items returns the elements of a list, or of the lists that an !include joins.
func (r *yamlReader) items(v yamlValue) []yamlValue {
	var out []yamlValue
	for _, part := range v.parts {
		out = append(out, r.items(part)...)
	}
	if len(v.parts) > 0 || !r.spend(len(v.Content), v) {
		return out
	}
	for _, n := range v.Content {
		out = append(out, v.child(n))
	}
	return out
}

// pairs returns the entries of a mapping, including those of its merge keys. A repeated key is an error.
func (r *yamlReader) pairs(v yamlValue) []yamlPair { return r.pairsWithin(v, 0) }

func (r *yamlReader) pairsWithin(v yamlValue, depth int) []yamlPair {
	if depth > maxYAMLNesting {
		r.fail(v, "Endless merge", "Mappings that merge each other, or more than %d of them, cannot be read.", maxYAMLNesting)
		return nil
	}
	if len(v.parts) > 0 {
		return r.joined(v, depth)
	}

	out, merged, at := r.ownPairs(v)
	for _, m := range merged {
		for _, from := range r.mappings(m) {
			for _, p := range r.pairsWithin(from, depth+1) {
				if _, known := at[p.key]; !known {
					at[p.key] = len(out)
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// ownPairs returns the entries of the mapping itself, the values of its merge keys, and the index in out of
// each key.
func (r *yamlReader) ownPairs(v yamlValue) (out []yamlPair, merged []yamlValue, at map[string]int) {
	at = make(map[string]int, len(v.Content)/2)
	if !r.spend(len(v.Content), v) {
		return nil, nil, at
	}
	for i := 0; i+1 < len(v.Content); i += 2 {
		key, value := v.child(v.Content[i]), v.child(v.Content[i+1])
		if key.Tag == "!!merge" {
			merged = append(merged, value)
			continue
		}
		name, ok := r.keyText(key)
		if !ok {
			continue
		}
		if first, twice := at[name]; twice {
			r.fail(key, "Repeated key", "%s appears twice: the first one is in line %d. A mapping cannot repeat a key; "+
				"write several records of one name as a list.", dns.Show(name), out[first].at.Line)
			continue
		}
		at[name] = len(out)
		out = append(out, yamlPair{key: name, at: key, value: value})
	}
	return out, merged, at
}

// joined returns the entries of a list of included mappings. As in octoDNS, the last entry of a key counts.
func (r *yamlReader) joined(v yamlValue, depth int) []yamlPair {
	var out []yamlPair
	at := map[string]int{}
	for _, part := range v.parts {
		for _, p := range r.pairsWithin(part, depth+1) {
			if i, known := at[p.key]; known {
				out[i] = p
				continue
			}
			at[p.key] = len(out)
			out = append(out, p)
		}
	}
	return out
}

// mappings returns the mappings that a merge key merges: one, or several in a list.
func (r *yamlReader) mappings(v yamlValue) []yamlValue {
	v, ok := r.resolve(v)
	if !ok {
		return nil
	}
	values := []yamlValue{v}
	if v.kind() == yaml.SequenceNode {
		values = r.items(v)
	}

	var out []yamlValue
	for _, one := range values {
		one, ok := r.resolve(one)
		switch {
		case !ok:
		case one.kind() != yaml.MappingNode:
			r.fail(one, "Invalid merge key", "The merge key << takes a mapping or a list of mappings.")
		default:
			out = append(out, one)
		}
	}
	return out
}

// keyText returns the text of a key.
func (r *yamlReader) keyText(key yamlValue) (string, bool) {
	key, ok := r.resolve(key)
	if !ok {
		return "", false
	}
	if key.kind() != yaml.ScalarNode {
		r.fail(key, "Invalid key", "A key must be a text, not a mapping or a list.")
		return "", false
	}
	return r.text(key)
}
