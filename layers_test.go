package cfplan_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

// floors gives each room its floor. Imports only point down: a package may import packages of lower floors,
// but none of its own floor or above. This keeps the diff free of HTTP, the adapters independent of each
// other, and the wiring on top.
var floors = map[string]int{
	"internal/dns":              1, // the words; imports nothing of ours
	"internal/english":          1, // counts and times for people; knows no subject
	"internal/files":            1, // bounded reads and whole writes; knows no format
	"internal/secret":           1, // credentials and other secrets; opens no file
	"internal/hosts":            1, // whether two names are the same server; resolves no names
	"internal/interrupt":        1, // work that an interrupt must not cut off; handles no signal
	"internal/parallel":         1, // runs functions in parallel and reports their panics
	"internal/guidance":         2, // a table; sends nothing and sees no credential
	"internal/lint":             2, // checks records and zones; opens no file
	"internal/zonefile":         2, // zones as text; opens no file
	"internal/plan":             2, // pure: a plan must not depend on where zones come from
	"internal/risk":             3, // the risks of a change; must not know where zones come from
	"internal/state":            2, // a store must not know what a plan is
	"internal/state/servertest": 5, // real servers for states; for tests
	"internal/state/statetest":  4, // the tests that every store must pass
	"internal/state/local":      4, // the state in files; must not know the content of the documents
	"internal/state/encrypted":  4, // the documents of another backend, encrypted; must not know which backend
	"internal/state/s3":         4, // the state in a bucket; must not know the content of the documents
	"internal/state/httpstate":  4, // the state behind Terraform's HTTP protocol; must not know the content of the documents
	"internal/state/postgres":   4, // the state in PostgreSQL; must not know the content of the documents
	"internal/config":           3, // reads files; uses no network
	"internal/config/lang":      2, // Terraform's functions; sees the files of one directory, and no zone
	"internal/cloudflare":       3, // the provider must not know the state
	"internal/nameserver":       3, // the answers of DNS; must not know what a plan is
	"internal/review":           3, // comments at GitHub and GitLab; must not know what a plan is
	"internal/sandbox":          3, // a second implementation of the API; see also alone, below
	"internal/reconcile":        4, // the only place where provider and state meet
	"internal/doctor":           4, // checks provider and state; repairs neither
	"internal/render":           4, // the look of a plan, which must not decide its content
	"internal/workdir":          4, // which state a directory used; prints nothing and knows no command
	"internal/genconfig":        3, // writes text that config reads
	"internal/importer":         4, // the zones in files of other tools; opens no file and sends nothing
	"cmd/cfplan":                5, // flags, streams, exit codes, wiring

	"internal/dns/dnstest":       2, // draws records for the tests of other rooms
	"internal/lint/linttest":     3, // draws zones for property tests
	"internal/review/reviewtest": 3, // both forges in memory; for tests
}

// alone lists rooms that may depend only on the rooms given here. The sandbox can check our client and our
// canonical form only as long as it shares no code with them, not even for bounded reads. review does not
// know plans, because its caller writes the comment; but it shares the bounded reads.
var alone = map[string][]string{
	"internal/dns":               nil,
	"internal/sandbox":           nil,
	"internal/review":            {"internal/files", "internal/hosts", "internal/secret"},
	"internal/review/reviewtest": nil,
}

const module = "github.com/cfplan/cfplan/"

func TestImportsPointDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		path, imports, _ := strings.Cut(line, ":")
		room := strings.TrimPrefix(path, module)
		floor, known := floors[room]
		if path+"/" == module {
			continue // this package has only tests
		}
		if !known {
			t.Errorf("%s has no floor: add it to floors and to docs/architecture.md", room)
		}
		for _, imported := range strings.Fields(imports) {
			if below, ours := strings.CutPrefix(imported, module); ours && floors[below] >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d), want imports only from lower floors", room, floor, below, floors[below])
			}
		}
	}
}

