package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
)

// These tests kill real processes, and let them race, against a sandbox over HTTP.

// program returns the path of cfplan, which it builds once for all tests that need a process of their own.
func program(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds cfplan: not with -short")
	}

	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// built builds cfplan with the flags of go test itself, so that no dependency is compiled twice.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "cfplan")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "cfplan")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// site is a directory with a configuration, and a sandbox of its own.
type site struct {
	t       *testing.T
	program string
	dir     string
	api     *sandbox.Server
	env     []string
}

func newSite(t *testing.T) *site {
	t.Helper()
	p := &site{t: t, program: program(t), dir: t.TempDir(), api: sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()})}
	server := httptest.NewServer(p.api)
	t.Cleanup(server.Close)
	p.env = append(os.Environ(), "CLOUDFLARE_BASE_URL="+server.URL+"/client/v4", "CLOUDFLARE_API_TOKEN="+secretToken, "CFPLAN_NAMESERVERS=127.0.0.1:9")
	return p
}

// declare writes a configuration with up to 30 random records in each of two zones. It returns their
// contents by full name.
func (p *site) declare(r *rand.Rand, name string) map[string]string {
	p.t.Helper()
	want := map[string]string{}
	var b strings.Builder
	for _, zone := range []string{"example.com", "example.net"} {
		fmt.Fprintf(&b, "zone %q {\n", zone)
		for i := range 30 {
			if r.IntN(4) == 0 {
				continue
			}
			content := fmt.Sprintf("192.0.2.%d", r.IntN(250))
			fmt.Fprintf(&b, "  record \"A\" \"chaos-%d\" { content = %q }\n", i, content)
			want[fmt.Sprintf("chaos-%d.%s", i, zone)] = content
		}
		b.WriteString("}\n")
	}
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(b.String()), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return want
}

func (p *site) command(ctx context.Context, args ...string) (*exec.Cmd, *bytes.Buffer) {
	c := exec.CommandContext(ctx, p.program, args...)
	c.Dir, c.Env = p.dir, p.env
	out := &bytes.Buffer{}
	c.Stdout, c.Stderr = out, out
	return c, out
}

func (p *site) must(args ...string) {
	p.t.Helper()
	c, out := p.command(p.t.Context(), args...)
	if err := c.Run(); err != nil {
		p.t.Fatalf("cfplan %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// is checks that the zones have exactly these records of cfplan, each once, and that cfplan owns
// exactly these records.
func (p *site) is(want map[string]string) {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "cfplan.state.json"))
	if err != nil {
		p.t.Fatal(err)
	}
	st, err := state.Decode(text)
	if err != nil {
		p.t.Fatalf("state: %v", err)
	}
	got := map[string]string{}
	for _, zone := range []string{"example.com", "example.net"} {
		for _, r := range p.api.Records(zone) {
			ours := strings.HasPrefix(r.Name, "chaos-")
			if st.Zones[zone].Owns(r.ID) != ours {
				p.t.Errorf("owned(%s) = %v, want %v", r.Name, !ours, ours)
			}
			if _, twice := got[r.Name]; twice && ours {
				p.t.Errorf("the zone has %s twice, want once", r.Name)
			}
			if ours {
				got[r.Name] = r.Content
			}
		}
	}
	if !maps.Equal(want, got) {
		p.t.Errorf("the zones have %d records of cfplan: %v\nwant %d: %v",
			len(got), slices.Sorted(maps.Keys(got)), len(want), slices.Sorted(maps.Keys(want)))
	}
}

// kills returns how many processes the test tries to kill: fewer on a developer's machine. It hits about four of five;
// the others end before.
func kills() int {
	if os.Getenv("CI") == "" {
		return 80
	}
	return 240
}

func TestKilledProcessesLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of processes are killed: not with -short")
	}
	var early, amid, whole atomic.Int32
	t.Run("kills", func(t *testing.T) {
		for worker := range 4 {
			t.Run(fmt.Sprint(worker), func(t *testing.T) {
				t.Parallel()
				p := newSite(t)
				for i := range kills() / 4 {
					switch dead, writes := killed(p, uint64(worker*kills()+i)); {
					case !dead:
						whole.Add(1)
					case writes == 0:
						early.Add(1)
					default:
						amid.Add(1)
					}
				}
				p.must("destroy", "-auto-approve")
				p.is(nil)
			})
		}
	})
	t.Logf("%d runs were killed: %d before their first write, %d after it; %d were faster",
		early.Load()+amid.Load(), early.Load(), amid.Load(), whole.Load())
	if amid.Load() == 0 {
		t.Error("no run was killed in the middle of its work")
	}
}

