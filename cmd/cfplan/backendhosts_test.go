package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cfplan/cfplan/internal/state/servertest"
)

// capture is a server that keeps what it receives and answers nothing.
type capture struct {
	addr string
	mu   sync.Mutex
	got  []string
}

func newCapture(t *testing.T) *capture {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c := &capture{addr: l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.keep(conn)
		}
	}()
	return c
}

func (c *capture) keep(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 4096)
	_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	n, _ := conn.Read(buf)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, string(buf[:n]))
}

func (c *capture) wantNothing(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.got) > 0 {
		t.Errorf("the server that only the files name was sent %q", c.got)
	}
}

// A person who can change the files must not get the credentials of the job. Each case is a way in
// which the files can name a server.
func TestServersThatOnlyTheFilesNameGetNoCredential(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a story for each of twenty servers: not with -short")
	}

	http := map[string]string{"CFPLAN_HTTP_USERNAME": "ci", "TF_HTTP_PASSWORD": "s3cr3t"}
	aws := map[string]string{"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s3cr3t", "AWS_SESSION_TOKEN": "s3cr3t"}
	pg := map[string]string{"PGPASSWORD": "s3cr3t"}
	for name, c := range map[string]struct {
		kind  string
		attrs map[string]string // EVIL stands for the server's address
		env   map[string]string
		files map[string]string
	}{
		"http":                {"http", map[string]string{"address": "http://EVIL/api/v4/projects/7/terraform/state/dns"}, http, nil},
		"http, lock":          {"http", map[string]string{"lock_address": "http://EVIL/lock"}, with(http, "CFPLAN_HTTP_ADDRESS", "http://127.0.0.1:9/state/dns"), nil},
		"http, unlock":        {"http", map[string]string{"unlock_address": "http://EVIL/lock"}, with(http, "TF_HTTP_ADDRESS", "http://127.0.0.1:9/state/dns", "TF_HTTP_LOCK_ADDRESS", "http://127.0.0.1:9/lock"), nil},
		"http, snapshots":     {"http", map[string]string{"snapshots_address": "http://EVIL/s"}, with(http, "TF_HTTP_ADDRESS", "http://127.0.0.1:9/state/dns", "TF_HTTP_LOCK_ADDRESS", "http://127.0.0.1:9/lock"), nil},
		"http, half":          {"http", map[string]string{"address": "http://EVIL/dns", "lock_address": "http://EVIL/dns", "username": "me"}, map[string]string{"TF_HTTP_PASSWORD": "s3cr3t"}, nil},
		"http, another port":  {"http", map[string]string{"address": "http://EVIL/dns", "lock_address": "http://EVIL/dns"}, with(http, "CFPLAN_HTTP_ADDRESS", "http://127.0.0.1:9/dns"), nil},
		"s3":                  {"s3", map[string]string{"bucket": "dns", "endpoint": "http://EVIL"}, aws, nil},
		"s3, shared file":     {"s3", map[string]string{"bucket": "dns", "endpoint": "http://EVIL"}, nil, map[string]string{".aws/credentials": "[default]\naws_access_key_id = a\naws_secret_access_key = s3cr3t\n"}},
		"s3, profile":         {"s3", map[string]string{"bucket": "dns", "endpoint": "http://EVIL", "profile": "prod"}, nil, map[string]string{".aws/credentials": "[prod]\naws_access_key_id = a\naws_secret_access_key = s3cr3t\n"}},
		"s3, customer key":    {"s3", map[string]string{"bucket": "dns", "endpoint": "https://EVIL", "access_key": "a", "secret_key": "b"}, map[string]string{"AWS_SSE_CUSTOMER_KEY": strings.Repeat("A", 43) + "="}, nil},
		"s3, web identity":    {"s3", map[string]string{"bucket": "dns", "endpoint": "http://EVIL"}, map[string]string{"AWS_WEB_IDENTITY_TOKEN_FILE": "token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/dns", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9"}, map[string]string{"token": "s3cr3t"}},
		"postgres, URL":       {"postgres", map[string]string{"conn_str": "postgres://cfplan@EVIL/dns?sslmode=disable"}, pg, nil},
		"postgres, words":     {"postgres", map[string]string{"conn_str": "host=EVILHOST port=EVILPORT user=cfplan"}, with(pg, "PGHOST", "127.0.0.1"), nil},
		"postgres, port":      {"postgres", map[string]string{"conn_str": "port=EVILPORT user=cfplan"}, with(pg, "PGHOST", "127.0.0.1"), nil},
		"postgres, two hosts": {"postgres", map[string]string{"conn_str": "postgres://cfplan@127.0.0.1:9,EVIL/dns"}, with(pg, "PGHOST", "127.0.0.1", "PGPORT", "9"), nil},
		"postgres, in query":  {"postgres", map[string]string{"conn_str": "postgres://cfplan@127.0.0.1:9/dns?host=EVILHOST&port=EVILPORT"}, with(pg, "PGHOST", "127.0.0.1", "PGPORT", "9"), nil},
		"postgres, pgpass":    {"postgres", map[string]string{"conn_str": "postgres://cfplan@EVIL/dns"}, nil, map[string]string{".pgpass": "*:*:*:*:s3cr3t\n"}},
		"postgres, no word":   {"postgres", map[string]string{"conn_str": "host=EVILHOST port=EVILPORT user=cfplan password=''"}, nil, map[string]string{".pgpass": "*:*:*:*:s3cr3t\n"}},
		"postgres, passfile":  {"postgres", map[string]string{"conn_str": "postgres://cfplan@EVIL/dns?passfile=machine/pgpass"}, nil, map[string]string{"machine/pgpass": "*:*:*:*:s3cr3t\n"}},
		"postgres, PGPASSFILE": {"postgres", map[string]string{"conn_str": "postgres://cfplan@EVIL/dns"}, map[string]string{"PGPASSFILE": "machine/pgpass"},
			map[string]string{"machine/pgpass": "*:*:*:*:s3cr3t\n"}},
		"postgres, service": {"postgres", map[string]string{"conn_str": "service=dns servicefile=services"}, pg, map[string]string{"services": "[dns]\nhost=EVILHOST\nport=EVILPORT\nuser=cfplan\n"}},
		"postgres, service of the machine": {"postgres", map[string]string{"conn_str": "service=dns host=EVILHOST port=EVILPORT"}, nil,
			map[string]string{".pg_service.conf": "[dns]\nuser=cfplan\npassword=s3cr3t\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.files = with(c.files)
			testServerOfTheFiles(t, c.kind, c.attrs, c.env, c.files)
		})
	}
}

func testServerOfTheFiles(t *testing.T, kind string, attrs, env, files map[string]string) {
	evil := newCapture(t)
	host, port, _ := net.SplitHostPort(evil.addr)
	fill := strings.NewReplacer("EVILHOST", host, "EVILPORT", port, "EVIL", evil.addr)
	block := fmt.Sprintf("backend %q {\n", kind)
	noted := map[string]string{}
	for name, value := range attrs {
		noted[name] = fill.Replace(value)
		block += fmt.Sprintf("%s = %q\n", name, noted[name])
	}
	note, err := json.Marshal(map[string]any{"version": 1, "backend": kind, "attributes": noted, "place": "x", "lineage": "a", "serial": 3})
	if err != nil {
		t.Fatal(err)
	}

	setup := func(e *testscript.Env) error {
		if err := startSandbox(e); err != nil {
			return err
		}
		for name, value := range env {
			e.Setenv(name, value)
		}
		e.Setenv("BLOCK", strings.ReplaceAll(block, "\n", "\n  ")+"}")
		e.Setenv("EVIL", evil.addr)
		e.Setenv("NOTE", filepath.Join(e.WorkDir, "note"))
		files["note"] = string(note)
		for name, text := range files {
			path := filepath.Join(e.WorkDir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(path, []byte(fill.Replace(text)), 0o600); err != nil {
				return err
			}
		}
		return nil
	}
	// A script runs in parallel with the code after it; t.Run waits for it.
	t.Run("script", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Files:               []string{filepath.Join("testdata", "hosts", "refused.txtar")},
			RequireExplicitExec: true,
			Cmds:                scriptCommands(),
			Setup:               setup,
		})
	})
	evil.wantNothing(t)
}