func TestRoomsThatStandAloneImportOnlyAllowedRooms(t *testing.T) {
	for room, allowed := range alone {
		out, err := exec.Command("go", "list", "-deps", "./"+room).Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		for _, dep := range strings.Fields(string(out)) {
			below, ours := strings.CutPrefix(dep, module)
			if ours && below != room && !slices.Contains(allowed, below) {
				t.Errorf("%s depends on %s, but may depend only on %q", room, below, allowed)
			}
		}
	}
}

// Compiling the root package of cloudflare-go takes two minutes and adds 16 MB.
func TestRootOfCloudflareGoIsNotImported(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./cmd/cfplan").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, dep := range strings.Fields(string(out)) {
		if dep == "github.com/cloudflare/cloudflare-go/v7" {
			t.Error("cmd/cfplan depends on the root package of cloudflare-go; import only its sub-packages")
		}
	}
}

// speaksHTTP lists the rooms that may import net/http, with the reason. cloudflare and guidance decide what a
// failed request means; the rooms above ask the error.
var speaksHTTP = map[string]string{
	"cmd/cfplan":                 "serves the sandbox and reads the proxy from the environment",
	"internal/cloudflare":        "the API",
	"internal/review":            "GitHub's and GitLab's API",
	"internal/review/reviewtest": "both forges in memory",
	"internal/sandbox":           "the API in memory",
	"internal/state/httpstate":   "Terraform's HTTP protocol",
	"internal/state/s3":          "a bucket",
	"internal/state/servertest":  "real servers for tests",
}

func TestFewRoomsSpeakHTTP(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}

	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		path, imports, _ := strings.Cut(line, ":")
		room := strings.TrimPrefix(path, module)
		if slices.Contains(strings.Fields(imports), "net/http") && speaksHTTP[room] == "" {
			t.Errorf("%s imports net/http, but is not in speaksHTTP", room)
		}
	}
}

// Only guidance decides what Cloudflare's error codes mean, so the client must not compare a code with a
// number. (It may compare statuses, which belong to HTTP.)
func TestClientComparesNoErrorCodes(t *testing.T) {
	files, err := filepath.Glob("internal/cloudflare/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("found no source files of the client: %v", err)
	}
	number := regexp.MustCompile(`\bCode [!=]= [1-9]`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if found := number.FindString(read(t, name)); found != "" {
			t.Errorf("%s contains %q, but only guidance may compare codes", name, found)
		}
	}
}

// Reconcile must not compare codes or statuses, and its source must not contain a code of guidance's table.
func TestReconcileKnowsNoErrorCodes(t *testing.T) {
	codes := map[int]bool{}
	for _, e := range guidance.All() {
		for _, code := range e.Codes {
			codes[code] = true
		}
	}
	delete(codes, 0) // 0 means no code, and the source has many other zeros

	files, err := filepath.Glob("internal/reconcile/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("found no source files of reconcile: %v", err)
	}
	for _, name := range files {
		if !strings.HasSuffix(name, "_test.go") {
			checkNoCodes(t, name, codes)
		}
	}
}

func checkNoCodes(t *testing.T, name string, codes map[int]bool) {
	t.Helper()
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}

	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if namesCode(n.X) || namesCode(n.Y) {
				t.Errorf("%s compares a code", positions.Position(n.Pos()))
			}
		case *ast.SwitchStmt:
			if namesCode(n.Tag) {
				t.Errorf("%s decides by a code", positions.Position(n.Pos()))
			}
		case *ast.BasicLit:
			if number, err := strconv.Atoi(n.Value); err == nil && codes[number] {
				t.Errorf("%s: %d is an error code of Cloudflare", positions.Position(n.Pos()), number)
			}
		}
		return true
	})
}

// namesCode reports whether an expression is the code or the status of an error.
func namesCode(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && (s.Sel.Name == "Code" || s.Sel.Name == "Status" || s.Sel.Name == "HTTPStatus")
}