// killed kills the apply of a configuration at a random instant, and checks that the apply of another
// configuration repairs everything. dead reports whether the first apply was still running when it
// was killed; writes is the number of its requests that write.
func killed(p *site, seed uint64) (dead bool, writes int) {
	t := p.t
	r := rand.New(rand.NewPCG(seed, 2))
	p.declare(r, "dns.cf.hcl")
	p.api.Fail(sandbox.Latency(time.Duration(r.IntN(4)) * time.Millisecond))
	p.api.ResetRequests()

	c, _ := p.command(context.Background(), "apply", "-auto-approve", "-allow-destroy=100")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = c.Process.Kill() } // it fails if the process has ended by itself
	if seed%2 == 0 {
		timer := time.AfterFunc(time.Duration(r.IntN(150_000))*time.Microsecond, kill)
		defer timer.Stop()
	} else {
		// Kill it around the moment when a request has taken effect, and its answer has not arrived
		// yet or is not recorded yet.
		later := time.Duration(r.IntN(10_000)) * time.Microsecond
		p.api.Fail(sandbox.Meanwhile("POST", "dns_records/batch", func() { time.AfterFunc(later, kill) }))
	}
	err := c.Wait()
	var status *exec.ExitError
	if err != nil && (!errors.As(err, &status) || status.Exited()) {
		t.Fatalf("seed %d: the apply failed before it was killed: %v", seed, err)
	}
	writes = len(p.api.Writes())
	p.api.ClearFaults()

	want := p.declare(r, "dns.cf.hcl")
	p.must("apply", "-auto-approve", "-allow-destroy=100")
	p.is(want)
	if t.Failed() {
		t.Fatalf("seed %d", seed)
	}
	return err != nil, writes
}

// If two processes apply at once, one of them has the lock. The other waits, or fails and says who
// holds the lock. The next apply finds nothing damaged.
func TestTwoProcessesAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("dozens of processes race: not with -short")
	}

	const rounds = 25
	var refused atomic.Int32
	p := newSite(t)
	for round := range rounds {
		r := rand.New(rand.NewPCG(uint64(round), 3))
		p.declare(r, "dns.cf.hcl")
		flags := []string{"apply", "-auto-approve", "-allow-destroy=100"}
		if round%2 == 1 {
			flags = append(flags, "-lock-timeout=30s")
		}

		var g sync.WaitGroup
		for range 2 {
			g.Go(func() {
				if !p.appliesOrIsRefused(flags) {
					refused.Add(1)
				}
			})
		}
		g.Wait()

		want := p.declare(r, "dns.cf.hcl")
		p.must("apply", "-auto-approve", "-allow-destroy=100")
		p.is(want)
	}
	p.must("destroy", "-auto-approve")
	p.is(nil)
	t.Logf("%d rounds, %d runs were refused", rounds, refused.Load())
}

// appliesOrIsRefused runs an apply while another one runs. It reports whether the apply succeeded,
// and fails the test if the apply failed for another reason than the other one.
func (p *site) appliesOrIsRefused(flags []string) (applied bool) {
	c, out := p.command(p.t.Context(), flags...)
	err := c.Run()
	if err == nil {
		return true
	}

	text := out.String()
	locked := strings.Contains(text, "State is locked") && strings.Contains(text, "(pid ")
	if !locked && !strings.Contains(text, "has been applied already") && !strings.Contains(text, "is stale") {
		p.t.Errorf("apply = %v, want success or a refusal because of the other apply:\n%s", err, text)
	}
	return false
}
