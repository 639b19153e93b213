package main

import (
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/tools/txtar"

	"github.com/cfplan/cfplan/internal/sandbox"
)

func TestMain(m *testing.M) {
	programs := maps.Clone(oddPrograms)
	programs["cfplan"] = main
	testscript.Main(tests{m}, programs)
}

// TestScripts runs the stories in testdata/script. Each runs the real binary against a sandbox of its
// own, over HTTP; a seed.json in the story fills the sandbox. Every command that cfplan recommends in
// a story must exist. With -short it runs only the short stories.
func TestScripts(t *testing.T) {
	testscript.RunT(storyT{t}, testscript.Params{
		Files:               stories(t),
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup:               startSandbox,
		Cmds:                scriptCommands(),
	})
}

// start matches a line of a script that starts cfplan.
var start = regexp.MustCompile(`(?m)^[^#\n].*\bcfplan `)

// stories returns the paths of the scripts, or with -short of those that start cfplan ten times at most.
func stories(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(all) == 0 {
		t.Fatalf("no scripts were found: %v", err)
	}
	if !testing.Short() {
		return all
	}

	return slices.DeleteFunc(all, func(path string) bool {
		story, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return len(start.FindAll(story.Comment, -1)) > 10
	})
}

func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){"sandbox": actOnSandbox, "exits": exits, "forge": forgeCommand, "tamper": tamper}
}

type sandboxKey struct{}

// stand is the sandbox of one script.
type stand struct {
	api    *sandbox.Server
	server *httptest.Server
	// reached is closed once the held batch has been carried out. Closing release sends its answer.
	reached, release chan struct{}
}

func startSandbox(env *testscript.Env) error {
	seed := sandbox.SampleSeed()
	if f, err := os.Open(filepath.Join(env.WorkDir, "seed.json")); err == nil {
		defer f.Close()
		if seed, err = sandbox.LoadSeed(f); err != nil {
			return err
		}
	}
	s := &stand{api: sandbox.New(sandbox.Options{Seed: seed})}
	s.server = httptest.NewServer(s.api)
	env.Defer(s.server.Close)
	env.Values[sandboxKey{}] = s
	env.Values[forgeKey{}] = &runForge{}
	env.Setenv("CLOUDFLARE_BASE_URL", s.server.URL+"/client/v4")
	env.Setenv("CLOUDFLARE_API_TOKEN", secretToken)
	env.Setenv("CFPLAN_NAMESERVERS", "127.0.0.1:9") // no server answers there
	names := s.api.NameServer()
	env.Defer(func() { _ = names.Close() })
	address, err := names.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		return err
	}
	env.Setenv("SANDBOX_NAMESERVER", address)
	env.Setenv("HOME", env.WorkDir)
	return nil
}

// exits runs a command and asserts its exit code: exits 3 cfplan plan.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		code, ok := strings.CutPrefix(err.Error(), "exit status ")
		if !ok {
			ts.Fatalf("%v", err)
		}
		got, _ = strconv.Atoi(code)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// actOnSandbox changes the sandbox without cfplan's knowledge, or asserts what cfplan has done there:
//
//	sandbox fail NAME [ARG] [zone=Z] [times=N] [after=N] [path=P] [method=M]   sets a named fault
//	sandbox refuse NAME              sets a mishap of the table in refusals_test.go
//	sandbox heal                     clears all faults
//	sandbox down                     stops the server
//	sandbox edit ZONE TYPE NAME CONTENT|ttl=N|name=NAME   changes a record
//	sandbox add ZONE TYPE NAME CONTENT                    adds a record
//	sandbox rm ZONE TYPE NAME                             deletes a record
//	sandbox has ZONE TYPE NAME [CONTENT]   asserts that the zone has the record (also with !)
//	sandbox records ZONE N           asserts that the zone has N records
//	sandbox calls N                  asserts that there were N requests since the last reset
//	sandbox writes N                 asserts that there were N writes since the last reset
//	sandbox reset                    forgets the requests
//	sandbox hold                     carries out the next batch, but holds back its answer
//	sandbox reached                  waits until that batch has been carried out
//	sandbox release                  sends the answer
//	sandbox said FILE TEXT           waits until FILE contains TEXT
func actOnSandbox(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(sandboxKey{}).(*stand)
	if neg && args[0] != "has" {
		ts.Fatalf("! can only be used with has")
	}
	switch verb, rest := args[0], args[1:]; verb {
	case "fail":
		s.api.Fail(fault(ts, rest))
	case "refuse":
		s.refuse(ts, rest[0])
	case "heal":
		s.api.ClearFaults()
	case "down":
		s.server.Close()
	case "edit":
		r := s.find(ts, rest)
		_, err := s.api.EditRecord(rest[0], r.ID, func(r *sandbox.Record) { edit(r, rest[3]) })
		ts.Check(err)
	case "add":
		_, err := s.api.PutRecord(rest[0], sandbox.Record{Type: rest[1], Name: rest[2], Content: rest[3], TTL: 300})
		ts.Check(err)
	case "rm":
		s.api.DeleteRecord(rest[0], s.find(ts, rest).ID)
	case "has":
		if s.has(rest) == neg {
			ts.Fatalf("the sandbox has: %s", s.list(rest[0]))
		}
	case "records":
		assertCount(ts, rest[1], len(s.api.Records(rest[0])), s.list(rest[0]))
	case "calls":
		assertCount(ts, rest[0], len(s.api.Requests()), fmt.Sprint(s.api.Requests()))
	case "writes":
		assertCount(ts, rest[0], len(s.api.Writes()), fmt.Sprint(s.api.Writes()))
	case "reset":
		s.api.ResetRequests()
	case "hold":
		reached, release := make(chan struct{}), make(chan struct{})
		s.reached, s.release = reached, release
		s.api.Fail(sandbox.Meanwhile("POST", "/batch", func() { close(reached); <-release }))
	case "reached":
		<-s.reached
	case "release":
		close(s.release)
	case "said":
		for !strings.Contains(ts.ReadFile(rest[0]), rest[1]) {
			time.Sleep(time.Millisecond) // there is no other way to wait for a file
		}
	default:
		ts.Fatalf("unknown verb %q", verb)
	}
}

