package cloudflare

import (
	"context"
	"encoding/json"
	"math"
	"net/http"

	cfdns "github.com/cloudflare/cloudflare-go/v7/dns"
	"github.com/cloudflare/cloudflare-go/v7/option"
)

// Usage is the number of records that a zone or an account has and may have.
type Usage struct {
	// Records is the number of records.
	Records int
	// Quota is the largest number of records; 0 if the answer has no quota. If an account has one quota for
	// all of its zones, its zones have no quota.
	Quota int
}

// errOddUsage means that a value in the answer cannot be a number of records.
var errOddUsage error = &unreadableError{"the answer has no usable number of records"}

// ZoneUsage returns how many records a zone has and may have.
func (c *Client) ZoneUsage(ctx context.Context, zoneID string) (Usage, error) {
	if err := c.checkID("zone", zoneID); err != nil {
		return Usage{}, err
	}
	return c.usage(ctx, request{
		method: http.MethodGet,
		path:   "/zones/" + zoneID + "/dns_records/usage",
		send: func(ctx context.Context, opts ...option.RequestOption) error {
			var p cfdns.UsageZoneGetParams
			p.ZoneID.Value = zoneID
			_, err := cfdns.NewUsageZoneService(c.opts...).Get(ctx, p, opts...)
			return err
		},
	})
}

// AccountUsage returns how many records all zones of an account, except internal ones, have and may have.
func (c *Client) AccountUsage(ctx context.Context, accountID string) (Usage, error) {
	if err := c.checkID("account", accountID); err != nil {
		return Usage{}, err
	}
	return c.usage(ctx, request{
		method: http.MethodGet,
		path:   "/accounts/" + accountID + "/dns_records/usage",
		send: func(ctx context.Context, opts ...option.RequestOption) error {
			var p cfdns.UsageAccountGetParams
			p.AccountID.Value = accountID
			_, err := cfdns.NewUsageAccountService(c.opts...).Get(ctx, p, opts...)
			return err
		},
	})
}

func (c *Client) usage(ctx context.Context, r request) (Usage, error) {
	env, err := call[wireUsage](ctx, c, r)
	if err != nil {
		return Usage{}, err
	}
	out, err := env.Result.usage()
	if err != nil {
		r.ray = env.ray
		return Usage{}, c.unusable(r, err)
	}
	return out, nil
}

// wireUsage is a usage as the API sends it.
type wireUsage struct {
	Quota, Usage *float64
}

// UnmarshalJSON never fails. It also reads a number in a string. A value that is not a number becomes NaN,
// which is not a valid count.
func (w *wireUsage) UnmarshalJSON(raw []byte) error {
	*w = wireUsage{}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members) // a value that is not an object has no members
	read := func(name string) *float64 {
		if shapeOf(members[name]) == "null" {
			return nil
		}
		if n, ok := looseNumber(members[name]); ok {
			return &n
		}
		return new(math.NaN())
	}

	w.Quota, w.Usage = read("record_quota"), read("record_usage")
	return nil
}

func (w wireUsage) usage() (Usage, error) {
	if w.Usage == nil || !isCount(*w.Usage) || w.Quota != nil && (!isCount(*w.Quota) || *w.Quota == 0) {
		return Usage{}, errOddUsage
	}
	out := Usage{Records: int(*w.Usage)}
	if w.Quota != nil {
		out.Quota = int(*w.Quota)
	}
	return out, nil
}

// isCount reports whether n can be a number of records.
func isCount(n float64) bool { return n >= 0 && n <= math.MaxInt32 && n == math.Trunc(n) }
