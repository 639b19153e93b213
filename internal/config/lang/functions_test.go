package lang

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// TestFunctions evaluates at least one expression for each function.
func TestFunctions(t *testing.T) {
	cases := []struct{ expr, want string }{
		{`abs(-3)`, `3`},
		{`ceil(1.2)`, `2`},
		{`floor(1.8)`, `1`},
		{`log(8, 2)`, `3`},
		{`max(1, 3, 2)`, `3`},
		{`min(1, 3, 2)`, `1`},
		{`parseint("ff", 16)`, `255`},
		{`pow(2, 10)`, `1024`},
		{`signum(-7)`, `-1`},
		{`sum([1, 2, "3"])`, `6`},

		{`chomp("x\n")`, `"x"`},
		{`endswith("abc", "bc")`, `true`},
		{`format("%s-%03d", "x", 7)`, `"x-007"`},
		{`formatlist("%s.", ["a", "b"])`, `["a.","b."]`},
		{`indent(2, "a\nb")`, `"a\n  b"`},
		{`join(",", ["a", "b"])`, `"a,b"`},
		{`lower("ABC")`, `"abc"`},
		{`regex("[0-9]+", "a12b")`, `"12"`},
		{`regexall("[0-9]", "a12b")`, `["1","2"]`},
		{`replace("a.b.c", ".", "-")`, `"a-b-c"`},
		{`replace("a1b22", "/[0-9]+/", "<$0>")`, `"a<1>b<22>"`},
		{`split(",", "a,b")`, `["a","b"]`},
		{`startswith("abc", "ab")`, `true`},
		{`strcontains("abc", "b")`, `true`},
		{`strrev("abc")`, `"cba"`},
		{`substr("abcdef", 1, 2)`, `"bc"`},
		{`title("ab cd")`, `"Ab Cd"`},
		{`trim("xxaxx", "x")`, `"a"`},
		{`trimprefix("xxa", "x")`, `"xa"`},
		{`trimspace("  a ")`, `"a"`},
		{`trimsuffix("axx", "x")`, `"ax"`},
		{`upper("abc")`, `"ABC"`},

		{`alltrue([true, "true"])`, `true`},
		{`alltrue([])`, `true`},
		{`anytrue([false, "true"])`, `true`},
		{`anytrue([])`, `false`},
		{`chunklist([1, 2, 3], 2)`, `[[1,2],[3]]`},
		{`alltrue([true, null])`, `false`},
		{`anytrue([null, true])`, `true`},
		{`anytrue([null])`, `false`},
		{`anytrue(toset([false, true]))`, `true`},
		{`coalesce(null, "", "x")`, `"x"`},
		{`coalesce(1, "x")`, `"1"`},
		{`coalesce(null, 2)`, `2`},
		{`coalesce(null, false, true)`, `false`},
		{`coalescelist([], ["x"])`, `["x"]`},
		{`compact(["a", "", null])`, `["a"]`},
		{`concat([1], ["x"])`, `[1,"x"]`},
		{`contains(["a"], "a")`, `true`},
		{`distinct(["a", "b", "a"])`, `["a","b"]`},
		{`element(["a", "b"], 3)`, `"b"`},
		{`flatten([[1], [[2], 3]])`, `[1,2,3]`},
		{`index(["a", "b"], "b")`, `1`},
		{`keys({ b = 1, a = 2 })`, `["a","b"]`},
		{`length("ä€")`, `2`},
		{`length([1, 2])`, `2`},
		{`length({ a = 1 })`, `1`},
		{`length(toset(["a", "a"]))`, `1`},
		{`lookup({ a = 1 }, "a", 2)`, `1`},
		{`lookup({ a = 1 }, "b", 2)`, `2`},
		{`lookup(tomap({ a = "x" }), "a")`, `"x"`},
		{`matchkeys(["x", "y"], ["a", "b"], ["b"])`, `["y"]`},
		{`merge({ a = 1, b = 1 }, { b = 2 })`, `{"a":1,"b":2}`},
		{`one(["x"])`, `"x"`},
		{`one([])`, `null`},
		{`range(1, 7, 2)`, `[1,3,5]`},
		{`reverse([1, 2])`, `[2,1]`},
		{`setintersection(["a", "b"], ["b"])`, `["b"]`},
		{`setproduct(["a"], [1, 2])`, `[["a",1],["a",2]]`},
		{`setsubtract(["a", "b"], ["b"])`, `["a"]`},
		{`setunion(["a"], ["b"])`, `["a","b"]`},
		{`slice(["a", "b", "c"], 1, 3)`, `["b","c"]`},
		{`sort(["b", "a"])`, `["a","b"]`},
		{`transpose({ a = ["x", "y"], b = ["x"] })`, `{"x":["a","b"],"y":["a"]}`},
		{`transpose({})`, `{}`},
		{`values({ b = 1, a = 2 })`, `[2,1]`},
		{`zipmap(["a"], [1])`, `{"a":1}`},

		{`base64decode("eA==")`, `"x"`},
		{`base64encode("x")`, `"eA=="`},
		{`base64gzip("")`, `"H4sIAAAAAAAA/wEAAP//AAAAAAAAAAA="`},
		{`textencodebase64("ä", "ISO-8859-1")`, `"5A=="`},
		{`textencodebase64("x", "UTF-16LE")`, `"eAA="`},
		{`textdecodebase64("5A==", "iso-8859-1")`, `"ä"`},
		{`csvdecode("a,b\n1,2")`, `[{"a":"1","b":"2"}]`},
		{`jsondecode("{\"a\":[1]}")`, `{"a":[1]}`},
		{`jsonencode({ a = [1] })`, `"{\"a\":[1]}"`},
		{`urlencode("a b&c")`, `"a+b%26c"`},
		{`yamldecode("a: [1, x]")`, `{"a":[1,"x"]}`},
		{`yamlencode({ a = 1 })`, `"\"a\": 1\n"`},

		{`formatdate("YYYY-MM-DD", "2026-11-23T10:00:00Z")`, `"2026-11-23"`},
		{`timeadd("2026-11-23T10:00:00Z", "1h")`, `"2026-11-23T11:00:00Z"`},
		{`timecmp("2026-11-23T10:00:00Z", "2026-11-23T12:00:00+01:00")`, `-1`},

		// RFC 1321, appendix A.5; FIPS 180-2, appendices; RFC 9562, appendix A.4.
		{`md5("abc")`, `"900150983cd24fb0d6963f7d28e17f72"`},
		{`sha1("abc")`, `"a9993e364706816aba3e25717850c26c9cd0d89d"`},
		{`sha256("abc")`, `"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`},
		{`substr(sha512("abc"), 0, 16)`, `"ddaf35a193617aba"`},
		{`base64sha256("abc")`, `"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="`},
		{`base64sha512("abc") == base64sha512("abd")`, `false`},
		{`filemd5("x.txt")`, `"1cb251ec0d568de6a929b520c4aed8d1"`},
		{`filesha1("x.txt")`, `"372ea08cab33e71c02c651dbc83a474d32c676ea"`},
		{`filesha256("x.txt") == sha256("text")`, `true`},
		{`filesha512("x.txt") == sha512("text")`, `true`},
		{`filebase64sha256("x.txt") == base64sha256("text")`, `true`},
		{`filebase64sha512("x.txt") == base64sha512("text")`, `true`},
		{`substr(base64sha512("abc"), 0, 12)`, `"3a81oZNherrM"`},
		{`uuidv5("dns", "www.example.com")`, `"2ed6657d-e927-568b-95e1-2665a8aea6a2"`},
		{`uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com")`, `"2ed6657d-e927-568b-95e1-2665a8aea6a2"`},

		{`cidrcontains("192.0.2.0/24", "192.0.2.7")`, `true`},
		{`cidrcontains("192.0.2.0/24", "192.0.3.7")`, `false`},
		{`cidrcontains("192.0.2.0/24", "192.0.2.128/25")`, `true`},
		{`cidrcontains("192.0.2.0/24", "192.0.2.0/23")`, `false`},
		{`cidrcontains("192.000.002.0/24", "192.0.2.007")`, `true`},
		{`cidrhost("192.0.2.0/24", 7)`, `"192.0.2.7"`},
		{`cidrhost("192.0.2.9/24", -1)`, `"192.0.2.255"`},
		{`cidrhost("2001:db8::/32", 65536)`, `"2001:db8::1:0"`},
		{`cidrnetmask("172.16.0.0/12")`, `"255.240.0.0"`},
		{`cidrnetmask("0.0.0.0/0")`, `"0.0.0.0"`},
		{`cidrsubnet("172.16.0.0/12", 4, 2)`, `"172.18.0.0/16"`},
		{`cidrsubnet("2001:db8::/32", 32, 1)`, `"2001:db8:0:1::/64"`},
		{`cidrsubnet("192.0.2.0/24", 0, 0)`, `"192.0.2.0/24"`},
		{`cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)`, `["10.1.0.0/20","10.1.16.0/20","10.1.32.0/24","10.1.48.0/20"]`},
		{`cidrsubnet("010.0.0.0/08", 8, 2)`, `"10.2.0.0/16"`},
		{`cidrsubnet("10.1.2.3/16", 8, "2")`, `"10.1.2.0/24"`},
		{`cidrsubnets("10.1.0.0/16")`, `[]`},

		{`can(jsondecode("{"))`, `false`},
		{`convert("7", number)`, `7`},
		{`issensitive(sensitive("x"))`, `true`},
		{`issensitive("x")`, `false`},
		{`nonsensitive(sensitive("x"))`, `"x"`},
		{`nonsensitive(length(sensitive("x")))`, `1`},
		{`tobool("true")`, `true`},
		{`tolist(toset(["b", "a"]))`, `["a","b"]`},
		{`tomap({ a = 1 })`, `{"a":1}`},
		{`tonumber("7")`, `7`},
		{`toset(["a", "a"])`, `["a"]`},
		{`tostring(7)`, `"7"`},
		{`try(jsondecode("{"), "x")`, `"x"`},
		{`type({ a = [1, "x"] })`, `"object({a=tuple([number,string])})"`},

		{`basename("a/b.txt")`, `"b.txt"`},
		{`dirname("a/b.txt")`, `"a"`},
		{`pathexpand("~/x")`, `"/home/me/x"`},
		{`pathexpand("~other/x")`, `"~other/x"`},
		{`startswith(abspath("x"), "/")`, `true`},
		{`file("x.txt")`, `"text"`},
		{`file("./sub/../x.txt")`, `"text"`},
		{`filebase64("x.txt")`, `"dGV4dA=="`},
		{`fileexists("nosuch")`, `false`},
		{`fileset(".", "{x,y}.t?t")`, `["x.txt"]`},
		{`fileset(".", "**")`, `["deep.tpl","main.cf.hcl","sub/[a].md","sub/b.md","x.txt"]`},
		{`fileset("sub", "[!b-z].md")`, `[]`},
		{`fileset("sub", "[a-c].md")`, `["b.md"]`},
		{`fileset(".", "sub/*")`, `["sub/[a].md","sub/b.md"]`},
		{`fileset(".", "no/**")`, `[]`},
		{`fileset("nosuch", "*")`, `[]`},
		{`templatefile("sub/b.md", { name = "N" })`, `"Hello N"`},
		{`templatestring("<$${upper(x)}>", { x = "a" })`, `"<A>"`},
		{`templatestring("<$${core::upper(fqdn(x, \"example.com\"))}>", { x = "a" })`, `"<A.EXAMPLE.COM>"`},
		{`core::templatestring("$${core::lower(x)}", { x = "A" })`, `"a"`},

		{`dkim("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")`,
			`"v=DKIM1; k=ed25519; p=Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="`},
		{`dmarc({ p = "reject" })`, `"v=DMARC1; p=reject"`},
		{`fqdn("@", "example.com")`, `"example.com"`},
		{`reverse_name("192.0.2.1")`, `"1.2.0.192.in-addr.arpa"`},
		{`spf({ all = "-all" })`, `"v=spf1 -all"`},
	}
	tree := sample(t)
	called := map[string]bool{"timestamp": true, "plantimestamp": true, "uuid": true, "bcrypt": true}
	for _, c := range cases {
		for name := range Functions(tree, NewBudget()) {
			called[name] = called[name] || strings.HasPrefix(c.expr, name+"(") || strings.Contains(c.expr, "("+name+"(")
		}

		v, diags := eval(t, tree, c.expr)
		if diags.HasErrors() {
			t.Errorf("%s: %v", c.expr, diags)
		} else if got := asJSON(t, v); got != c.want {
			t.Errorf("%s = %s, want %s", c.expr, got, c.want)
		}
	}
	for name := range Functions(tree, NewBudget()) {
		if !called[strings.TrimPrefix(name, "core::")] {
			t.Errorf("no case calls the function %s", name)
		}
	}
}

