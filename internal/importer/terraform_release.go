package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// release returns the steps that make Terraform forget the records of zones. A removed block lets all instances of a
// resource go, and takes no keys. If some of them stay, the others are forgotten one by one.
func (s *terraformState) release(imported []Zone) []Step {
	blocks := s.held(imported)
	if len(blocks) == 0 {
		return nil
	}
	var removed []string
	var apart []string
	for _, b := range blocks {
		if s.knowsRemoved() && b.whole() && b.writable {
			removed = append(removed, b.address)
		} else {
			apart = append(apart, b.addresses()...)
		}
	}

	var steps []Step
	if len(apart) > 0 {
		steps = append(steps, s.forgetStep(apart), s.takeOutStep())
	}
	if len(removed) > 0 {
		steps = append(steps, s.removedStep(removed))
	}
	return append(steps, s.checkStep(len(removed) > 0))
}

// heldBlock is a resource block of which records are imported.
type heldBlock struct {
	address  string
	writable bool
	// resources are the resources of the block, one for each instance of its modules.
	resources []*heldResource
}

// heldResource is a resource with its instances.
type heldResource struct {
	address string
	// imported are the addresses of its instances in the imported zones, and others counts those that stay: they are of
	// other zones, or outside of the scope.
	imported []string
	others   int
}

// whole reports whether all instances are let go.
func (b *heldBlock) whole() bool {
	return !slices.ContainsFunc(b.resources, func(r *heldResource) bool { return r.others > 0 })
}

// addresses returns what must be forgotten: whole resources, or instances.
func (b *heldBlock) addresses() []string {
	var out []string
	for _, r := range b.resources {
		switch {
		case len(r.imported) == 0:
		case r.others == 0:
			out = append(out, r.address)
		default:
			out = append(out, r.imported...)
		}
	}
	return out
}

// held finds the blocks that have records of the imported zones, in the order of the state.
func (s *terraformState) held(imported []Zone) []*heldBlock {
	zones, outside := map[string]bool{}, map[string]bool{}
	for _, z := range imported {
		zones[z.Name] = true
		for _, r := range z.Outside {
			outside[r.At.Address] = true
		}
	}
	var all []*heldBlock
	blocks := map[string]*heldBlock{}
	resources := map[string]*heldResource{}
	has := map[string]bool{}
	for _, i := range s.records {
		block, resource := i.block(), i.resource()
		if blocks[block] == nil {
			blocks[block] = &heldBlock{address: block, writable: i.writable()}
			all = append(all, blocks[block])
		}
		if resources[resource] == nil {
			resources[resource] = &heldResource{address: resource}
			blocks[block].resources = append(blocks[block].resources, resources[resource])
		}

		r := resources[resource]
		switch {
		case !zones[s.zoneOf(i.attributes)] || !s.ofZoneRead(i) || outside[i.String()]:
			r.others++
		case !i.deposed: // Terraform destroys a deposed one whatever is declared
			r.imported = append(r.imported, i.String())
			has[block] = true
		}
	}
	return slices.DeleteFunc(all, func(b *heldBlock) bool { return !has[b.address] })
}

// ofZoneRead reports whether an instance is of the zone that was read under its name, and not of another one.
func (s *terraformState) ofZoneRead(i *terraformInstance) bool {
	id := i.attributes.zoneID()
	return id == "" || id == s.zoneIDs[s.zoneOf(i.attributes)]
}

// program is the command of the tool that keeps the state.
func (s *terraformState) program() string {
	if s.tofu {
		return "tofu"
	}
	return "terraform"
}

// product is the tool's name and the first version that knows removed blocks with destroy = false.
func (s *terraformState) product() (name string, since int) {
	if s.tofu {
		return "OpenTofu", 10
	}
	return "Terraform", 7
}

// knowsRemoved reports whether the version that wrote the state knows removed blocks.
func (s *terraformState) knowsRemoved() bool {
	major, rest, _ := strings.Cut(s.writer, ".")
	minor, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(major)
	m, wrong := strconv.Atoi(minor)
	_, since := s.product()
	return err == nil && wrong == nil && (n > 1 || n == 1 && m >= since)
}

func (s *terraformState) removedStep(addresses []string) Step {
	var code strings.Builder
	for n, address := range addresses {
		if n > 0 {
			code.WriteByte('\n')
		}
		fmt.Fprintf(&code, "removed {\n  from = %s\n\n  lifecycle {\n    destroy = false\n  }\n}\n", address)
	}
	name, since := s.product()
	return Step{
		Text: fmt.Sprintf("In the configuration of %s 1.%d or later, delete the resource blocks of these records, and what refers "+
			"to them, and add these blocks in the same commit. A removed block may be deleted after the apply.", name, since),
		Code: code.String(),
	}
}

func (s *terraformState) forgetStep(addresses []string) Step {
	name, _ := s.product()
	step := Step{Text: fmt.Sprintf("Make %s forget the records. Do not run %s apply until the next step is done: "+
		"it would try to create them again.", name, s.program())}
	for _, address := range addresses {
		step.Commands = append(step.Commands, []string{s.program(), "state", "rm", address})
	}
	return step
}

// takeOutStep is about what the commands do not change.
func (s *terraformState) takeOutStep() Step {
	name, _ := s.product()
	return Step{Text: fmt.Sprintf("Take these records out of the configuration of %s: delete their resource blocks, "+
		"or their keys in the for_each of a block that also has other records.", name)}
}

func (s *terraformState) checkStep(apply bool) Step {
	if !apply {
		return Step{
			Text:     "Check the plan: it must neither create nor destroy a record.",
			Commands: [][]string{{s.program(), "plan"}},
		}
	}
	return Step{
		Text: "Check the plan before you apply it: it must destroy nothing, and must say for each of these records that it " +
			"will no longer be managed, but will not be destroyed.",
		Commands: [][]string{{s.program(), "plan"}, {s.program(), "apply"}},
	}
}
