package config

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// mistakes maps kinds of mistakes to functions that return a configuration with n of them. One kind is not a
// mistake: n secrets.
var mistakes = map[string]func(n int) map[string]string{
	"bad values":        blocks(`record "A" "h%d" { content = "x%[1]d" }`),
	"warnings":          blocks(`record "TXT" "h%d" { content = "v=spf1 ptr -all" }`),
	"unknown variables": blocks(`record "A" "h%d" { content = var.x%[1]d }`),
	"unknown functions": blocks(`record "A" "h%d" { content = f%[1]d("x") }`),
	"unknown arguments": blocks(`record "A" "h%d" { colour = %[1]d }`),
	"syntax errors":     blocks(`record "TXT" "h%d" { content = "\q%[1]d" }`),
	"secrets":           blocks(`record "A" "h%d" { comment = sensitive("secret %[1]d") }`),
	"one name":          blocks(`record "CNAME" "www" { content = "t%d.example.net" }`),
	"SPF chains":        blocks(`record "TXT" "s%d" { content = "v=spf1 include:s%[1]d0.example.com a a a a a a a a a a -all" }`),
	"targets": blocks("record \"CNAME\" \"c%d\" { content = \"example.net\" }\n" +
		" record \"MX\" \"m\" { content = \"%[1]d c%[1]d.example.com\" }"),
	"delegations": blocks(
		"record \"NS\" \"*.d%d\" { content = \"ns.example.net\" }\n record \"A\" \"a.*.d%[1]d\" { content = \"192.0.2.1\" }"),
	"instances of a module": func(n int) map[string]string {
		return map[string]string{
			"main.cf.hcl": "module \"m\" {\n source = \"./m\"\n for_each = toset([for i in range(" + fmt.Sprint(n) + ") : \"k${i}\"])\n" +
				" name = each.key\n}\nzone \"example.com\" {}\n",
			"m/main.cf.hcl": "variable \"name\" {}\nzone \"example.com\" {\n record \"A\" \"a\" { content = var.name }\n}\n" +
				"output \"x\" { value = each.key }\n",
		}
	},
	"module blocks": func(n int) map[string]string {
		return map[string]string{
			"main.cf.hcl":   lines("module \"m%d\" {\n source = \"./m\"\n x%[1]d = module.m0.y%[1]d\n}\n", n),
			"m/main.cf.hcl": lines("variable \"v%d\" {}\n", 3) + lines("output \"o%d\" { value = nothing.x }\n", 10),
		}
	},
	"zone blocks that disagree": func(n int) map[string]string {
		return map[string]string{"main.cf.hcl": "zone \"example.com\" {\n ownership = \"managed\"\n}\n" +
			lines("zone \"example.com\" {\n ownership = \"exclusive\"\n record \"A\" "+
				"\"h%d\" { content = \"192.0.2.1\" }\n}\n", n)}
	},
	"elements": func(n int) map[string]string {
		return map[string]string{"main.cf.hcl": "zone \"example.com\" {\n record \"A\" \"a\" { content = [" + lines(`"x%d", `, n) + "] }\n}\n"}
	},
	"elements in JSON": func(n int) map[string]string {
		return map[string]string{"main.cf.json": `{"zone":{"example.com":{"record":{"A":{"a":{"content":[` + lines(`"x%d",`, n) + `"x"]}}}}}}`}
	},
	"unknown names": func(n int) map[string]string {
		return map[string]string{
			"main.cf.hcl":   lines("variable \"known%d\" { default = 1 }\n", n),
			"a.auto.cfvars": lines("given%d = 1\n", n),
		}
	},
	"lines of a zone file": func(n int) map[string]string {
		return map[string]string{
			"main.cf.hcl": "zone \"example.com\" {\n zonefile { path = \"db\" }\n}\n",
			"db":          lines("h%d 300 IN A x\n", n),
		}
	},
}

// blocks returns a function that makes a zone with n blocks of the given format.
func blocks(format string) func(int) map[string]string {
	return func(n int) map[string]string {
		return map[string]string{"main.cf.hcl": "zone \"example.com\" {\n" + lines(" "+format+"\n", n) + "}\n"}
	}
}

func lines(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func mistakesDir(t testing.TB, kind string, n int) string {
	t.Helper()
	var files []txtar.File
	for name, text := range mistakes[kind](n) {
		files = append(files, txtar.File{Name: filepath.FromSlash(name), Data: []byte(text)})
	}
	return writeFiles(t, files)
}

// Four times the mistakes must take about four times the memory. If each mistake copied a file, or a list of
// all mistakes, they would take sixteen times as much.
func TestTheCostOfMistakesIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("loads thousands of mistakes: not with -short")
	}

	const few, many = 250, 1000
	for kind := range mistakes {
		cost := func(n int) uint64 {
			dir := mistakesDir(t, kind, n)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, diags := Load(dir, Options{})
			runtime.ReadMemStats(&after)
			if len(diags) == 0 {
				t.Fatalf("%s: Load reports no diagnostics, want some", kind)
			}
			return after.TotalAlloc - before.TotalAlloc
		}
		if a, b := cost(few), cost(many); b > 7*a {
			t.Errorf("%s: %d mistakes take %d bytes, but %d take %d, want a linear cost", kind, few, a, many, b)
		}
	}
}
