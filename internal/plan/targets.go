package plan

import (
	"iter"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// targetSet has the targets of one flag. It finds the targets that match a record without trying all of them. The
// numbers in its fields are indices of list. A nil set is empty.
type targetSet struct {
	list []Target
	// zones has the targets with several parts, by their zone.
	zones dns.Globs[targetsOfZone]
	// alone has the targets with one part. above maps each name above the name in such a target to the target,
	// because that name may be the zone. anywhere has the targets with one part that can match in any zone: those
	// with a `*`, and the paths of modules.
	alone    dns.Globs[[]int]
	above    map[string][]int
	anywhere []int
	// modules has the targets that are paths of modules.
	modules dns.Globs[[]int]
}

// targetsOfZone has the targets with the same pattern for the zone, as a list and by their types.
type targetsOfZone struct {
	all   []int
	types dns.Globs[targetsOfType]
}

// targetsOfType has the targets with the same patterns for zone and type, by their labels.
type targetsOfType struct{ labels dns.Globs[[]int] }

func newTargetSet(list []Target) *targetSet {
	if len(list) == 0 {
		return nil
	}

	s := &targetSet{list: list, above: map[string][]int{}}
	for i, t := range list {
		if t.alone {
			s.addAlone(i, t)
			continue
		}

		zone := s.zones.At(t.zone)
		zone.all = append(zone.all, i)
		label := t.label
		if label == "" {
			label = "*"
		}
		numbers := zone.types.At(t.typ).labels.At(label)
		*numbers = append(*numbers, i)
	}
	return s
}

func (s *targetSet) addAlone(i int, t Target) {
	numbers := s.alone.At(t.zone)
	*numbers = append(*numbers, i)
	if t.module {
		inside := s.modules.At(t.text)
		*inside = append(*inside, i)
	}

	if t.module || strings.Contains(t.zone, "*") {
		s.anywhere = append(s.anywhere, i)
		return
	}
	for _, parent, ok := strings.Cut(t.zone, "."); ok; _, parent, ok = strings.Cut(parent, ".") {
		s.above[parent] = append(s.above[parent], i)
	}
}

// matching returns the targets that match a record. It may return a target more than once.
func (s *targetSet) matching(zone, address string, typ dns.Type, name string) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		if s == nil {
			return
		}

		for _, text := range []string{zone, name} {
			for numbers := range s.alone.Match(text) {
				if !yield(*numbers) {
					return
				}
			}
		}

		label := labelIn(zone, address)
		for _, path := range dns.ModulesAround(label) {
			for numbers := range s.modules.Match(path) {
				if !yield(*numbers) {
					return
				}
			}
		}

		candidates := labels(zone, label, name)
		for z := range s.zones.Match(zone) {
			for t := range z.types.Match(string(typ)) {
				for _, label := range candidates {
					for numbers := range t.labels.Match(label) {
						if !yield(*numbers) {
							return
						}
					}
				}
			}
		}
	}
}

// labelIn returns the label in an address of a zone, with the path of its module and its key.
func labelIn(zone, address string) string {
	_, label, _ := strings.Cut(strings.TrimPrefix(address, zone+"/"), "/")
	return label
}

// labels returns the texts of a record that the last part of a target may match: the label of its block with and
// without the key of the instance, each module around the block, and the record's own name, full and relative.
func labels(zone, label, name string) []string {
	path, own := dns.SplitModule(label)
	return append(dns.ModulesAround(label), label, path+dns.WithoutKey(own), name, dns.RelativeName(name, zone))
}

// match reports whether a target matches the record.
func (s *targetSet) match(zone, address string, typ dns.Type, name string) bool {
	for range s.matching(zone, address, typ, name) {
		return true
	}
	return false
}

// ofZone returns the targets that can match a record of the zone. It may return a target more than once.
func (s *targetSet) ofZone(zone string) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		if s == nil || !yield(s.above[zone]) || !yield(s.anywhere) {
			return
		}

		for numbers := range s.alone.Match(zone) {
			if !yield(*numbers) {
				return
			}
		}
		for z := range s.zones.Match(zone) {
			if !yield(z.all) {
				return
			}
		}
	}
}

// inZone reports whether a target can match a record of the zone.
func (s *targetSet) inZone(zone string) bool {
	for numbers := range s.ofZone(zone) {
		if len(numbers) > 0 {
			return true
		}
	}
	return false
}

// wholeZone reports whether a target stands for the zone as a whole.
func (s *targetSet) wholeZone(zone string) bool { return s != nil && s.alone.Any(zone) }

// targetTally notes which targets matched something.
type targetTally struct {
	set  *targetSet
	used []bool
}

func (s *targetSet) tally() targetTally {
	if s == nil {
		return targetTally{}
	}
	return targetTally{s, make([]bool, len(s.list))}
}

func (t targetTally) note(numbers []int) {
	for _, i := range numbers {
		t.used[i] = true
	}
}

// record notes the targets that match a record.
func (t targetTally) record(zone, address string, typ dns.Type, name string) {
	for numbers := range t.set.matching(zone, address, typ, name) {
		t.note(numbers)
	}
}

// zone notes the targets that can match a record of the zone.
func (t targetTally) zone(name string) {
	for numbers := range t.set.ofZone(name) {
		t.note(numbers)
	}
}

// whole notes the targets that stand for the zone as a whole.
func (t targetTally) whole(zone string) {
	if t.set == nil {
		return
	}
	for numbers := range t.set.alone.Match(zone) {
		t.note(*numbers)
	}
}

// idle returns the targets that matched nothing, in the order of the flags.
func (t targetTally) idle() []Target {
	if t.set == nil {
		return nil
	}

	var out []Target
	for i, used := range t.used {
		if !used {
			out = append(out, t.set.list[i])
		}
	}
	return out
}
