package importer

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// nameTerraform gives the records of one zone the names that they have in Terraform: the resource's name as
// label, the instance's key as key, and the old address as note if it says more than the label. of has the
// instance of each record.
func nameTerraform(records []Record, of []*terraformInstance) {
	n := terraformNames{blocks: map[string]*terraformBlock{}, paths: map[terraformLabel]*modulePaths{}}
	for at, i := range of {
		n.add(&records[at], i)
	}
	for at, i := range of {
		n.name(&records[at], i)
	}
}

// terraformNames has the facts about all records of a zone on which the name of each one depends.
type terraformNames struct {
	blocks map[string]*terraformBlock
	paths  map[terraformLabel]*modulePaths
}

// terraformBlock is a resource block: the records of one zone that come from it, in all instances of its modules.
type terraformBlock struct {
	first      *terraformInstance
	firstName  string
	firstSteps []moduleStep
	// varies reports for each module on the path whether the records differ in the module's key.
	varies []bool
	// severalKeys reports whether the records differ in the key of the resource itself, and severalNames
	// whether they differ in name.
	severalKeys, severalNames bool
	// types counts the records of each type, and size counts all records.
	types map[dns.Type]int
	size  int
}

// terraformLabel is a record type with the name of a resource.
type terraformLabel struct {
	typ  dns.Type
	name string
}

// modulePaths are the paths, without keys, of the modules that have a resource with the same name.
type modulePaths struct {
	all map[string]bool
	// last counts the paths by the name of their last module.
	last map[string]int
}

func (n terraformNames) add(r *Record, i *terraformInstance) {
	steps, _ := i.steps()
	b := n.blocks[i.block()]
	if b == nil {
		b = &terraformBlock{
			first:      i,
			firstName:  r.Record.Name,
			firstSteps: steps,
			varies:     make([]bool, len(steps)),
			types:      map[dns.Type]int{},
		}
		n.blocks[i.block()] = b
	}
	b.types[r.Record.Type]++
	b.size++
	b.severalKeys = b.severalKeys || i.key != b.first.key
	b.severalNames = b.severalNames || r.Record.Name != b.firstName
	for k, step := range steps {
		b.varies[k] = b.varies[k] || step.key != b.firstSteps[k].key
	}

	label := terraformLabel{r.Record.Type, i.name}
	p := n.paths[label]
	if p == nil {
		p = &modulePaths{all: map[string]bool{}, last: map[string]int{}}
		n.paths[label] = p
	}
	if path := dns.PlainModulePath(i.module); !p.all[path] {
		p.all[path] = true
		p.last[lastModule(steps)]++
	}
}

func lastModule(steps []moduleStep) string {
	if len(steps) == 0 {
		return ""
	}
	return steps[len(steps)-1].name
}

func (n terraformNames) name(r *Record, i *terraformInstance) {
	b := n.blocks[i.block()]
	steps, _ := i.steps()
	key := strings.Join(b.keys(steps, i), "/")
	r.Label = n.label(r.Record.Type, i, steps)
	switch {
	case key != "" && b.size == 1 && saysNothing(i.name):
		r.Label = key
		r.Notes = []string{i.String()}
	case key == "" || b.size == 1:
		r.Notes = i.note(i.oldAddress(), r.Label)
	case len(b.types) > 1 && b.types[r.Record.Type] == 1:
		r.Label = key // one resource for records of all types has a name that says little
		r.Notes = []string{i.String()}
	default:
		r.Key, r.Keyed = key, true
		r.Notes = i.note(b.oldAddress(i), r.Label)
	}
}

// saysNothing reports whether a resource's name is one that Terraform users choose if only the keys
// distinguish the instances.
func saysNothing(name string) bool {
	return slices.Contains([]string{"this", "all", "main", "default", "record", "records", "dns_record", "dns_records"}, name)
}

// label returns the name of the resource. If several modules have a resource of that name, it puts the names
// of modules in front.
func (n terraformNames) label(typ dns.Type, i *terraformInstance, steps []moduleStep) string {
	p := n.paths[terraformLabel{typ, i.name}]
	if len(p.all) == 1 || len(steps) == 0 {
		return i.name
	}
	if last := lastModule(steps); p.last[last] == 1 {
		return last + "-" + i.name
	}
	var names []string
	for _, step := range steps {
		names = append(names, step.name)
	}
	return strings.Join(append(names, i.name), "-")
}

// keys returns the keys that distinguish an instance from the others of its block: the keys of the modules in
// which the instances differ, and the instance's own key. A number counts only if there are several numbers
// and several names; otherwise count makes a list of values for one name, or switches the resource on.
func (b *terraformBlock) keys(steps []moduleStep, i *terraformInstance) []string {
	var out []string
	for k, step := range steps {
		if b.varies[k] {
			out = append(out, step.key)
		}
	}
	if i.keyed && (!i.numbered || b.severalKeys && b.severalNames) {
		out = append(out, i.key)
	}
	return out
}

// oldAddress returns the address that the instances of a block have in common.
func (b *terraformBlock) oldAddress(i *terraformInstance) string {
	for _, varies := range b.varies {
		if varies {
			return i.block()
		}
	}
	return i.resource()
}

// oldAddress returns the address of the instance, without the key if it is only a number.
func (a terraformAddress) oldAddress() string {
	if a.numbered {
		return a.resource()
	}
	return a.String()
}

// note returns the old address as a note, or nil if it says no more than the label.
func (a terraformAddress) note(address, label string) []string {
	if address == a.typ+"."+label {
		return nil
	}
	return []string{address}
}
