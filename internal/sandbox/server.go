package sandbox

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options configure a Server. The zero value of each option means its default.
type Options struct {
	// Seed is the initial content of the server; empty by default. See [SampleSeed] and [LoadSeed].
	Seed Seed
	// Random varies identifiers and the order of equal items in lists. Two servers with the same number
	// behave the same.
	Random uint64
	// Prefix is the path below which the API is served; "/client/v4" if empty. The API is served without
	// the prefix as well.
	Prefix string
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Sleep waits for the delay of a fault. It returns early with an error if the context ends. If Sleep is
	// nil, the server waits in real time.
	Sleep func(context.Context, time.Duration) error
	// ClientIP is the address from which requests seem to come, for the IP filters of tokens. If it is empty,
	// the server uses the address of the connection.
	ClientIP string
	// RateLimit is the number of requests that a credential may make in five minutes before it is blocked for
	// five minutes (Cloudflare: 1,200); 0 means no limit.
	RateLimit int
	// MaxAuthFailures is the number of refused credentials in a row after which an address is blocked for
	// five minutes, with "Max auth failures reached"; 0 means no limit.
	MaxAuthFailures int
	// Quirks choose between behaviors on which the sources disagree.
	Quirks Quirks
}

// Quirks are behaviors of Cloudflare on which sources disagree, or which have changed over time. False
// selects the likelier behavior.
type Quirks struct {
	// RefuseProxiedTTL refuses a proxied record whose TTL is not 1, instead of setting the TTL to 1.
	RefuseProxiedTTL bool
	// KeepHostCase keeps the case of host names in contents.
	KeepHostCase bool
	// LowerHex converts hexadecimal data to lower case.
	LowerHex bool
	// TabInSRV puts tabs instead of spaces between the fields of SRV contents.
	TabInSRV bool
	// OldProxyRefusal answers 9041 instead of 9003 if a target cannot be proxied.
	OldProxyRefusal bool
	// Forbidden answers 403 instead of 400 if credentials are missing.
	Forbidden bool
}

// Server is the API. It is safe for concurrent use.
type Server struct {
	opts Options

	mu       sync.Mutex
	zones    []*zone // in the order in which they were added
	accounts []Account
	tokens   []Token
	keys     []Key
	rays     int
	batches  int
	requests []Request
	faults   []*activeFault
	limits   map[string]*window
	failures map[string]*window
	stale    Staleness
}

// New returns a server with the options' seed. It panics if the seed is not valid, because that is a bug of
// the caller. [LoadSeed] checks a seed from a file.
func New(opts Options) *Server {
	opts.Prefix = orText(strings.TrimRight(opts.Prefix, "/"), "/client/v4")
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Sleep == nil {
		opts.Sleep = sleep
	}
	s := &Server{opts: opts, limits: map[string]*window{}, failures: map[string]*window{}}
	if err := s.plant(opts.Seed); err != nil {
		panic("sandbox: invalid seed: " + err.Error())
	}
	return s
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// maxBody is the size limit of a request body in bytes. A full batch of long records fits.
const maxBody = 32 << 20

// call is the state of one request while the server answers it.
type call struct {
	server *Server
	method string
	path   string // below the prefix
	query  url.Values
	header http.Header
	body   []byte
	client string // address
	zone   *zone
	// ids are the identifiers in the path, by their names in the route.
	ids   map[string]string
	token Token
}

func (s *Server) newCall(r *http.Request, path string) (*call, *refusal) {
	c := &call{
		server: s,
		method: r.Method,
		path:   path,
		query:  r.URL.Query(),
		header: r.Header,
		client: s.clientIP(r),
	}

	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return c, refuse(http.StatusBadRequest, codeBadJSON, "The request body could not be read.")
	}
	if len(body) > maxBody {
		return c, refuse(http.StatusRequestEntityTooLarge, codeBadJSON, "The request body is too large.")
	}
	c.body = body
	return c, nil
}