// The same servers get credentials if the operator allows it, in one of three ways, or if all
// credentials are in the files.
func TestServersThatTheOperatorAllowsGetCredentials(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a story for each of the servers: not with -short")
	}

	for kind, place := range map[string]func(t *testing.T) (addr string, block, env, named, secrets map[string]string){
		"s3": func(t *testing.T) (addr string, block, env, named, secrets map[string]string) {
			g := servertest.S3(t, "us-east-1")
			return g.Addr, map[string]string{"bucket": g.Bucket(t), "endpoint": "http://" + g.Addr},
				map[string]string{"AWS_ACCESS_KEY_ID": servertest.RootKey, "AWS_SECRET_ACCESS_KEY": servertest.RootSecret},
				map[string]string{"AWS_ENDPOINT_URL": "http://" + g.Addr + "/"},
				map[string]string{"access_key": servertest.RootKey, "secret_key": servertest.RootSecret}
		},
		"postgres": func(t *testing.T) (addr string, block, env, named, secrets map[string]string) {
			s := servertest.SharedPostgres(t)
			host, port, _ := net.SplitHostPort(s.Addr())
			return s.Addr(), map[string]string{"conn_str": "host=" + host + " port=" + port + " dbname=dns user=cfplan", "schema_name": s.NewSchema()},
				map[string]string{"PGPASSWORD": servertest.PGSecret},
				map[string]string{"PGHOST": host, "PGPORT": port},
				map[string]string{"conn_str": s.ConnString()}
		},
		"http": func(t *testing.T) (addr string, block, env, named, secrets map[string]string) {
			s := servertest.NewStates(true)
			s.Roles = map[string]string{"ci": "writer"}
			url := s.Serve(t)
			return strings.TrimPrefix(url, "http://"), map[string]string{"address": s.Address(url, "dns")},
				map[string]string{"CFPLAN_HTTP_USERNAME": "ci", "TF_HTTP_PASSWORD": servertest.StatesSecret},
				map[string]string{"TF_HTTP_ADDRESS": s.Address(url, "another")},
				map[string]string{"username": "ci", "password": servertest.StatesSecret}
		},
	} {
		t.Run(kind, func(t *testing.T) {
			addr, block, env, named, secrets := place(t)
			host, _, _ := net.SplitHostPort(addr)
			everything := with(block)
			for k, v := range secrets {
				everything[k] = v
			}
			for name, c := range map[string]struct {
				block   map[string]string
				env     map[string]string
				options []string
				fails   bool

				// file is a file for -backend-config, beside the configuration or elsewhere.
				file      map[string]string
				elsewhere bool
			}{
				"no permission":            {block: block, env: env, fails: true},
				"the environment":          {block: block, env: union(env, named)},
				"allowed, with a port":     {block: block, env: with(env, "CFPLAN_ALLOW_BACKEND_HOST", "state.example.com,"+addr)},
				"allowed, without a port":  {block: block, env: with(env, "CFPLAN_ALLOW_BACKEND_HOST", host)},
				"allowed, another port":    {block: block, env: with(env, "CFPLAN_ALLOW_BACKEND_HOST", host+":1"), fails: true},
				"the command line":         {env: env, options: optionsOf(block)},
				"the command line as well": {block: block, env: env, options: optionsOf(block)},
				"a file elsewhere":         {env: env, file: block, elsewhere: true},
				"a file of the checkout":   {env: env, file: block, fails: true},
				"all in such a file":       {file: everything},
				"secrets in such a file":   {block: block, file: secrets, fails: kind != "postgres"}, // its secret is the whole conn_str
				"the files' credentials":   {block: everything},
				"the files' beside others": {block: everything, env: union(env, map[string]string{"AWS_SESSION_TOKEN": "t"})},
			} {
				t.Run(name, func(t *testing.T) {
					dir := t.TempDir()
					if c.file != nil {
						at := dir
						if c.elsewhere {
							at = t.TempDir()
						}
						path := filepath.Join(at, "ci.hcl")
						writeAttributes(t, path, "", c.file, "")
						c.options = []string{"-backend-config=" + path}
					}
					writeAttributes(t, filepath.Join(dir, "dns.cf.hcl"), "cfplan {\nbackend \""+kind+"\" {\n", c.block, "}\n}\nzone \"example.com\" {}\n")
					testBackendWorks(t, dir, c.env, c.options, !c.fails)
				})
			}
		})
	}
}

