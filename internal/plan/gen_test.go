package plan_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

const zoneName = "example.com"

// There are few choices on purpose, so that the generated zones have many records in common.
var (
	genName    = rapid.SampledFrom([]string{zoneName, "www." + zoneName, "mail." + zoneName, "a.b." + zoneName})
	genTTL     = rapid.SampledFrom([]int{1, 60, 300})
	genLabel   = rapid.SampledFrom([]string{"x", "x", "y", "r0", "r1"})
	genComment = rapid.SampledFrom([]string{"", "", "web"})
)

func genRecord(cname bool) *rapid.Generator[dns.Record] {
	return rapid.Custom(func(t *rapid.T) dns.Record {
		r := dns.Record{Name: genName.Draw(t, "name"), TTL: genTTL.Draw(t, "ttl"), Comment: genComment.Draw(t, "comment")}
		types := []dns.Type{dns.A, dns.TXT, dns.MX}
		if cname {
			types = []dns.Type{dns.CNAME}
		}

		r.Type = rapid.SampledFrom(types).Draw(t, "type")
		n := rapid.IntRange(1, 4).Draw(t, "content")
		switch r.Type {
		case dns.A:
			r.Content = fmt.Sprintf("192.0.2.%d", n)
			if r.Proxied = rapid.Bool().Draw(t, "proxied"); r.Proxied {
				r.TTL = dns.AutoTTL
			}
		case dns.CNAME:
			r.Content = fmt.Sprintf("t%d.example.net", n)
		case dns.TXT:
			r.Content = fmt.Sprintf(rapid.SampledFrom([]string{`"v=spf1 include:%d"`, `"site=%d"`}).Draw(t, "kind"), n)
		case dns.MX:
			r.Content, r.Priority = fmt.Sprintf("mx%d.example.net", n), uint16(rapid.IntRange(0, 2).Draw(t, "priority"))
		}
		return r
	})
}

// genRecords draws records that a zone can have: no key occurs twice, and no records conflict.
func genRecords(t *rapid.T, label string) []dns.Record {
	var out []dns.Record
	keys := map[dns.Key]bool{}
	drawn := append(rapid.SliceOfN(genRecord(false), 0, 10).Draw(t, label),
		rapid.SliceOfN(genRecord(true), 0, 2).Draw(t, label+" cnames")...)
	for _, r := range drawn {
		if !keys[r.Key()] && !clashes(r, out) {
			keys[r.Key()] = true
			out = append(out, r)
		}
	}
	return out
}

func clashes(r dns.Record, others []dns.Record) bool {
	for _, o := range others {
		if o.Name == r.Name && dns.ConflictAt(r.Name, zoneName, o.Type, r.Type) != dns.NoConflict {
			return true
		}
	}
	return false
}

func genInput(t *rapid.T) plan.Input {
	in := plan.Input{AllowDestroy: 100, Owned: map[string]string{}, Source: plan.Source{Kind: plan.SourceLive}}
	in.Desired = dns.Zone{Name: zoneName, Records: genRecords(t, "desired")}
	in.Desired.Policy.Ownership = rapid.SampledFrom([]dns.Ownership{dns.Managed, dns.Exclusive}).Draw(t, "ownership")
	if rapid.Bool().Draw(t, "some declarations") {
		replace, shared := rapid.Bool().Draw(t, "some replace"), rapid.Bool().Draw(t, "some share a block")
		for i := range in.Desired.Records {
			label := fmt.Sprintf("r%d", i)
			if shared {
				label = genLabel.Draw(t, "label")
			}
			in.Desired.Records[i].Declared = &dns.Declaration{
				Address:  fmt.Sprintf("%s/%s/%s", zoneName, in.Desired.Records[i].Type, label),
				Replaces: replace && rapid.Bool().Draw(t, "replaces"),
			}
		}
	}

	in.Seen = dns.Zone{Name: zoneName, ID: "z", Records: genRecords(t, "seen")}
	for i := range in.Seen.Records {
		r := &in.Seen.Records[i]
		r.ID = fmt.Sprintf("id%d", i)
		switch rapid.IntRange(0, 9).Draw(t, "standing") {
		case 0:
			r.ManagedBy = "Email Routing"
		case 1, 2, 3, 4, 5:
			in.Owned[r.ID] = "example.com/" + string(r.Type) + "/" + genLabel.Draw(t, "owner")
		}
	}
	return in
}

// world is a zone that executes batches as Cloudflare does. It fails the test if Cloudflare would refuse a request.
type world struct {
	t       *rapid.T
	records []dns.Record
	owned   map[string]string
	next    int
}

func carryOut(t *rapid.T, in plan.Input, batches [][]plan.Change, all []plan.Change) plan.Input {
	w := &world{t: t, records: append([]dns.Record(nil), in.Seen.Records...), owned: map[string]string{}}
	for id, a := range in.Owned {
		w.owned[id] = a
	}
	for _, batch := range batches {
		for _, c := range batch {
			w.do(c)
		}
	}

	for _, c := range all {
		if c.Action == plan.Adopt || c.Action == plan.Update {
			w.owned[c.RecordID] = c.Address
		}
	}
	in.Seen.Records, in.Owned = w.records, w.owned
	return in
}

func (w *world) do(c plan.Change) {
	if c.Action == plan.Add {
		r := c.AfterRecord()
		w.room(r)
		w.next++
		r.ID = fmt.Sprintf("new%d", w.next)
		w.records = append(w.records, r)
		w.owned[r.ID] = c.Address
		return
	}

	for i, r := range w.records {
		if r.ID != c.RecordID {
			continue
		}
		w.records = append(w.records[:i:i], w.records[i+1:]...)
		if c.Action == plan.Destroy {
			delete(w.owned, r.ID)
			return
		}

		after := c.AfterRecord()
		after.ID = r.ID
		w.room(after)
		w.records = append(w.records, after)
		return
	}
	w.t.Fatalf("the plan touches %s, which does not exist", c.RecordID)
}

func (w *world) room(r dns.Record) {
	for _, o := range w.records {
		if o.Key() == r.Key() || o.Name == r.Name && dns.ConflictAt(r.Name, zoneName, o.Type, r.Type) != dns.NoConflict {
			w.t.Fatalf("%s collides with %s in the middle of an apply", plan.Describe(r), plan.Describe(o))
		}
	}
}

func check(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, property)
}
