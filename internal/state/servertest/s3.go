package servertest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// The S3 server is the Versity S3 Gateway (Apache-2.0). `go install` alone installs it, it honors If-Match
// and If-None-Match on PutObject under a lock of its own, and it has users and bucket policies. It is a
// program, not a dependency: .ci/run installs it. MinIO's server is under the AGPL and has no versions that
// Go could pin; s3rver (npm) ignores the conditions.
//
// It differs from R2 in four ways. It has policies instead of tokens. Of several concurrent writes it
// answers all but one with PreconditionFailed, whereas R2 and S3 may also answer
// ConditionalRequestConflict. It keeps objects as files, so Last-Modified is a file's time. It accepts R2's
// region "auto" only if that is its own region.
const versitygw = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"

// RootKey and RootSecret are the key of the server's owner.
const (
	RootKey    = "rootkey"
	RootSecret = "rootsecret-rootsecret"
)

// Gateway is a running S3 server. Its owner has RootKey and RootSecret.
type Gateway struct {
	// Addr is its host and port, Region the region that it serves.
	Addr, Region string
	process      *exec.Cmd
	output       *bytes.Buffer
	ended        chan struct{}
}

// gateways has the running servers by their arguments. Stop ends them.
var gateways struct {
	sync.Mutex
	byArgs map[string]*Gateway
	dirs   []string
}

// s3Program returns the path of the server. If the program is missing, it skips the test, or fails it if CI
// is set.
func s3Program(t *testing.T) string {
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

	const need = "this test needs an S3 server: go install " + versitygw
	if os.Getenv("CI") != "" {
		t.Fatal(need)
	}

	t.Skip(need)
	return ""
}

// S3 returns the server for a region, with additional flags. It is started once and ends with Stop. If the
// program is missing, the test is skipped, or fails if CI is set.
func S3(t *testing.T, region string, flags ...string) *Gateway {
	t.Helper()
	path := s3Program(t)
	gateways.Lock()
	defer gateways.Unlock()

	args := append([]string{"--region", region}, flags...)
	if g := gateways.byArgs[strings.Join(args, " ")]; g != nil {
		return g
	}

	g := startS3(t, path, region, args)
	if gateways.byArgs == nil {
		gateways.byArgs = map[string]*Gateway{}
	}

	gateways.byArgs[strings.Join(args, " ")] = g
	return g
}

func startS3(t *testing.T, path, region string, args []string) *Gateway {
	t.Helper()
	dir, err := os.MkdirTemp("", "cfplan-s3-") // must outlive the test that starts the server
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

	g := &Gateway{Addr: FreeAddr(t), Region: region, output: &bytes.Buffer{}, ended: make(chan struct{})}
	args = append(args, "--port", g.Addr, "--access", RootKey, "--secret", RootSecret, "--iam-dir", users,
		"--iam-cache-disable", "--keep-alive", "--quiet", "posix", data)

	g.process = exec.Command(path, args...)
	g.process.Stdout, g.process.Stderr = g.output, g.output
	if err := g.process.Start(); err != nil {
		t.Fatal(err)
	}

	go func() {
		_ = g.process.Wait() // returns that the process was killed
		close(g.ended)
	}()

	for {
		conn, err := net.Dial("tcp", g.Addr)
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

// FreeAddr returns an address on loopback on which no process listens.
func FreeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Client returns a client with the owner's key.
func (g *Gateway) Client(t *testing.T) *minio.Client {
	t.Helper()
	c, err := minio.New(g.Addr, &minio.Options{Creds: credentials.NewStaticV4(RootKey, RootSecret, ""),
		Region: g.Region})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var buckets struct {
	sync.Mutex
	made int
}

// Bucket creates a bucket with a new name.
func (g *Gateway) Bucket(t *testing.T) string {
	t.Helper()
	buckets.Lock()
	buckets.made++
	name := fmt.Sprintf("bucket-%d", buckets.made)
	buckets.Unlock()
	if err := g.Client(t).MakeBucket(t.Context(), name, minio.MakeBucketOptions{}); err != nil {
		t.Fatalf("MakeBucket: %v: %s", err, g.output)
	}
	return name
}

// User creates a user with a key, and a bucket policy that allows only these actions.
func (g *Gateway) User(t *testing.T, key, secret, bucket string, actions ...string) {
	t.Helper()
	cmd := exec.Command(s3Program(t), "admin", "--access", RootKey, "--secret", RootSecret, "--region", g.Region,
		"--endpoint-url", "http://"+g.Addr,
		"create-user", "--access", key, "--secret", secret, "--role", "user")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("create-user: %v: %s", err, out)
	}
	policy := fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": [%q]},
		"Action": ["%s"], "Resource": ["arn:aws:s3:::%s", "arn:aws:s3:::%s/*"]}]}`,
		key, strings.Join(actions, `", "`), bucket, bucket)
	if err := g.Client(t).SetBucketPolicy(t.Context(), bucket, policy); err != nil {
		t.Fatalf("SetBucketPolicy: %v", err)
	}
}
