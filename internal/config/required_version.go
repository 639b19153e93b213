package config

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// checkVersion reports a required_version that this version of cfplan does not satisfy. A build without a version
// satisfies every constraint.
func checkVersion(r *report, a *hcl.Attribute, running string) {
	text := constantText(r, a)
	if text == "" {
		return
	}

	constraints, err := parseConstraints(text)
	if err != nil {
		r.errorAt(a.Expr.Range(), "Invalid version constraint",
			"%v. Write conditions such as \">= 0.1.0, < 2.0.0\" or \"~> 1.2\", separated by commas.", err)
		return
	}

	own, _, err := parseVersion(running)
	if err != nil {
		return
	}
	for _, c := range constraints {
		if !c.allows(own) {
			r.errorAt(a.Expr.Range(), "Unsupported cfplan version",
				"This configuration requires cfplan %s; this is %s. "+
					"Install a version that satisfies it, or change the constraint.", text, running)
			return
		}
	}
}

type version [3]int

func (v version) compare(o version) int {
	return cmp.Or(cmp.Compare(v[0], o[0]), cmp.Compare(v[1], o[1]), cmp.Compare(v[2], o[2]))
}

// constraint is one condition, such as `>= 1.2`.
type constraint struct {
	op string
	version
	// parts is the number of numbers in the version. It decides which of them ~> pins.
	parts int
}

func (c constraint) allows(v version) bool {
	n := v.compare(c.version)
	switch c.op {
	case "!=":
		return n != 0
	case ">":
		return n > 0
	case ">=":
		return n >= 0
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	case "~>":
		return n >= 0 && c.samePrefix(v)
	}
	return n == 0
}

// samePrefix compares all numbers of the constraint except the last one: ~> 1.2 allows 1.9, and ~> 1.2.3 allows 1.2.9.
func (c constraint) samePrefix(v version) bool {
	for i := range c.parts - 1 {
		if v[i] != c.version[i] {
			return false
		}
	}
	return true
}

func parseConstraints(text string) ([]constraint, error) {
	var out []constraint
	for part := range strings.SplitSeq(text, ",") {
		c, err := parseConstraint(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func parseConstraint(text string) (constraint, error) {
	op := "="
	for _, o := range []string{"!=", ">=", "<=", "~>", "=", ">", "<"} {
		if rest, ok := strings.CutPrefix(text, o); ok {
			op, text = o, strings.TrimSpace(rest)
			break
		}
	}
	v, parts, err := parseVersion(text)
	return constraint{op, v, parts}, err
}

// parseVersion reads one to three numbers. It ignores everything after a dash or a plus: 0.2.0-dev counts as 0.2.0,
// the version that it is going to become.
func parseVersion(text string) (v version, parts int, err error) {
	core := strings.TrimPrefix(text, "v")
	if i := strings.IndexAny(core, "-+"); i >= 0 {
		core = core[:i]
	}
	numbers := strings.Split(core, ".")
	if len(numbers) > len(v) {
		return v, 0, fmt.Errorf("%q is not a version", text)
	}
	for i, n := range numbers {
		u, err := strconv.ParseUint(n, 10, 31)
		if err != nil {
			return v, 0, fmt.Errorf("%q is not a version", text)
		}
		v[i] = int(u)
	}
	return v, len(numbers), nil
}
