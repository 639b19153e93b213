package reconcile_test

import (
	"context"
	"flag"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/httpstate"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/state/servertest"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", "8") // the tests wait for servers and for the disk more than they compute

	minio.DefaultRetryUnit = time.Millisecond // repeated requests need not wait
	code := m.Run()
	servertest.Stop()
	os.Exit(code)
}

func noEnv(string) string { return "" }

// openBackend opens a new state on a real server twice: through a proxy, and directly.
type openBackend func(t *testing.T) (proxy *statetest.Proxy, through, direct state.Backend)

func configured(t *testing.T, b state.Backend, err error) state.Backend {
	t.Helper()
	if err != nil {
		t.Fatalf("Configure: %v", err)
	}
	return b
}

func onPostgres(t *testing.T) (proxy *statetest.Proxy, through, direct state.Backend) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server: not with -short")
	}

	server := servertest.SharedPostgres(t)
	proxy = statetest.NewProxy(t, server.Addr())
	schema := server.NewSchema()
	at := func(addr string) state.Backend {
		conn := server.URL(servertest.PGRole, servertest.PGSecret, addr, "sslmode=disable")
		b, err := postgres.Configure(statetest.Given(map[string]string{"conn_str": conn, "schema_name": schema}, noEnv))
		return configured(t, b, err)
	}
	return proxy, at(proxy.Addr()), at(server.Addr())
}

func onS3(t *testing.T) (proxy *statetest.Proxy, through, direct state.Backend) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server: not with -short")
	}

	server := servertest.S3(t, "us-east-1")
	proxy = statetest.NewProxy(t, server.Addr)
	bucket := server.Bucket(t)
	at := func(addr string) state.Backend {
		b, err := s3.Configure(statetest.Given(map[string]string{
			"endpoint":   "http://" + addr,
			"bucket":     bucket,
			"access_key": servertest.RootKey,
			"secret_key": servertest.RootSecret,
		}, noEnv))
		return configured(t, b, err)
	}
	return proxy, at(proxy.Addr()), at(server.Addr)
}

func onHTTP(t *testing.T) (proxy *statetest.Proxy, through, direct state.Backend) {
	t.Helper()
	server := servertest.NewStates(false)
	url := server.Serve(t)
	proxy = statetest.NewProxy(t, url[len("http://"):])
	at := func(url string) state.Backend {
		address := server.Address(url, "dns")
		b, err := httpstate.Configure(statetest.Given(map[string]string{
			"address":        address,
			"lock_address":   address,
			"unlock_address": address,
			"retry_wait_min": "0",
			"retry_wait_max": "0",
		}, noEnv))
		return configured(t, b, err)
	}
	return proxy, at("http://" + proxy.Addr()), at(url)
}

// cut defines at which step of a run its backend is cut off, and how.
type cut struct {
	// step is the first step that is cut, counted from 0; -1 for none.
	step int
	// answers is true if the server receives the request and only the answer is lost.
	answers bool
	// forGood is true if the backend cannot be reached again.
	forGood bool
}

// stepping is a backend that counts its steps, each of which may take several requests,
// and cuts its connections during one of them.
type stepping struct {
	state.Backend
	proxy *statetest.Proxy
	cut   cut
	steps []string
	// before is called at the beginning of each step; it may be nil.
	before func(step int)
	// held is the lock; nil before it is taken.
	held state.Lock

	mu sync.Mutex
}

// step runs one step. Steps run one at a time, although parts of a log are read in parallel.
func (s *stepping) step(name string, do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cut := len(s.steps) == s.cut.step || s.cut.forGood && s.cut.step >= 0 && len(s.steps) > s.cut.step
	if s.before != nil {
		s.before(len(s.steps))
	}
	s.steps = append(s.steps, name)
	if !cut {
		do()
		return
	}

	if s.cut.answers {
		s.proxy.CutAnswers(0, statetest.Always)
	} else {
		s.proxy.CutRequests(0, statetest.Always)
	}
	do()
	s.proxy.Heal()
}

func (s *stepping) Read(ctx context.Context, doc state.Document) (text []byte, v state.Version, err error) {
	s.step("read "+string(doc), func() { text, v, err = s.Backend.Read(ctx, doc) })
	return text, v, err
}

func (s *stepping) Write(ctx context.Context, doc state.Document, text []byte, was state.Version) (v state.Version, err error) {
	s.step("write "+string(doc), func() { v, err = s.Backend.Write(ctx, doc, text, was) })
	return v, err
}

func (s *stepping) Lock(ctx context.Context, who state.Holder, wait time.Duration) (lock state.Lock, err error) {
	s.step("lock", func() { lock, err = s.Backend.Lock(ctx, who, wait) })
	if err != nil {
		return nil, err
	}
	s.held = lock
	return &steppingLock{Lock: lock, of: s}, nil
}

type steppingLock struct {
	state.Lock
	of *stepping
}

func (l *steppingLock) Check(ctx context.Context) (err error) {
	l.of.step("check", func() { err = l.Lock.Check(ctx) })
	return err
}

func (l *steppingLock) Unlock() (err error) {
	l.of.step("unlock", func() { err = l.Lock.Unlock() })
	return err
}

// keeping is a stepping backend with an archive.
type keeping struct {
	*stepping
	archive state.Archive
}

func (k *keeping) Keep(ctx context.Context, name string, data []byte) (err error) {
	k.step("keep", func() { err = k.archive.Keep(ctx, name, data) })
	return err
}

func (k *keeping) Kept(ctx context.Context, name string) (data []byte, err error) {
	k.step("kept", func() { data, err = k.archive.Kept(ctx, name) })
	return data, err
}

func (k *keeping) Entries(ctx context.Context) (names []string, err error) {
	k.step("entries", func() { names, err = k.archive.Entries(ctx) })
	return names, err
}

func (k *keeping) Add(ctx context.Context, name string, data []byte) (err error) {
	k.step("add", func() { err = k.archive.Add(ctx, name, data) })
	return err
}

func (k *keeping) Drop(ctx context.Context, names ...string) (err error) {
	k.step("drop", func() { err = k.archive.Drop(ctx, names...) })
	return err
}

// newStepping wraps a backend, with its archive if it has one.
func newStepping(b state.Backend, proxy *statetest.Proxy, c cut) (state.Backend, *stepping) {
	s := &stepping{Backend: b, proxy: proxy, cut: c}
	if archive, ok := b.(state.Archive); ok {
		return &keeping{stepping: s, archive: archive}, s
	}
	return s, s
}