func assertCount(ts *testscript.TestScript, want string, got int, what string) {
	if strconv.Itoa(got) != want {
		ts.Fatalf("got %d, want %s: %s", got, want, what)
	}
}

func edit(r *sandbox.Record, to string) {
	if ttl, ok := strings.CutPrefix(to, "ttl="); ok {
		r.TTL, _ = strconv.Atoi(ttl)
		return
	}
	if name, ok := strings.CutPrefix(to, "name="); ok {
		r.Name = name
		return
	}
	r.Content = to
}

func (s *stand) has(args []string) bool {
	return slices.ContainsFunc(s.api.Records(args[0]), func(r sandbox.Record) bool {
		return r.Type == args[1] && r.Name == args[2] && (len(args) < 4 || r.Content == args[3])
	})
}

func (s *stand) find(ts *testscript.TestScript, args []string) sandbox.Record {
	for _, r := range s.api.Records(args[0]) {
		if r.Type == args[1] && r.Name == args[2] {
			return r
		}
	}
	ts.Fatalf("no %s %s in %s: %s", args[1], args[2], args[0], s.list(args[0]))
	panic("unreachable")
}

func (s *stand) list(zone string) string {
	var b strings.Builder
	for _, r := range s.api.Records(zone) {
		fmt.Fprintf(&b, "\n  %s %s %s ttl=%d proxied=%v", r.Type, r.Name, r.Content, r.TTL, r.Proxied)
	}
	return b.String()
}

func fault(ts *testscript.TestScript, args []string) sandbox.Fault {
	var words []string
	options := map[string]string{}
	for _, a := range args {
		if key, value, ok := strings.Cut(a, "="); ok && slices.Contains([]string{"zone", "times", "after", "path", "method"}, key) {
			options[key] = value
		} else {
			words = append(words, a)
		}
	}
	f := namedFault(ts, words).On(options["method"], options["path"])
	if z := options["zone"]; z != "" {
		f = f.InZone(z)
	}
	f.Times, _ = strconv.Atoi(options["times"])
	f.Skip, _ = strconv.Atoi(options["after"])
	return f
}

func namedFault(ts *testscript.TestScript, words []string) sandbox.Fault {
	number := func() int {
		n, err := strconv.Atoi(words[1])
		ts.Check(err)
		return n
	}
	switch words[0] {
	case "ip":
		return sandbox.RefuseIP(words[1])
	case "token":
		return sandbox.InvalidAccessToken()
	case "zone":
		return sandbox.InvalidZoneIdentifier()
	case "scope":
		return sandbox.UnauthorizedResource()
	case "attempts":
		return sandbox.MaxAuthFailures()
	case "no-zones":
		return sandbox.EmptyZoneList()
	case "authentication":
		return sandbox.AuthenticationError()
	case "empty":
		return sandbox.EmptyZoneList()
	case "gateway":
		return sandbox.GatewayError(number())
	case "gateway-after-commit":
		return sandbox.GatewayErrorAfterCommit(number())
	case "cut":
		return sandbox.CutBeforeCommit()
	case "cut-after-commit":
		return sandbox.CutAfterCommit()
	case "limited":
		return sandbox.RateLimited(time.Duration(number()) * time.Second)
	case "answer": // answer STATUS CODE MESSAGE
		status := number()
		code, err := strconv.Atoi(words[2])
		ts.Check(err)
		return sandbox.Fault{Status: status, Code: code, Message: words[3]}
	default:
		ts.Fatalf("unknown fault %q", words[0])
		panic("unreachable")
	}
}

// The demo may be the first command that a new user runs.
func TestDemoShowsEveryStep(t *testing.T) {
	var out, errs strings.Builder
	code := run(context.Background(), []string{"demo"}, streams{strings.NewReader(""), &out, &errs}, nil)
	if code != exitDone {
		t.Fatalf("demo exited with %d\n%s%s", code, out.String(), errs.String())
	}
	for _, want := range []string{
		"Plan: 5 to add, 0 to change, 0 to destroy.", "Apply complete! Records: 5 added, 0 changed, 0 destroyed.",
		"No changes.", "Plan: 0 to add, 1 to change, 0 to destroy.", "203.0.113.7", "Read-only plan", "cannot be applied",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the demo does not show %q", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
