package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// release returns the steps that make Terraform forget the records of zones. A removed block cannot name
// keys, so it makes Terraform forget all instances of a resource. If some instances must stay, commands make
// Terraform forget the others one by one.
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

// heldBlock is a resource block that has imported records.
type heldBlock struct {
	address  string
	writable bool
	// resources are the resources of the block, one for each instance of the modules around it.
	resources []*heldResource
}

// heldResource is a resource with its instances.
type heldResource struct {
	address string
	// imported are the addresses of the instances in the imported zones. others counts the instances that
	// stay with Terraform: those of other zones, or outside of the scope.
	imported []string
	others   int
}

// whole reports whether Terraform must forget all instances of the block.
func (b *heldBlock) whole() bool {
	return !slices.ContainsFunc(b.resources, func(r *heldResource) bool { return r.others > 0 })
}

// addresses returns the addresses that Terraform must forget: whole resources where possible, else instances.
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

// held returns the blocks that have records of the imported zones, in the order of the state.
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
		case !i.deposed: // Terraform destroys a deposed instance in any case
			r.imported = append(r.imported, i.String())
			has[block] = true
		}
	}
	return slices.DeleteFunc(all, func(b *heldBlock) bool { return !has[b.address] })
}

// ofZoneRead reports whether an instance belongs to the zone that was read, and not to another zone with the
// same name.
func (s *terraformState) ofZoneRead(i *terraformInstance) bool {
	id := i.attributes.zoneID()
	return id == "" || id == s.zoneIDs[s.zoneOf(i.attributes)]
}

// program returns the command of the tool that keeps the state.
func (s *terraformState) program() string {
	if s.tofu {
		return "tofu"
	}
	return "terraform"
}

// product returns the tool's name and the first minor version of 1.x that knows removed blocks with destroy =
// false.
func (s *terraformState) product() (name string, since int) {
	if s.tofu {
		return "OpenTofu", 10
	}
	return "Terraform", 7
}

// knowsRemoved reports whether the version that wrote the state knows removed blocks with destroy = false.
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
		Text: fmt.Sprintf("In the configuration of %s 1.%d or later, delete the resource blocks of these records, "+
			"and everything that refers to them, and add these blocks in the same commit. "+
			"A removed block may be deleted after the apply.", name, since),
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

// takeOutStep returns the step that changes the configuration, which the commands do not change.
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
