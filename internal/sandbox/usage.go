package sandbox

import (
	"net/http"
	"slices"
)

// Account is an account whose zones share one record quota. Enterprise accounts can have this since June
// 2026. In an account that the seed does not list, each zone has its own quota.
type Account struct {
	// ID is the ID of the account; the default account of zones if empty.
	ID string `json:"id,omitempty"`
	// RecordQuota is the largest number of records that all zones may have together, except internal zones.
	RecordQuota int `json:"record_quota"`
	// InternalRecordQuota is the same for internal zones. If it is 0, the account has no quota for them.
	InternalRecordQuota int `json:"internal_record_quota,omitempty"`
}

// accountWith returns the account that sets the quota of a zone, or nil if the zone has its own.
func (s *Server) accountWith(z Zone) *Account {
	i := slices.IndexFunc(s.accounts, func(a Account) bool { return a.ID == z.AccountID })
	if i < 0 || z.Type == "internal" && s.accounts[i].InternalRecordQuota == 0 {
		return nil
	}
	return &s.accounts[i]
}

// held returns the number of records in an account's internal zones, or in its other zones.
func (s *Server) held(account string, internal bool) int {
	n := 0
	for _, z := range s.zones {
		if z.info.AccountID == account && (z.info.Type == "internal") == internal {
			n += len(z.records)
		}
	}
	return n
}

// full reports whether the zone's quota is used up.
func (s *Server) full(z *zone) bool {
	a := s.accountWith(z.info)
	switch {
	case a == nil:
		return len(z.records) >= z.info.quota()
	case z.info.Type == "internal":
		return s.held(a.ID, true) >= a.InternalRecordQuota
	default:
		return s.held(a.ID, false) >= a.RecordQuota
	}
}

// usageResult is the result of both usage endpoints. The quota of a zone is null if its account has the
// quota, and the quota of an account is null if its zones have theirs.
type usageResult struct {
	RecordQuota         *int `json:"record_quota"`
	RecordUsage         int  `json:"record_usage"`
	InternalRecordQuota *int `json:"internal_record_quota,omitempty"`
	InternalRecordUsage *int `json:"internal_record_usage,omitempty"`
}

// zoneUsage answers GET /zones/{zone}/dns_records/usage.
func zoneUsage(c *call) answer {
	out := usageResult{RecordUsage: len(c.zone.records)}
	if c.server.accountWith(c.zone.info) == nil {
		quota := c.zone.info.quota()
		out.RecordQuota = &quota
	}
	return jsonAnswer(http.StatusOK, envelope{result: encode(out)})
}

// accountUsage answers GET /accounts/{account}/dns_records/usage. A token that covers only some zones has no
// permission for the account.
func accountUsage(c *call) answer {
	s, id := c.server, c.ids["account"]
	known := slices.ContainsFunc(s.zones, func(z *zone) bool { return z.info.AccountID == id })
	if !known || c.token.Zones != nil || c.token.AccountID != "" && c.token.AccountID != id {
		return refuse(http.StatusForbidden, codeAuthentication, "Authentication error").answer()
	}

	out := usageResult{RecordUsage: s.held(id, false)}
	if i := slices.IndexFunc(s.accounts, func(a Account) bool { return a.ID == id }); i >= 0 {
		a := s.accounts[i]
		out.RecordQuota = &a.RecordQuota
		if a.InternalRecordQuota > 0 {
			used := s.held(id, true)
			out.InternalRecordQuota, out.InternalRecordUsage = &a.InternalRecordQuota, &used
		}
	}
	return jsonAnswer(http.StatusOK, envelope{result: encode(out)})
}
