package statetest

import (
	"bytes"
	"fmt"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
)

// bigRecords is the number of records in a large customer's account.
const bigRecords = 100_000

// Big tests a state that owns 100,000 records, and snapshots of as many. They must be read back, and a
// backend may allocate only a few times their size. Big counts the allocations of the whole process, so
// nothing may run beside it, and a server in the same process is counted, too.
func Big(t *testing.T, b state.Backend) {
	store := state.Open(b)
	zone := dns.Zone{Name: "example.com", ID: "023e105f4ecef8ad9ca31a8372d0c353", Records: manyRecords()}
	owned := state.New()
	for _, r := range zone.Records {
		owned.EnsureZone(zone.Name, zone.ID).Owned[r.ID] = state.Owned{
			Address: "example.com/A/" + r.Name,
			Name:    r.Name,
			Type:    r.Type,
			Last:    state.Remember(r),
		}
	}

	replace(t, store, owned)
	if got := read(t, store); len(got.Zone(zone.Name).Owned) != bigRecords || got.Lineage != owned.Lineage {
		t.Errorf("Read returned %d of the %d owned records", len(got.Zone(zone.Name).Owned), bigRecords)
	}

	saveSnapshot(t, store, state.NewSnapshot(time.Date(2026, 11, 22, 18, 4, 5, 0, time.UTC), zone))
	got, err := readSnapshots(t, store).Of(zone.Name).Zone()
	if err != nil || !reflect.DeepEqual(got.Records, zone.Records) {
		t.Errorf("the snapshot read back has %d records and differs from the stored one: %v", len(got.Records), err)
	}

	for _, doc := range []state.Document{state.DocState, state.DocSnapshots} {
		inBoundedMemory(t, b, doc)
	}
}

// A backend may allocate this many times the size of a document to read or write it, and some memory for the
// connection.
const (
	allowedTimes = 4
	allowedMore  = 8 << 20
)

func inBoundedMemory(t *testing.T, b state.Backend, doc state.Document) {
	t.Helper()
	var text, again []byte
	var v state.Version
	var err error
	got := allocated(func() { text, v, err = b.Read(t.Context(), doc) })
	if err != nil || len(text) < 50*bigRecords {
		t.Fatalf("Read(%s) = %d bytes, %v; want at least %d", doc, len(text), err, 50*bigRecords)
	}

	allowed := allowedTimes*uint64(len(text)) + allowedMore
	if got > allowed {
		t.Errorf("Read(%s) of %d bytes allocates %d, want at most %d", doc, len(text), got, allowed)
	}

	wrote := allocated(func() { _, err = b.Write(t.Context(), doc, text, v) })
	if err != nil || wrote > allowed {
		t.Errorf("Write(%s) of %d bytes = %v and allocates %d, want at most %d", doc, len(text), err, wrote, allowed)
	}

	if again, _, err = b.Read(t.Context(), doc); err != nil || !bytes.Equal(again, text) {
		t.Errorf("Read(%s) after Write = %d bytes, %v; want the %d that were written", doc, len(again), err, len(text))
	}

	t.Logf("%s: %d bytes; reading allocates %d, writing %d", doc, len(text), got, wrote)
}

// allocated returns how many bytes fn allocated, including those that were freed since.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func manyRecords() []dns.Record {
	out := make([]dns.Record, bigRecords)
	for i := range out {
		out[i] = dns.Record{ID: fmt.Sprintf("%032x", i), Name: fmt.Sprintf("host-%06d.example.com", i), Type: dns.A,
			Content: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&0xff, i&0xff), TTL: 300, Proxied: i%3 == 0,
			Comment: "rack 7, moved in March", Tags: []string{"owner:dns", "prod"}}
	}
	return out
}
