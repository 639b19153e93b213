package httpstate_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/httpstate"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// asServer is an environment variable that makes the test binary a server.
const asServer = "CFPLAN_HTTPSTATE_TEST_SERVER"

func TestMain(m *testing.M) {
	statetest.Child(func(where string) (state.Backend, error) { return configure(where) })
	if os.Getenv(asServer) != "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("http://" + l.Addr().String())
		_ = http.Serve(l, newServer(true)) // until the process is killed
	}
	os.Exit(m.Run())
}

func TestAPlainServerIsABackend(t *testing.T) {
	s := newServer(false)
	run(t, s, statetest.JSONAlone)
}

func TestAServerWithETagsIsABackend(t *testing.T) {
	s := newServer(false)
	s.ETags = true
	run(t, s, statetest.JSONAlone)
}

func TestGitLabIsABackend(t *testing.T) {
	run(t, newServer(true), statetest.JSONAlone, statetest.HolderByID)
}

func run(t *testing.T, s *server, limits ...statetest.Limit) {
	url, n := s.Serve(t), 0
	statetest.Run(t, func(t *testing.T) state.Backend {
		n++
		return open(t, s.Address(url, fmt.Sprint(n)))
	}, limits...)
}

func TestCutConnectionsLoseNothing(t *testing.T) {
	s := newServer(false) // GitLab would require serials, which the suite's documents do not have
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	statetest.CutConnections(t, web.Listener.Addr().String(),
		func(t *testing.T, proxy *statetest.Proxy) (through, direct state.Backend) {
			name := strings.ReplaceAll(t.Name(), " ", "_")
			return open(t, s.Address("http://"+proxy.Addr(), name)), open(t, s.Address(web.URL, name))
		})
}

// GitLab accepts each serial only once, which serves as a conditional write.
func TestTwoProcessesLoseNothingAtGitLab(t *testing.T) {
	address := serverProcess(t) + project + "race"
	statetest.Race(t, address, open(t, address))
}

func TestALargeStateInBoundedMemory(t *testing.T) {
	statetest.Big(t, open(t, serverProcess(t)+project+"big"))
}

// serverProcess starts a server that behaves as GitLab in another process.
func serverProcess(t *testing.T) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asServer+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}

	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})

	line := bufio.NewScanner(out)
	if !line.Scan() {
		t.Fatal("the server did not start")
	}

	return line.Text()
}

func TestTheLockOfAKilledProcessStays(t *testing.T) {
	s := newServer(true)
	address := s.Address(s.Serve(t), "killed")
	b := open(t, address)
	p := statetest.StartProcess(t, "lock", "child@vm", address)
	id := p.Line(t)
	p.Kill(t)
	_, err := b.Lock(t.Context(), state.Holder{ID: "mine"}, 0)
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.Holder.ID != id || locked.Holder.Who != "gitlab-user" {
		t.Errorf("Lock = %v, want *LockedError with the ID %s", err, id)
	}

	if err := b.ForceUnlock(t.Context(), id); err != nil {
		t.Errorf("ForceUnlock = %v", err)
	}

	lock(t, b, "mine")
}

func TestWritesCarryTheIDOfTheLock(t *testing.T) {
	s := newServer(true)
	address := s.Address(s.Serve(t), "s?a=b")
	b := open(t, address)
	l := lock(t, b, "mine")
	v := write(t, b, state.DocState, `{"serial": 1}`, "")
	write(t, b, state.DocSnapshots, `{"serial": 1}`, "")
	other := open(t, address)
	if _, err := other.Write(t.Context(), state.DocState, []byte(`{"serial": 2}`), v); err == nil ||
		!strings.Contains(err.Error(), "another run holds the lock") {
		t.Errorf("Write by another client while the lock is held = %v, want an error about the lock", err)
	}
	if err := l.Unlock(); err != nil {
		t.Fatal(err)
	}

	write(t, other, state.DocState, `{"serial": 2}`, v)
	var posts []string
	for _, r := range s.Asked() {
		if strings.HasPrefix(r, "POST ") && !strings.Contains(r, "/lock") {
			posts = append(posts, strings.TrimPrefix(r, "POST "+project))
		}
	}

	want := "s?a=b&ID=mine s-snapshots?a=b s?a=b s?a=b"
	if got := strings.Join(posts, " "); got != want {
		t.Errorf("the writes went to %s, want %s", got, want)
	}
}

// A query need not consist of names and values. Each request has the query as it is.
func TestTheQueryIsSentUnchanged(t *testing.T) {
	for _, query := range []string{"tok=a;b&n=1", "b=2&a=1&sig=a%2Bb", "q=%zz", "x"} {
		var asked []string
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Method+" "+r.RequestURI)
			if r.Method == "GET" {
				w.WriteHeader(http.StatusNotFound)
			}
		}))
		t.Cleanup(web.Close)
		b := open(t, web.URL+"/a%2Fb?"+query)
		l := lock(t, b, "i d&x")
		write(t, b, state.DocState, "{}", "")
		if err := l.Unlock(); err != nil {
			t.Fatal(err)
		}

		at := "/a%2Fb?" + query
		want := []string{"LOCK " + at, "GET " + at, "POST " + at + "&ID=i+d%26x", "UNLOCK " + at + "&ID=i+d%26x"}
		if !slices.Equal(asked, want) {
			t.Errorf("the requests were %q, want %q", asked, want)
		}
	}
}

