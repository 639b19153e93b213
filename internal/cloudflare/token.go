package cloudflare

import (
	"context"
	"net/http"
	"time"

	"github.com/cloudflare/cloudflare-go/v7/accounts"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/user"
)

// Token has the facts that Cloudflare gives about an API token. It contains no part of the token's value.
type Token struct {
	// Status is "active", "disabled" or "expired".
	Status string `json:"status"`
	// NotBefore and ExpiresOn are zero if the token has no such limit.
	NotBefore time.Time `json:"not_before"`
	ExpiresOn time.Time `json:"expires_on"`
}

// VerifyToken asks for the status of the token. account is the ID of the account that owns the token, or ""
// for a user's token, because Cloudflare has an endpoint for each. The call needs no permission and has two
// traps (measured in 2026): it ignores the token's IP filter, so an active token may still be refused
// everywhere else, and it says nothing about permissions.
func (c *Client) VerifyToken(ctx context.Context, account string) (Token, error) {
	r := request{
		method: http.MethodGet,
		path:   "/user/tokens/verify",
		send: func(ctx context.Context, opts ...option.RequestOption) error {
			_, err := user.NewTokenService(c.opts...).Verify(ctx, opts...)
			return err
		},
	}

	if account != "" {
		if err := c.checkID("account", account); err != nil {
			return Token{}, err
		}
		r.path = "/accounts/" + account + "/tokens/verify"
		r.send = func(ctx context.Context, opts ...option.RequestOption) error {
			var p accounts.TokenVerifyParams
			p.AccountID.Value = account
			p.AccountID.Present = true
			_, err := accounts.NewTokenService(c.opts...).Verify(ctx, p, opts...)
			return err
		}
	}

	env, err := call[Token](ctx, c, r)
	env.Result.Status = c.secrets.text(env.Result.Status)
	return env.Result, err
}

// Visible describes the zones that the credentials can see.
type Visible struct {
	Zones int
	// Account is the ID of the account that owns one of the zones; empty if there are no zones.
	Account string
}

// VisibleZones counts the zones that the credentials can see.
func (c *Client) VisibleZones(ctx context.Context) (Visible, error) {
	r := zonesPage(c, 1)
	env, err := call[[]wireZone](ctx, c, r)
	if err != nil {
		return Visible{}, err
	}

	v := Visible{Zones: len(env.Result)}
	if n := env.Info.TotalCount; n != nil && *n > v.Zones {
		v.Zones = *n
	}
	if len(env.Result) > 0 {
		v.Account = env.Result[0].Account.ID
	}
	return v, nil
}
