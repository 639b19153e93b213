package sandbox

import (
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Token is an API token that a seed allows.
type Token struct {
	// Value is the bearer token.
	Value string `json:"value"`
	// Permissions are some of "Zone Read", "DNS Read" and "DNS Write" (which includes reading). If they are
	// null or absent, the token has all of them; an empty list means none.
	Permissions []string `json:"permissions,omitzero"`
	// Zones are the names or IDs of the zones that the token covers. If they are null or absent, the token
	// covers all zones.
	Zones []string `json:"zones,omitzero"`
	// IPs are the addresses or networks (CIDR) from which the token may be used; empty means any.
	IPs []string `json:"ips,omitempty"`
	// Status is active (the default), disabled or expired.
	Status string `json:"status,omitempty"`
	// NotBefore and ExpiresOn appear in the answer when the token is verified. They do not make the token
	// inactive; only Status does.
	NotBefore time.Time `json:"not_before,omitzero"`
	ExpiresOn time.Time `json:"expires_on,omitzero"`
	// AccountID makes the token an account-owned token of that account.
	AccountID string `json:"account_id,omitempty"`
}

// Key is a global API key with the address of its user. It may do everything.
type Key struct {
	Email string `json:"email"`
	Key   string `json:"key"`
}

var (
	tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,200}$`)
	// keyForm matches 37 to 45 hexadecimal digits, or the scannable form (cfk_…) that Cloudflare introduced
	// in 2026.
	keyForm   = regexp.MustCompile(`^([0-9a-f]{37,45}|cfk_[A-Za-z0-9_-]{1,200})$`)
	emailForm = regexp.MustCompile(`^[^\s@]+@[^\s@]+$`)
	// keyAsToken matches a global key that was sent as a token, which is the most common mistake. Of the
	// hexadecimal keys it matches only the classic 37 digits, because 40 digits could be a token.
	keyAsToken = regexp.MustCompile(`^([0-9a-f]{37}|cfk_.*)$`)
)

func badHeaders(chained int, header string) *refusal {
	return &refusal{status: http.StatusBadRequest, errors: []apiError{{
		Code: codeBadHeaders, Message: "Invalid request headers",
		Chain: []apiError{{Code: chained, Message: "Invalid format for " + header + " header"}}}}}
}

// bearer returns the token in the Authorization header if it is well-formed.
func bearer(h http.Header) (string, *refusal) {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || !tokenForm.MatchString(token) || keyAsToken.MatchString(token) {
		return "", badHeaders(codeBadAuthorization, "Authorization")
	}
	return token, nil
}

// hasAuthorization reports whether there is an Authorization header. An empty header is malformed, not missing.
func hasAuthorization(h http.Header) bool { return len(h.Values("Authorization")) > 0 }

// authenticate identifies the caller. On an open server (a seed without tokens and keys), every caller gets
// a token that may do everything.
func (s *Server) authenticate(c *call) (Token, *refusal) {
	if s.shutOut(c.client) {
		return Token{}, refuse(http.StatusForbidden, codeForbidden, "Max auth failures reached")
	}

	token, denied := s.credential(c)
	s.countFailure(c.client, denied != nil)
	return token, denied
}

func (s *Server) credential(c *call) (Token, *refusal) {
	if hasAuthorization(c.header) {
		value, malformed := bearer(c.header)
		if malformed != nil {
			return Token{}, malformed
		}
		return s.admit(value, c.client)
	}
	return Token{}, s.checkKey(c.header.Get("X-Auth-Email"), c.header.Get("X-Auth-Key"))
}

// admit accepts a well-formed token if the seed has it and the token's IP filter allows the client's address.
func (s *Server) admit(value, client string) (Token, *refusal) {
	if s.open() {
		return Token{Value: value}, nil
	}
	t, ok := s.token(value)
	if !ok || t.status() != "active" {
		return Token{}, refuse(http.StatusForbidden, codeForbidden, "Invalid access token")
	}
	if !t.allows(client) {
		return Token{}, locationRefused(client)
	}
	return t, nil
}

func locationRefused(ip string) *refusal {
	return refuse(http.StatusForbidden, codeForbidden, "Cannot use the access token from location: "+ip)
}

func (s *Server) checkKey(email, key string) *refusal {
	switch {
	case email == "" || key == "":
		status := http.StatusBadRequest
		if s.opts.Quirks.Forbidden {
			status = http.StatusForbidden
		}
		return refuse(status, codeNoCredentials, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
	case !emailForm.MatchString(email):
		return badHeaders(codeBadEmail, "X-Auth-Email")
	case !keyForm.MatchString(key):
		return badHeaders(codeBadKey, "X-Auth-Key")
	case !s.open() && !slices.Contains(s.keys, Key{Email: email, Key: key}):
		return refuse(http.StatusForbidden, codeUnknownKey, "Unknown X-Auth-Key or X-Auth-Email")
	}

	return nil
}

// open reports whether any well-formed credential is accepted.
func (s *Server) open() bool { return len(s.tokens) == 0 && len(s.keys) == 0 }

func (s *Server) token(value string) (Token, bool) {
	i := slices.IndexFunc(s.tokens, func(t Token) bool { return t.Value == value })
	if i < 0 {
		return Token{}, false
	}
	return s.tokens[i], true
}

func (t Token) status() string {
	if t.Status == "" {
		return "active"
	}
	return t.Status
}

// allows reports whether the token's filter allows the address.
func (t Token) allows(client string) bool {
	if len(t.IPs) == 0 {
		return true
	}
	addr, err := netip.ParseAddr(client)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(t.IPs, func(s string) bool {
		p, err := network(s)
		return err == nil && p.Contains(addr.Unmap())
	})
}

// network parses an address or a CIDR network.
func network(s string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is neither an IP address nor a network such as 192.0.2.0/24", s)
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

func (t Token) may(p permission) bool {
	if t.Permissions == nil || slices.Contains(t.Permissions, string(p)) {
		return true
	}
	return p == dnsRead && slices.Contains(t.Permissions, string(dnsWrite))
}

// covers reports whether the token can see the zone.
func (t Token) covers(z *zone) bool {
	if t.AccountID != "" && t.AccountID != z.info.AccountID {
		return false
	}
	return t.Zones == nil || slices.Contains(t.Zones, z.info.Name) || slices.Contains(t.Zones, z.info.ID)
}

// authorize finds the zone in the path and checks the token's rights in it. A zone that the token cannot
// see looks like a zone that does not exist.
func (s *Server) authorize(c *call, rt route) *refusal {
	if id, ok := c.ids["zone"]; ok {
		c.zone = s.zoneByID(id)
		if c.zone == nil || !c.token.covers(c.zone) {
			return refuse(http.StatusForbidden, codeForbidden, "Invalid zone identifier")
		}
	}

	// Any permission in a zone allows reading the zone itself.
	single := rt.path == "/zones/{zone}" && (c.token.may(dnsRead) || c.token.may(dnsWrite))
	if !c.token.may(rt.needs) && !single {
		r := refuse(http.StatusForbidden, codeAuthentication, "Authentication error")
		r.short = true
		return r
	}

	return nil
}

func (s *Server) zoneByID(id string) *zone {
	i := slices.IndexFunc(s.zones, func(z *zone) bool { return z.info.ID == id })
	if i < 0 {
		return nil
	}
	return s.zones[i]
}

// shutOut reports whether the address is blocked because it failed to authenticate too often.
func (s *Server) shutOut(client string) bool {
	w := s.failures[client]
	return w != nil && s.opts.Now().Before(w.blockedUntil)
}

func (s *Server) countFailure(client string, failed bool) {
	if !failed || s.opts.MaxAuthFailures == 0 {
		delete(s.failures, client)
		return
	}
	w := s.failures[client]
	if w == nil {
		w = &window{}
		s.failures[client] = w
	}
	w.count++
	if w.count >= s.opts.MaxAuthFailures {
		w.count, w.blockedUntil = 0, s.opts.Now().Add(5*time.Minute)
	}
}

// verifyUserToken answers GET /user/tokens/verify. It ignores the token's IP filter, as measured at
// Cloudflare, and does not know account-owned tokens.
func verifyUserToken(c *call) answer {
	return verifyToken(c, func(t Token) bool { return t.AccountID == "" })
}

func verifyAccountToken(c *call) answer {
	return verifyToken(c, func(t Token) bool { return c.server.open() || t.AccountID == c.ids["account"] })
}

func verifyToken(c *call, known func(Token) bool) answer {
	if !hasAuthorization(c.header) {
		return refuse(http.StatusBadRequest, codeMissingBearer, `Missing "Authorization" header`).answer()
	}

	value, malformed := bearer(c.header)
	if malformed != nil {
		return malformed.answer()
	}

	t, ok := c.server.token(value)
	if !ok && c.server.open() {
		t, ok = Token{Value: value}, true
	}
	if !ok || !known(t) {
		return refuse(http.StatusUnauthorized, codeInvalidToken, "Invalid API Token").answer()
	}

	return verified(c.server.opts.Random, t)
}

func verified(seed uint64, t Token) answer {
	told := map[string]string{"id": identifier(seed, "token", t.Value), "status": t.status()}
	for name, at := range map[string]time.Time{"not_before": t.NotBefore, "expires_on": t.ExpiresOn} {
		if !at.IsZero() {
			told[name] = at.UTC().Format(time.RFC3339)
		}
	}
	result := encode(told)
	// Cloudflare reports success with the code that means "Authentication error" in every other answer.
	m := apiMessage{Code: codeAuthentication, Message: "This API Token is valid and active"}
	if t.status() != "active" {
		m.Message = "This API Token is " + t.status()
	}
	return jsonAnswer(http.StatusOK, envelope{result: result, messages: []apiMessage{m}})
}
