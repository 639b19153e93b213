package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// The real server of these tests is the Versity S3 Gateway (Apache-2.0), which can be
// had with `go install` alone, honours If-Match and If-None-Match on PutObject under
// a lock of its own, and has users and bucket policies. It is a program and no
// dependency: .ci/run installs it. MinIO's server is under the AGPL and has no versions
// that Go could pin; s3rver of npm ignores the conditions.
//
// It differs from R2: it has policies, where R2 has tokens; it answers PreconditionFailed
// to all writes at once but one, where R2 and S3 may also say ConditionalRequestConflict;
// it keeps the objects as files, so that Last-Modified is a file's; and it takes any
// region for R2's "auto" only if it is called so.
const versitygw = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"

const (
	rootKey    = "rootkey"
	rootSecret = "rootsecret-rootsecret"
)

// gateway is a server under way.
type gateway struct {
	addr, region string
	process      *exec.Cmd
	output       *bytes.Buffer
	ended        chan struct{}
}

// gateways are those of this run, by what they were started with; they end with it.
var gateways struct {
	sync.Mutex
	byArgs map[string]*gateway
	dirs   []string
}

func TestMain(m *testing.M) {
	minio.DefaultRetryUnit = time.Millisecond // what is repeated here need not wait
	statetest.Child(func(where string) (state.Backend, error) {
		addr, bucket, _ := strings.Cut(where, "/")
		return s3.Configure(attributes(addr, bucket), noEnv)
	})
	code := m.Run()
	for _, g := range gateways.byArgs {
		_ = g.process.Process.Kill()
		<-g.ended
	}
	for _, dir := range gateways.dirs {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// program finds the server, or skips the test.
func program(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("versitygw"); err == nil {
		return path
	}
	for _, variable := range []string{"GOBIN", "GOPATH"} {
		out, err := exec.Command("go", "env", variable).Output()
		dir := strings.TrimSpace(string(out))
		if variable == "GOPATH" {
			dir = filepath.Join(dir, "bin")
		}
		path, lookErr := exec.LookPath(filepath.Join(dir, "versitygw"))
		if err == nil && dir != "" && lookErr == nil {
			return path
		}
	}
	const need = "this needs an S3 server: go install " + versitygw
	if os.Getenv("CI") != "" {
		t.Fatal(need)
	}
	t.Skip(need)
	return ""
}

// serve returns the server for a region, with further flags.
func serve(t *testing.T, region string, flags ...string) *gateway {
	t.Helper()
	path := program(t)
	gateways.Lock()
	defer gateways.Unlock()
	args := append([]string{"--region", region}, flags...)
	if g := gateways.byArgs[strings.Join(args, " ")]; g != nil {
		return g
	}
	g := start(t, path, region, args)
	if gateways.byArgs == nil {
		gateways.byArgs = map[string]*gateway{}
	}
	gateways.byArgs[strings.Join(args, " ")] = g
	return g
}

func start(t *testing.T, path, region string, args []string) *gateway {
	t.Helper()
	dir, err := os.MkdirTemp("", "cfplan-s3-") // it outlives the test that starts it
	if err != nil {
		t.Fatal(err)
	}
	gateways.dirs = append(gateways.dirs, dir)
	data, users := filepath.Join(dir, "data"), filepath.Join(dir, "users")
	for _, d := range []string{data, users} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	g := &gateway{addr: freeAddr(t), region: region, output: &bytes.Buffer{}, ended: make(chan struct{})}
	args = append(args, "--port", g.addr, "--access", rootKey, "--secret", rootSecret, "--iam-dir", users,
		"--iam-cache-disable", "--keep-alive", "--quiet", "posix", data)
	g.process = exec.Command(path, args...)
	g.process.Stdout, g.process.Stderr = g.output, g.output
	if err := g.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = g.process.Wait() // says that it was killed
		close(g.ended)
	}()
	for {
		conn, err := net.Dial("tcp", g.addr)
		if err == nil {
			_ = conn.Close()
			return g
		}
		select {
		case <-g.ended:
			t.Fatalf("versitygw ended: %s", g.output)
		default:
			runtime.Gosched()
		}
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// client is the server's owner's.
func (g *gateway) client(t *testing.T) *minio.Client {
	t.Helper()
	c, err := minio.New(g.addr, &minio.Options{Creds: credentials.NewStaticV4(rootKey, rootSecret, ""), Region: g.region})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var buckets struct {
	sync.Mutex
	made int
}

// bucket makes a new one.
func (g *gateway) bucket(t *testing.T) string {
	t.Helper()
	buckets.Lock()
	buckets.made++
	name := fmt.Sprintf("bucket-%d", buckets.made)
	buckets.Unlock()
	if err := g.client(t).MakeBucket(t.Context(), name, minio.MakeBucketOptions{}); err != nil {
		t.Fatalf("MakeBucket: %v: %s", err, g.output)
	}
	return name
}

// user makes one with a key and a bucket policy that allows him just these actions.
func (g *gateway) user(t *testing.T, key, secret, bucket string, actions ...string) {
	t.Helper()
	cmd := exec.Command(program(t), "admin", "--access", rootKey, "--secret", rootSecret, "--region", g.region, "--endpoint-url", "http://"+g.addr,
		"create-user", "--access", key, "--secret", secret, "--role", "user")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("create-user: %v: %s", err, out)
	}
	policy := fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": [%q]}, "Action": ["%s"],
		"Resource": ["arn:aws:s3:::%s", "arn:aws:s3:::%s/*"]}]}`, key, strings.Join(actions, `", "`), bucket, bucket)
	if err := g.client(t).SetBucketPolicy(t.Context(), bucket, policy); err != nil {
		t.Fatalf("SetBucketPolicy: %v", err)
	}
}

func noEnv(string) string { return "" }

func attributes(addr, bucket string) map[string]string {
	return map[string]string{"endpoint": "http://" + addr, "bucket": bucket, "access_key": rootKey, "secret_key": rootSecret}
}

// backend returns one with nothing in it.
func backend(t *testing.T) *s3.Backend {
	t.Helper()
	g := serve(t, "us-east-1")
	return at(t, g.addr, g.bucket(t))
}

func at(t *testing.T, addr, bucket string) *s3.Backend {
	t.Helper()
	return with(t, attributes(addr, bucket))
}

func with(t *testing.T, attrs map[string]string) *s3.Backend {
	t.Helper()
	b, err := s3.Configure(attrs, noEnv)
	if err != nil {
		t.Fatalf("Configure: %v", err)
	}
	return b.(*s3.Backend)
}

// roundTripper is a transport that is a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// storeClock puts the clock of the store forward.
func storeClock(b *s3.Backend, forward time.Duration) {
	b.Over(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil {
				date, _ := http.ParseTime(resp.Header.Get("Date"))
				resp.Header.Set("Date", date.Add(forward).UTC().Format(http.TimeFormat))
			}
			return resp, err
		})
	})
}

// tryLock tries once.
func tryLock(t *testing.T, b state.Backend, who string) (state.Lock, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l, err := b.Lock(ctx, state.Holder{ID: "id-of-" + who, Who: who})
	if err == nil {
		t.Cleanup(func() { _ = l.Unlock() })
	}
	return l, err
}

func mustLock(t *testing.T, b state.Backend, who string) state.Lock {
	t.Helper()
	l, err := tryLock(t, b, who)
	if err != nil {
		t.Fatalf("Lock for %s = %v", who, err)
	}
	return l
}

func heldBy(t *testing.T, err error, who string) {
	t.Helper()
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.Holder.Who != who {
		t.Errorf("Lock = %v, want a *LockedError that names %s", err, who)
	}
}
