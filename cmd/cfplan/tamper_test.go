package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// tamper edits a saved plan like an attacker who knows how plans are made: afterwards its counts and its hash are
// correct.
//
//	tamper FILE exclusive ZONE                 says that the zone is exclusive
//	tamper FILE add ZONE TYPE NAME CONTENT     adds a record
//	tamper FILE destroy ZONE TYPE NAME         destroys a record that the sandbox has
//	tamper FILE replaces ZONE TYPE NAME        destroys a record as if adopt = "replace" replaced it
//	tamper FILE adopt ZONE TYPE NAME CONTENT   adopts a record and gives it this content
//	tamper FILE hide                           leaves out risks, warnings and reasons
//	tamper FILE replace OLD NEW                replaces a text
func tamper(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: tamper FILE VERB …")
	}
	p := &plan.Plan{}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), p))
	p.Hash = ""

	verb, rest := args[1], args[2:]
	switch verb {
	case "exclusive":
		plannedZone(ts, p, rest[0]).Ownership = dns.Exclusive
	case "add", "destroy", "adopt":
		z := plannedZone(ts, p, rest[0])
		z.Changes = append(z.Changes, forged(ts, verb, rest))
	case "replaces":
		z := plannedZone(ts, p, rest[0])
		c := forged(ts, "destroy", rest)
		c.Replaces = true
		z.Changes = append(z.Changes, c)
	case "hide":
		p.Diagnostics = []plan.Diagnostic{}
		for i := range p.Zones {
			hide(&p.Zones[i])
		}
	case "replace":
		text, err := json.Marshal(p)
		ts.Check(err)
		*p = plan.Plan{}
		ts.Check(json.Unmarshal([]byte(strings.ReplaceAll(string(text), rest[0], rest[1])), p))
	default:
		ts.Fatalf("unknown verb %q", verb)
	}

	p.Recount()
	p.Seal()
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(plan.Encode(f, p))
	ts.Check(f.Close())
}

func plannedZone(ts *testscript.TestScript, p *plan.Plan, name string) *plan.Zone {
	i := slices.IndexFunc(p.Zones, func(z plan.Zone) bool { return z.Name == name })
	if i < 0 {
		ts.Fatalf("the plan has no zone %s", name)
	}
	return &p.Zones[i]
}

// forged returns the change that a verb of tamper puts into the plan.
func forged(ts *testscript.TestScript, verb string, args []string) plan.Change {
	c := plan.Change{
		Action:  plan.Action(verb),
		Address: args[0] + "/" + args[1] + "/x",
		Type:    dns.Type(args[1]),
		Name:    args[2],
		Risks:   []plan.Risk{},
	}
	if verb != "add" {
		have := ts.Value(sandboxKey{}).(*stand).find(ts, args)
		c.RecordID = have.ID
		c.Before = &plan.Values{Content: have.Content, TTL: have.TTL, Proxied: have.Proxied}
	}
	if verb != "destroy" {
		c.After = &plan.Values{Content: args[3], TTL: 300}
	}
	return c
}

func hide(z *plan.Zone) {
	z.Risks = nil
	for i := range z.Changes {
		c := &z.Changes[i]
		c.Risks, c.Reason, c.Address = []plan.Risk{}, "", strings.Replace(c.Address, "@", "harmless", 1)
	}
}
