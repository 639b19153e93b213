package sandbox

import (
	"fmt"
	"testing"
)

// sharing returns a server with an account that sets the quota of three zones, one of them internal.
// Another zone belongs to another account.
func sharing(t *testing.T) *client {
	x := []Record{{Type: "A", Name: "x", Content: "192.0.2.1"}}
	return start(t, Options{Seed: Seed{
		Zones: []Zone{
			{Name: "one.example", Plan: "enterprise", Records: x},
			{Name: "two.example", Plan: "enterprise", Records: x},
			{Name: "inside.example", Plan: "enterprise", Type: "internal", Records: x},
			{Name: "other.example", AccountID: "0123456789abcdef0123456789abcdef", Records: x},
		},
		Accounts: []Account{{RecordQuota: 3, InternalRecordQuota: 1}},
		Tokens:   []Token{{Value: "all"}, {Value: "one", Zones: []string{"one.example"}}},
	}}).with("Authorization", "Bearer all")
}

func TestUsageShowsTheQuotaWhereItIsSet(t *testing.T) {
	c := sharing(t)
	account := c.server.Zones()[0].AccountID

	for path, want := range map[string]string{
		"/zones/" + c.zoneID("one.example"):          `{"record_quota":null,"record_usage":1}`,
		"/zones/" + c.zoneID("other.example"):        `{"record_quota":200,"record_usage":1}`,
		"/accounts/" + account:                       `{"record_quota":3,"record_usage":2,"internal_record_quota":1,"internal_record_usage":1}`,
		"/accounts/0123456789abcdef0123456789abcdef": `{"record_quota":null,"record_usage":1}`,
	} {
		if r := c.want(200, 0, "GET", path+"/dns_records/usage", ""); string(r.Result) != want {
			t.Errorf("usage of %s = %s, want %s", path, r.Result, want)
		}
	}
	c.with("Authorization", "Bearer one").want(403, codeAuthentication, "GET", "/accounts/"+account+"/dns_records/usage", "")
	c.want(403, codeAuthentication, "GET", "/accounts/fedcba9876543210fedcba9876543210/dns_records/usage", "")
}

func TestQuotaOfAnAccountAppliesToAllItsZones(t *testing.T) {
	c := sharing(t)
	add := func(status, code int, zone, name string) {
		t.Helper()
		body := fmt.Sprintf(`{"type":"A","name":%q,"content":"192.0.2.9"}`, name)
		c.want(status, code, "POST", "/zones/"+c.zoneID(zone)+"/dns_records", body)
	}

	add(200, 0, "one.example", "y")
	add(400, codeQuota, "one.example", "z")
	add(400, codeQuota, "two.example", "z")
	add(200, 0, "other.example", "y")
	inside := c.server.Zones()[2].ID
	c.want(400, codeQuota, "POST", "/zones/"+inside+"/dns_records", `{"type":"A","name":"y","content":"192.0.2.9"}`)
}
