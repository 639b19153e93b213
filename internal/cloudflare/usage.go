package cloudflare

import (
	"context"
	"encoding/json"
	"math"
	"net/http"

	cfdns "github.com/cloudflare/cloudflare-go/v7/dns"
	"github.com/cloudflare/cloudflare-go/v7/option"
)

// Usage is how many records a zone or an account has, and how many it may have.
type Usage struct {
	// Records is how many there are.
	Records int
	// Quota is how many there may be; 0 if it is not set here. An account may set one for all of its zones, and they
	// have none of their own then.
	Quota int
}

// errOddUsage: a number of records that cannot be one.
var errOddUsage error = &unreadableError{"the answer has no usable number of records"}

// ZoneUsage asks how many records a zone has and may have.
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

// AccountUsage asks how many records all zones of an account have and may have, internal zones aside.
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

// UnmarshalJSON never fails. A number may be in a string; what is no number is NaN, which counts nothing.
func (w *wireUsage) UnmarshalJSON(raw []byte) error {
	*w = wireUsage{}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members) // what is no object has no numbers
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

// isCount reports whether a number can count records.
func isCount(n float64) bool { return n >= 0 && n <= math.MaxInt32 && n == math.Trunc(n) }