func TestWriteIsRefusedAfterTheLockWasBroken(t *testing.T) {
	for _, gitLab := range []bool{true, false} {
		s := newServer(gitLab)
		address := s.Address(s.Serve(t), "broken")
		b, other := open(t, address), open(t, address)
		lock(t, b, "mine")
		v := write(t, b, state.DocState, `{"serial": 1}`, "")
		if err := other.ForceUnlock(t.Context(), "mine"); err != nil {
			t.Fatal(err)
		}

		lock(t, other, "other")
		if _, err := b.Write(t.Context(), state.DocState, []byte(`{"serial": 2}`), v); !errors.Is(err,
			state.ErrLockLost) {
			t.Errorf("GitLab %v: Write after the lock was broken = %v, want ErrLockLost", gitLab, err)
		}
	}
}

func TestWriteNamesTheHolderOfTheLock(t *testing.T) {
	s := newServer(false)
	address := s.Address(s.Serve(t), "held")
	lock(t, open(t, address), "other")
	_, err := open(t, address).Write(t.Context(), state.DocState, []byte(`{}`), "")
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.Holder.ID != "other" {
		t.Errorf("Write = %v, want *LockedError that names the holder", err)
	}
}

func TestWriteShowsGitLabsMessageForAnOldSerial(t *testing.T) {
	s := newServer(true)
	b := open(t, s.Address(s.Serve(t), "serial"))
	v := write(t, b, state.DocState, `{"serial": 2}`, "")
	_, err := b.Write(t.Context(), state.DocState, []byte(`{"serial": 1}`), v)
	if err == nil || errors.Is(err, state.ErrConflict) || !strings.Contains(err.Error(), "already been taken") {
		t.Errorf("Write with an old serial = %v, want the server's message", err)
	}
}

// Another client writes in the moment between the comparison and the write.
func TestAWriteInBetweenIsAConflict(t *testing.T) {
	for name, change := range map[string]func(*server){
		"GitLab": func(s *server) { s.GitLab = true },
		"ETags":  func(s *server) { s.ETags = true },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(false)
			change(s)
			faster := open(t, s.Address(s.Serve(t), "between"))
			var once bool
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == "POST" && !once {
					once = true
					if _, err := faster.Write(context.Background(), state.DocState,
						[]byte(`{"serial": 2, "faster": true}`), versionOf(faster)); err != nil {
						t.Errorf("the faster Write = %v", err)
					}
				}
				s.ServeHTTP(w, r)
			}))
			t.Cleanup(web.Close)
			v := write(t, faster, state.DocState, `{"serial": 1}`, "")
			if _, err := open(t, s.Address(web.URL, "between")).Write(t.Context(), state.DocState,
				[]byte(`{"serial": 2}`), v); !errors.Is(err, state.ErrConflict) {
				t.Errorf("Write = %v, want ErrConflict", err)
			}
			if text, _, err := faster.Read(t.Context(), state.DocState); !strings.Contains(string(text), "faster") {
				t.Errorf("stored is %s, %v; want the document of the faster writer", text, err)
			}
		})
	}
}

func versionOf(b *httpstate.Backend) state.Version {
	_, v, _ := b.Read(context.Background(), state.DocState)
	return v
}

func TestProbeChecksTheLockAndThePermissions(t *testing.T) {
	s := newServer(true)
	s.Roles = map[string]string{"reader": "reader", "writer": "writer"}
	url := s.Serve(t)
	if err := open(t, s.Address(url, "probe"), "username", "writer", "password",
		secret).Probe(t.Context()); err != nil {
		t.Errorf("Probe by the writer = %v", err)
	}
	if err := open(t, s.Address(url, "probe"), "username", "reader", "password",
		secret).Probe(t.Context()); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Probe by the reader = %v, want fs.ErrPermission", err)
	}

	b := open(t, s.Address(url, "probe"), "username", "writer", "password", secret)
	lock(t, b, "held")
	if err := b.Probe(t.Context()); err != nil {
		t.Errorf("Probe while the lock is held = %v", err)
	}

	giving := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "GET" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(giving.Close)
	if err := open(t, giving.URL+"/state").Probe(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "to two runs at a time") {
		t.Errorf("Probe of a server that grants every lock = %v, want an error that says so", err)
	}
}

func lock(t *testing.T, b state.Backend, id string) state.Lock {
	t.Helper()
	l, err := b.Lock(t.Context(), state.Holder{ID: id, Who: id, Operation: "apply"}, 0)
	if err != nil {
		t.Fatalf("Lock = %v", err)
	}
	t.Cleanup(func() { _ = l.Unlock() })
	return l
}

func write(t *testing.T, b state.Backend, doc state.Document, text string, was state.Version) state.Version {
	t.Helper()
	v, err := b.Write(t.Context(), doc, []byte(text), was)
	if err != nil {
		t.Fatalf("Write: %v", err)
	}
	return v
}