// sample returns a tree with a few files.
func sample(t *testing.T) *Tree {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.cf.hcl": "",
		"x.txt":       "text",
		"sub/b.md":    "Hello ${name}",
		"sub/[a].md":  "a",
		"deep.tpl":    "${" + strings.Repeat("[", 200_000),
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree := OpenTree(dir, "/home/me")
	t.Cleanup(tree.Close)
	return tree
}

// eval evaluates an expression that can call the functions but has no variables.
func eval(t *testing.T, tree *Tree, src string) (cty.Value, hcl.Diagnostics) {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(src), "x.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", src, diags)
	}
	return expr.Value(&hcl.EvalContext{Functions: Functions(tree, NewBudget())})
}

// asJSON formats a value as JSON. Unlike json.Marshal, it does not escape <, > and &.
func asJSON(t *testing.T, v cty.Value) string {
	t.Helper()
	text, err := ctyjson.SimpleJSONValue{Value: v}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(plain); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func TestFunctionsRefuse(t *testing.T) {
	cases := []struct{ expr, want string }{
		{`sum([])`, "empty list"},
		{`sum("x")`, "list, tuple or set is required"},
		{`sum([1, null])`, "element 1 is null"},
		{`sum([1, "x"])`, "element 1"},
		{`alltrue(["x"])`, "a bool is required"},
		{`coalesce(null, "")`, "every argument is null or an empty text"},
		{`coalesce("x", [1])`, "the same type"},
		{`index(["a"], "b")`, "does not contain"},
		{`length(7)`, "a text or a collection"},
		{`lookup({}, "a")`, "no element with the key"},
		{`lookup("x", "a")`, "a map or an object"},
		{`lookup({}, "a", 1, 2)`, "at most one default"},
		{`matchkeys([1], [], [])`, "same length"},
		{`one([1, 2])`, "at most one element"},
		{`transpose({ a = [null] })`, "null"},
		{`replace("x", "/(/", "")`, "error parsing regexp"},
		{`base64decode("?")`, "not valid Base64"},
		{`base64decode("/w==")`, "not valid UTF-8"},
		{`timecmp("x", "y")`, "cannot parse"},
		{`uuidv5("nosuch", "x")`, "namespace"},
		{`cidrhost("192.0.2.0/24", 256)`, "no host with this number"},
		{`cidrhost("192.0.2.0/24", -257)`, "no host with this number"},
		{`cidrhost("192.0.2.0/24", 1.5)`, "must be whole"},
		{`cidrhost("192.0.2.0/24", 1 / 0)`, "must be whole"},
		{`cidrhost("192.0.2.0", 1)`, "not an address prefix"},
		{`cidrnetmask("2001:db8::/32")`, "only IPv4"},
		{`cidrsubnet("192.0.2.0/24", 9, 0)`, "cannot be made longer"},
		{`cidrsubnet("192.0.2.0/24", -1, 0)`, "cannot be made longer"},
		{`cidrsubnet("192.0.2.0/24", 1, 2)`, "no room"},
		{`cidrsubnets("192.0.2.0/24", 1, 1, 1)`, "no room"},
		{`cidrsubnets("192.0.2.0/24", 0)`, "at least one bit"},
		{`cidrcontains("2001:db8::/32", "192.0.2.1")`, "not of the same address family"},
		{`textencodebase64("ä", "nosuch")`, "not the name of a supported encoding"},
		{`textencodebase64("€", "ISO-8859-1")`, "characters that ISO-8859-1 does not have"},
		{`textdecodebase64("?", "UTF-8")`, "not valid Base64"},
		{`textdecodebase64("/w==", "UTF-8")`, "not a text in UTF-8"},
		{`filesha256("../x")`, "outside"},
		{`cidrcontains("192.0.2.0/24", "x")`, "neither an address nor a prefix"},
		{`templatestring("x", 7)`, "a map or an object"},
		{`templatestring("$${x}", { x = [] })`, "is not a text"},
		{`fileset("..", "*")`, "outside"},
		{`fileset(".", "[z-a]")`, "not a valid pattern"},
		{`fileexists("../x")`, "outside"},
		{`fileexists(".")`, "not a regular file"},
		{`templatefile("deep.tpl", {})`, "nested too deeply"},
		{`templatefile("sub/b.md", { nmae = "N" })`, `sub/b.md:1: the template uses "name", which is not among`},
		{`timestamp()`, "differs from run to run"},
	}
	wantRefused(t, cases)
}

// wantRefused evaluates expressions. Each must give exactly one error, which contains the wanted text.
func wantRefused(t *testing.T, cases []struct{ expr, want string }) {
	t.Helper()
	tree := sample(t)
	for _, c := range cases {
		_, diags := eval(t, tree, c.expr)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, c.want) {
			t.Errorf("%s gives the diagnostics %v, want one with %q", c.expr, diags, c.want)
		}
	}
}

func TestTemplatesDoNotRecurse(t *testing.T) {
	_, diags := eval(t, sample(t), `templatestring("$${templatestring(\"y\", {})}", {})`)
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, `no function named "templatestring"`) {
		t.Errorf("diagnostics are %v, want an error about an unknown function", diags)
	}
}