func (s *Server) clientIP(r *http.Request) string {
	if s.opts.ClientIP != "" {
		return s.opts.ClientIP
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// write reports whether the request's method is one for changes.
func (c *call) write() bool { return c.method != http.MethodGet && c.method != http.MethodHead }

// ServeHTTP answers a request to the API, or to a knob below /_sandbox/. If a fault cuts the connection, it
// panics with http.ErrAbortHandler, which makes net/http close the connection without an answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := s.below(r.URL.Path)
	if path == "/_sandbox" || strings.HasPrefix(path, "/_sandbox/") {
		s.serveKnobs(w, r, path)
		return
	}

	c, refused := s.newCall(r, path)
	met := s.meet(c)
	if s.wait(r.Context(), met.delay) != nil {
		panic(http.ErrAbortHandler)
	}

	a := s.carryOut(c, met, refused)
	for _, hook := range met.hooks {
		hook()
	}

	s.finish(c, &a, met.cut)
	if met.cut {
		panic(http.ErrAbortHandler)
	}
	a.write(w)
}

// below removes the prefix from a path.
func (s *Server) below(path string) string {
	rest, found := strings.CutPrefix(path, s.opts.Prefix)
	if found && (rest == "" || rest[0] == '/') {
		return rest
	}
	return path
}

func (s *Server) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	return s.opts.Sleep(ctx, d)
}

// carryOut executes the request, unless a fault prevents that. It returns the answer as the faults change it.
func (s *Server) carryOut(c *call, met encounter, refused *refusal) answer {
	if met.instead != nil && !met.afterCommit {
		return *met.instead
	}
	if met.cut && !met.afterCommit {
		return answer{}
	}

	var a answer
	if refused != nil {
		a = refused.answer()
	} else {
		for _, ask := range met.asks {
			ask(c)
		}
		a = s.answer(c)
	}

	for _, rewrite := range met.rewrites {
		rewrite(c, &a)
	}

	if met.instead != nil {
		committed := a.committed
		a = *met.instead
		a.committed = committed
	}
	return a
}

// finish adds the headers to the answer and logs the request. The caller sends the answer afterwards, so that
// a client finds its request in the log.
func (s *Server) finish(c *call, a *answer, cut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.rays++
	ray := identifier(s.opts.Random, "ray", s.rays)[:16] + "-AMS"
	if cut {
		a.status, a.code, ray = 0, 0, ""
	} else {
		h := a.header.Clone()
		if h == nil {
			h = http.Header{}
		}
		h.Set("CF-Ray", ray)
		h.Set("Cf-Auditlog-Id", auditID(identifier(s.opts.Random, "audit", s.rays)))
		h.Set("Vary", "Accept-Encoding")
		a.header = h
	}

	s.log(Request{
		Time:      s.opts.Now(),
		Method:    c.method,
		Path:      c.path,
		Query:     c.query.Encode(),
		Status:    a.status,
		Code:      a.code,
		Ray:       ray,
		Write:     c.write(),
		Committed: a.committed,
	})
}

// answer runs the request through the API gateway and then its handler.
func (s *Server) answer(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()

	rt, ids, refused := find(c.method, c.path)
	if refused == nil && rt.verify {
		c.ids = ids
		return rt.handle(c)
	}

	token, denied := s.authenticate(c)
	if denied != nil {
		return denied.answer()
	}
	left, throttled := s.throttle(c)
	if throttled != nil {
		return *throttled
	}

	if refused != nil {
		return refused.answer()
	}

	c.token, c.ids = token, ids
	if denied := s.authorize(c, rt); denied != nil {
		return denied.answer()
	}
	if refused := c.checkContentType(); refused != nil {
		return refused.answer()
	}

	before := s.before(c)
	a := rt.handle(c)
	if a.committed && before != nil {
		s.remember(c.zone, before)
	}
	s.rateHeaders(a.header, rt.service, left)
	return a
}

// checkContentType refuses a body whose Content-Type is not JSON.
func (c *call) checkContentType() *refusal {
	sent, _, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if len(c.body) == 0 || !c.write() || err == nil && sent == "application/json" {
		return nil
	}
	return refuse(http.StatusBadRequest, codeContentType, "Content-type must be application/json.")
}

// rateHeaders adds headers that say how many requests are left, in the form of the IETF draft that
// Cloudflare has followed since September 2025.
func (s *Server) rateHeaders(h http.Header, service string, left int) {
	h.Set("Ratelimit", fmt.Sprintf(`"%s";r=%d;t=%d`, service, left, 300))
	h.Set("Ratelimit-Policy", fmt.Sprintf(`"%s";q=%d;w=%d`, service, s.rateLimit(), 300))
}
