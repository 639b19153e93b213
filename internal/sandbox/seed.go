package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Seed is the initial content of a server. Its JSON form is the seed file of `cfplan sandbox`.
type Seed struct {
	Zones []Zone `json:"zones"`
	// Accounts are the accounts that have one record quota for all of their zones.
	Accounts []Account `json:"accounts,omitempty"`
	// Tokens and Keys are the known credentials. If both are empty, every well-formed credential may do
	// everything.
	Tokens []Token `json:"tokens,omitempty"`
	Keys   []Key   `json:"keys,omitempty"`
}

// MaxSeed is the size limit for a seed file, in bytes.
const MaxSeed = 64 << 20

// LoadSeed reads a seed file and checks it as [New] would. Unknown keys are errors, so that a misspelled key
// does not go unnoticed.
func LoadSeed(r io.Reader) (Seed, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxSeed+1))
	if err != nil {
		return Seed{}, fmt.Errorf("seed: %w", err)
	}
	if len(body) > MaxSeed {
		return Seed{}, fmt.Errorf("seed: larger than %d MiB", MaxSeed>>20)
	}

	var seed Seed
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&seed); err != nil {
		return Seed{}, fmt.Errorf("seed: line %d: %w", lineOf(body, dec.InputOffset(), err), err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Seed{}, fmt.Errorf("seed: line %d: there is more text after the seed's object",
			lineOf(body, dec.InputOffset(), nil))
	}
	return seed, seed.Check()
}

// lineOf returns the line at which decoding failed, or the line of offset if the error has no position.
func lineOf(body []byte, offset int64, err error) int {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	offset = min(max(offset, 0), int64(len(body)))
	return 1 + strings.Count(string(body[:offset]), "\n")
}

// Check returns an error if the seed is not valid for New.
func (s Seed) Check() error {
	return (&Server{opts: Options{Now: func() time.Time { return time.Time{} }}}).plant(s)
}

// plant fills an empty server with a seed.
func (s *Server) plant(seed Seed) error {
	for i, z := range seed.Zones {
		if _, err := s.addZone(z); err != nil {
			return fmt.Errorf("seed: zones[%d]: %w", i, err)
		}
	}

	for i, a := range seed.Accounts {
		if err := s.addAccount(a); err != nil {
			return fmt.Errorf("seed: accounts[%d]: %w", i, err)
		}
	}

	for i, t := range seed.Tokens {
		if err := t.check(); err != nil {
			return fmt.Errorf("seed: tokens[%d]: %w", i, err)
		}
	}

	for i, k := range seed.Keys {
		if !emailForm.MatchString(k.Email) || !keyForm.MatchString(k.Key) {
			return fmt.Errorf("seed: keys[%d]: needs an email address, and a key of 37 to 45 hexadecimal digits", i)
		}
	}

	s.tokens, s.keys = slices.Clone(seed.Tokens), slices.Clone(seed.Keys)
	return nil
}

func (t Token) check() error {
	if !tokenForm.MatchString(t.Value) || keyAsToken.MatchString(t.Value) {
		return errors.New("value must have 1 to 200 of the characters A-Z, a-z, 0-9, _ and -, and must not be a global key")
	}

	for _, p := range t.Permissions {
		if !slices.Contains([]permission{zoneRead, dnsRead, dnsWrite}, permission(p)) {
			return fmt.Errorf("permission %q is not one of %q, %q, %q", p, zoneRead, dnsRead, dnsWrite)
		}
	}

	for _, ip := range t.IPs {
		if _, err := network(ip); err != nil {
			return err
		}
	}

	if !slices.Contains([]string{"active", "disabled", "expired"}, t.status()) {
		return fmt.Errorf("status %q is not one of active, disabled, expired", t.Status)
	}

	return nil
}

// addAccount checks an account and fills in its ID.
func (s *Server) addAccount(a Account) error {
	a.ID = orText(a.ID, s.defaultAccount())
	switch {
	case !isIdentifier(a.ID):
		return fmt.Errorf("the id %q is not 32 hexadecimal digits in lower case", a.ID)
	case a.RecordQuota < 1 || a.InternalRecordQuota < 0:
		return errors.New("record_quota must be at least 1, and internal_record_quota must not be negative")
	case slices.ContainsFunc(s.accounts, func(o Account) bool { return o.ID == a.ID }):
		return fmt.Errorf("the account %s appears twice", a.ID)
	}
	s.accounts = append(s.accounts, a)
	return nil
}

// defaultAccount returns the ID of the account that owns zones without an account of their own.
func (s *Server) defaultAccount() string { return identifier(s.opts.Random, "account") }

