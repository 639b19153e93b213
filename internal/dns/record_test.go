package dns

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestEqualComparesAttributes(t *testing.T) {
	a := Record{Name: "a.example.com", Type: A, Content: "192.0.2.1", TTL: 300, Tags: []string{"a"}}
	b := a
	b.ID, b.ManagedBy, b.Declared = "1", "Workers", &Declaration{}
	if !a.Equal(b) {
		t.Error("records that differ only in ID, ManagedBy and Declared are not equal")
	}

	for name, change := range map[Attribute]func(*Record){
		"type":     func(r *Record) { r.Type = AAAA },
		"name":     func(r *Record) { r.Name = "b" },
		"content":  func(r *Record) { r.Content = "x" },
		"priority": func(r *Record) { r.Priority = 1 },
		"ttl":      func(r *Record) { r.TTL = 1 },
		"proxied":  func(r *Record) { r.Proxied = true },
		"comment":  func(r *Record) { r.Comment = "x" },
		"tags":     func(r *Record) { r.Tags = nil },
		"settings": func(r *Record) { r.Settings.IPv4Only = true },
	} {
		if got := Changed(a, with(a, change)); !slices.Equal(got, []Attribute{name}) || a.Equal(with(a, change)) {
			t.Errorf("Changed of records that differ in %s = %v, want only that", name, got)
		}
	}
}

func with(r Record, change func(*Record)) Record {
	change(&r)
	return r
}

func TestKeyIsNameTypeAndContent(t *testing.T) {
	a := Record{ID: "1", Name: "a.example.com", Type: MX, Content: "m", TTL: 300, Priority: 5}
	if a.Key() != (Record{Name: "a.example.com", Type: MX, Content: "m"}).Key() {
		t.Error("the key depends on more than name, type and content")
	}
}

func TestCompareOrdersRecords(t *testing.T) {
	sorted := []Record{
		{Name: "a", Type: A, Content: "1"},
		{Name: "a", Type: A, Content: "2"},
		{Name: "a", Type: MX, Content: "1"},
		{Name: "a", Type: MX, Content: "1", Priority: 1},
		{Name: "a", Type: MX, Content: "1", Priority: 1, ID: "2"},
		{Name: "b", Type: A},
	}
	mixed := slices.Clone(sorted)
	slices.Reverse(mixed)
	slices.SortFunc(mixed, Compare)
	for i := range sorted {
		if mixed[i].ID != sorted[i].ID || Compare(mixed[i], sorted[i]) != 0 {
			t.Fatalf("sorted with Compare: %v, want %v", mixed, sorted)
		}
	}
}

func TestRecordJSONOmitsEmptyAttributesAndTheDeclaration(t *testing.T) {
	r := Record{Name: "a.example.com", Type: A, Content: "192.0.2.1", TTL: 1, Declared: &Declaration{File: "x"}}
	b, err := json.Marshal(r)
	if want := `{"name":"a.example.com","type":"A","content":"192.0.2.1","ttl":1,"proxied":false}`; err != nil || string(b) != want {
		t.Errorf("Marshal = %s, %v, want %s", b, err, want)
	}
}

func TestTypes(t *testing.T) {
	if n := len(Types()); n != 21 || !slices.IsSorted(Types()) {
		t.Errorf("Types() = %v, want 21 types, sorted", Types())
	}
	if !SVCB.Writable() || Type("SOA").Writable() || Type("a").Writable() {
		t.Error("Writable does not match Types()")
	}

	var proxiable []Type
	for _, typ := range Types() {
		if typ.Proxiable() {
			proxiable = append(proxiable, typ)
		}
	}
	if !slices.Equal(proxiable, []Type{A, AAAA, CNAME}) {
		t.Errorf("proxiable: %v", proxiable)
	}
}

func TestStored(t *testing.T) {
	for _, tt := range []struct {
		title      string
		in, stored Record
	}{
		{"a record that is not proxied", Record{Type: CNAME, TTL: 300, Settings: Settings{FlattenCNAME: true}},
			Record{Type: CNAME, TTL: 300, Settings: Settings{FlattenCNAME: true}}},
		{"a proxied alias", Record{Type: CNAME, TTL: 300, Proxied: true, Settings: Settings{FlattenCNAME: true, IPv4Only: true}},
			Record{Type: CNAME, TTL: AutoTTL, Proxied: true, Settings: Settings{IPv4Only: true}}},
		{"a proxied public address", Record{Type: A, Content: "192.0.2.1", TTL: 1, Proxied: true},
			Record{Type: A, Content: "192.0.2.1", TTL: 1, Proxied: true}},
		{"a public address that is routed privately", Record{Type: A, Content: "192.0.2.1", TTL: 1, Proxied: true, PrivateRouting: true},
			Record{Type: A, Content: "192.0.2.1", TTL: 1, Proxied: true, PrivateRouting: true}},
		{"a proxied private address", Record{Type: A, Content: "100.64.0.1", TTL: 1, Proxied: true},
			Record{Type: A, Content: "100.64.0.1", TTL: 1, Proxied: true, PrivateRouting: true}},
		{"a proxied private IPv6 address", Record{Type: AAAA, Content: "fd00::1", TTL: 1, Proxied: true},
			Record{Type: AAAA, Content: "fd00::1", TTL: 1, Proxied: true, PrivateRouting: true}},
		{"a private address that is not proxied", Record{Type: A, Content: "10.0.0.1", TTL: 300}, Record{Type: A, Content: "10.0.0.1", TTL: 300}},
	} {
		if got := tt.in.Stored(); !got.Equal(tt.stored) {
			t.Errorf("%s: Stored() of %+v = %+v, want %+v", tt.title, tt.in, got, tt.stored)
		}
	}
}
