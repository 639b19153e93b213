package config

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/tools/txtar"
)

// maxBombMemory is the greatest amount of memory that loading may take, in bytes. The bombs below take a
// fraction of it; without a budget, they would take several times as much.
const maxBombMemory = 1 << 30

// bombs are small configurations that would expand to huge values. Each diagnostic must name the line and the budget.
var bombs = []struct{ name, src, want string }{
	{"texts that double", doubled(`"${@}${@}"`, `"x"`), "main.cf.hcl:28: budget of one text"},
	{"lists that double", doubled(`[@, @]`, `["x"]`), "budget of one value"},
	{"objects that double", doubled(`{ a = @, b = @ }`, `{}`), "budget of one value"},
	{"texts that JSON doubles", doubled(`jsonencode(@)`, `"\""`), "budget of one text"},
	{"many large texts", "locals {\n x = join(\"\", [for i in range(1000) : \"" + strings.Repeat("x", 10_000) + "\"])\n" +
		strings.Repeat(" @ = \"${local.x}x\"\n", 100) + "}", "budget of all of them"},
	{"a product of sets", `output "o" { value = setproduct(range(100), range(100), range(100), range(100)) }`, "budget of one value"},
	{"a number with a large exponent", `output "o" { value = tostring(1e600000000) }`, "main.cf.hcl:1: budget of one number"},
	{"a number with a large exponent in JSON", `output "o" { value = "${jsondecode("[1e600000000]")[0]}" }`, "budget of one number"},
	{"a TTL", "zone \"example.com\" {\n record \"A\" \"@\" {\n content = \"192.0.2.1\"\n ttl = 1e600000000\n }\n}",
		"main.cf.hcl:4: budget of one number"},
	{"indentation", `output "o" { value = indent(1000000000, "a\nb") }`, "budget of one text"},
	{"a width", `output "o" { value = format("%1900000000s", "x") }`, "budget of one text"},
	{"aliases in YAML", "output \"o\" { value = yamldecode(<<A\n" + aliases(9) + "A\n) }", "budget of one value"},
	{"blocks for the elements of a list", "zone \"example.com\" {\n dynamic \"record\" {\n" +
		" for_each = flatten([for a in range(600) : range(600)])\n labels = [\"A\", \"x${record.key}\"]\n" +
		" content {\n content = \"192.0.2.1\"\n }\n }\n}", "main.cf.hcl:3: instances together"},
}

// doubled returns locals, each of which contains the local before it twice.
func doubled(step, first string) string {
	out := "locals {\n a0 = " + first + "\n"
	for i := range 32 {
		out += fmt.Sprintf(" a%d = %s\n", i+1, strings.ReplaceAll(step, "@", fmt.Sprintf("local.a%d", i)))
	}
	return out + "}\n"
}

// aliases returns lines of YAML, each of which contains the line before it ten times.
func aliases(levels int) string {
	out := "a0: &a0 [x]\n"
	for i := range levels {
		out += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	return out
}

// TestBombs loads the bombs in a separate process with limited memory.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("loads bombs in a separate process: not with -short")
	}

	if os.Getenv("CFPLAN_TEST_BOMBS") != "" {
		loadBombs(t)
		return
	}
	if raceDetector {
		t.Skip("the race detector itself takes more memory than the test allows; .ci/run runs this test without it")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestBombs$", "-test.v")
	cmd.Env = append(os.Environ(), "CFPLAN_TEST_BOMBS=1", "GOMEMLIMIT=768MiB")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%.4000s", err, out)
	}
	if kib := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss; kib > maxBombMemory>>10 {
		t.Errorf("loading took %d KiB, want at most %d", kib, maxBombMemory>>10)
	}
}

func loadBombs(t *testing.T) {
	limit := syscall.Rlimit{Cur: 4 * maxBombMemory, Max: 4 * maxBombMemory} // this limits the address space, of which Go's runtime reserves more than it uses
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
		t.Fatal(err)
	}
	for _, b := range bombs {
		src := b.src
		for i := 0; strings.Contains(src, " @ ="); i++ {
			src = strings.Replace(src, " @ =", fmt.Sprintf(" b%d =", i), 1)
		}
		_, _, diags := Load(writeFiles(t, []txtar.File{{Name: "main.cf.hcl", Data: []byte(src + "\n")}}), Options{})
		if !diags.HasErrors() {
			t.Errorf("%s: Load reports no error, want %s", b.name, b.want)
			continue
		}
		place, want, ok := strings.Cut(b.want, ": ")
		if !ok {
			place, want = "main.cf.hcl:", b.want
		}
		if got := at(*diags[0].Subject); !strings.HasPrefix(got, place) || !strings.Contains(diags[0].Detail, want) {
			t.Errorf("%s: %s: %s, want %s", b.name, got, diags[0].Detail, b.want)
		}
	}
}