// addZone checks a zone, fills in its defaults, and stores its records.
func (s *Server) addZone(z Zone) (*zone, error) {
	info, err := s.complete(z)
	if err != nil {
		return nil, err
	}

	out := newZone(info, s.opts.Random)
	// Records with IDs come first, so that made-up IDs do not collide with them.
	for _, own := range []bool{true, false} {
		for i, r := range z.Records {
			if (r.ID != "") != own {
				continue
			}
			if out.records[r.ID] != nil {
				return nil, fmt.Errorf("%s: records[%d]: the id %s appears twice", info.Name, i, r.ID)
			}
			if _, err := s.place(out, r); err != nil {
				return nil, fmt.Errorf("%s: records[%d] (%s %s): %w", info.Name, i, r.Type, r.Name, err)
			}
		}
	}

	s.zones = append(s.zones, out)
	return out, nil
}

// complete fills in a zone's defaults and checks it.
func (s *Server) complete(z Zone) (Zone, error) {
	name, ok := asciiName(strings.TrimSuffix(z.Name, "."))
	if !ok || !validName(name) || strings.HasPrefix(name, "*") || isAddress(name) {
		return Zone{}, fmt.Errorf("%q is not a zone name", z.Name)
	}

	z.Name = name
	z.Plan, z.Status, z.Type = orText(z.Plan, "free"), orText(z.Status, "active"), orText(z.Type, "full")
	if z.NameServers == nil && z.Type == "full" {
		z.NameServers = []string{"anna.ns.cloudflare.com", "bert.ns.cloudflare.com"}
	}

	z.AccountID = orText(z.AccountID, s.defaultAccount())
	z.AccountName = orText(z.AccountName, "Sandbox")
	z.CreatedOn = orTime(z.CreatedOn, s.opts.Now())
	z.ModifiedOn = orTime(z.ModifiedOn, z.CreatedOn)

	if z.ID == "" {
		z.ID = s.zoneID(name)
	}
	return z, s.checkZone(z)
}

// zoneID makes an ID from the name. If another zone of that name has the ID, it adds a number.
func (s *Server) zoneID(name string) string {
	for n := 0; ; n++ {
		if id := identifier(s.opts.Random, "zone", name, n); s.zoneByID(id) == nil {
			return id
		}
	}
}

func (s *Server) checkZone(z Zone) error {
	for _, c := range []struct {
		what, value string
		allowed     []string
	}{
		{"plan", z.Plan, []string{"free", "pro", "business", "enterprise"}},
		{"status", z.Status, []string{"initializing", "pending", "active", "moved"}},
		{"type", z.Type, []string{"full", "partial", "secondary", "internal"}},
	} {
		if !slices.Contains(c.allowed, c.value) {
			return fmt.Errorf("%s: %s %q is not one of %s", z.Name, c.what, c.value, strings.Join(c.allowed, ", "))
		}
	}

	for _, id := range []string{z.ID, z.AccountID} {
		if !isIdentifier(id) {
			return fmt.Errorf("%s: the id %q is not 32 hexadecimal digits in lower case", z.Name, id)
		}
	}
	if s.zoneByID(z.ID) != nil {
		return fmt.Errorf("%s: another zone has the id %s", z.Name, z.ID)
	}
	if z.RecordQuota < 0 {
		return fmt.Errorf("%s: record_quota %d is negative", z.Name, z.RecordQuota)
	}
	return nil
}

func orText(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// place stores a record without the API. It checks and normalizes the record, but does not enforce quotas,
// conflicts or read-only records, because real zones contain oddities that the API would not accept today.
func (s *Server) place(z *zone, r Record) (*stored, error) {
	if r.ID != "" && !isIdentifier(r.ID) {
		return nil, fmt.Errorf("the id %q is not 32 hexadecimal digits in lower case", r.ID)
	}
	if r.TTL == 0 {
		r.TTL = 1
	}

	d := edit(r)
	d.hasPriority = d.Type != "SRV" || r.Priority != 0
	d.flat = takesData(r.Type) && r.Data == nil
	if errs := d.normalize(z.info, s.opts.Quirks); len(errs) > 0 {
		return nil, fmt.Errorf("%s (%d)", errs[0].Message, errs[0].Code)
	}

	out := d.Record
	if out.ID == "" {
		out.ID = z.newID()
	}

	var before *Record
	if old := z.records[out.ID]; old != nil {
		before = &old.Record
	}
	out.touch(before, s.opts.Now())
	return z.put(out), nil
}