func union(a, b map[string]string) map[string]string {
	out := with(a)
	for k, v := range b {
		out[k] = v
	}
	return out
}

func optionsOf(attrs map[string]string) []string {
	var out []string
	for name, value := range attrs {
		out = append(out, "-backend-config="+name+"="+value)
	}
	return out
}

func writeAttributes(t *testing.T, path, head string, attrs map[string]string, tail string) {
	t.Helper()
	for name, value := range attrs {
		head += fmt.Sprintf("%s = %q\n", name, value)
	}
	if err := os.WriteFile(path, []byte(head+tail), 0o600); err != nil {
		t.Fatal(err)
	}
}

func testBackendWorks(t *testing.T, dir string, env map[string]string, options []string, want bool) {
	t.Helper()
	t.Setenv("HOME", dir)
	var list environment
	for name, value := range env {
		t.Setenv(name, value) // the drivers read some by themselves
		list = append(list, name+"="+value)
	}
	var out, errs strings.Builder
	code := run(t.Context(), append([]string{"-chdir=" + dir, "init"}, options...), streams{strings.NewReader(""), &out, &errs}, list)
	if got := code == exitDone; got != want {
		t.Fatalf("cfplan init exits with %d, want success: %v\n%s%s", code, want, out.String(), errs.String())
	}
	if want && !strings.Contains(out.String(), "lock: can be acquired and released") {
		t.Errorf("cfplan init does not say that the lock works:\n%s%s", out.String(), errs.String())
	}
	if !want && !strings.Contains(errs.String(), "Nothing was sent") {
		t.Errorf("cfplan init does not say that nothing was sent:\n%s%s", out.String(), errs.String())
	}
}

// with returns a copy of a map with more entries.
func with(m map[string]string, more ...string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}
