package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/sandbox"
)

const followedAccount = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// templates are the token templates of the dashboard, with the permissions that they grant
// (Cloudflare's documentation).
var templates = map[string][]string{"Edit zone DNS": {"DNS Write"}}

// apiName maps names of permissions in the dashboard, and keys of a template URL, to their names in
// the API.
var apiName = map[string]string{
	"Zone → DNS → Edit": "DNS Write", "Zone → DNS → Read": "DNS Read", "Zone → Zone → Read": "Zone Read",
	"dns edit": "DNS Write", "dns read": "DNS Read", "zone read": "Zone Read",
}

var (
	namedPermission = regexp.MustCompile(`Zone → \w+ → \w+`)
	namedTemplate   = regexp.MustCompile(`template "([^"]+)"`)
	templateURL     = regexp.MustCompile(`https://\S+permissionGroupKeys=\S+`)
)

// permissionsIn returns the permissions that a step names, by their API names.
func permissionsIn(t *testing.T, step string) []string {
	t.Helper()
	var out []string
	for _, named := range namedPermission.FindAllString(step, -1) {
		if apiName[named] == "" {
			t.Fatalf("%q names %q, which is not a permission", step, named)
		}
		out = append(out, apiName[named])
	}
	return out
}

// byHand returns the permissions of a token that a user makes by following the step about the
// template: the permissions of the template, and those that the step adds.
func byHand(t *testing.T, steps []string) []string {
	t.Helper()
	for _, step := range steps {
		if m := namedTemplate.FindStringSubmatch(step); m != nil {
			granted, known := templates[m[1]]
			if !known {
				t.Fatalf("there is no template %q", m[1])
			}
			told, toAdd, _ := strings.Cut(step, " add ")
			if !slices.Equal(permissionsIn(t, told), granted) {
				t.Errorf("%q is wrong about the permissions of the template, want %q", told, granted)
			}
			return append(slices.Clone(granted), permissionsIn(t, toAdd)...)
		}
	}
	t.Fatalf("no step names a template: %q", steps)
	return nil
}

// byLink returns the permissions of a token that a user makes with a template URL, and whether the
// token belongs to an account.
func byLink(t *testing.T, link string) (permissions []string, account bool) {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Host != "dash.cloudflare.com" {
		t.Fatalf("%q is not a URL of the dashboard: %v", link, err)
	}
	q := u.Query()
	var keys []struct{ Key, Type string }
	if err := json.Unmarshal([]byte(q.Get("permissionGroupKeys")), &keys); err != nil {
		t.Fatalf("%q: %v", link, err)
	}
	for _, k := range keys {
		name := apiName[k.Key+" "+k.Type]
		if name == "" {
			t.Fatalf("%q has %+v, which is not a permission", link, k)
		}
		permissions = append(permissions, name)
	}

	account = q.Get("to") == "/:account/api-tokens" && u.Path == "/"
	if !account && (u.Path != "/profile/api-tokens" || q.Get("accountId") != "*" || q.Get("zoneId") != "all") {
		t.Errorf("%q is not a template URL in the form that Cloudflare documents", link)
	}
	return permissions, account
}

// followedSite is a directory with one zone and a sandbox that knows one token.
type followedSite struct {
	dir string
	env []string
}

func newFollowedSite(t *testing.T, token sandbox.Token, block string) *followedSite {
	t.Helper()
	server := httptest.NewServer(sandbox.New(sandbox.Options{Seed: sandbox.Seed{
		Zones:  []sandbox.Zone{{ID: "023e105f4ecef8ad9ca31a8372d0c353", Name: "example.com", Plan: "free", AccountID: followedAccount}},
		Tokens: []sandbox.Token{token},
	}}))
	t.Cleanup(server.Close)

	s := &followedSite{dir: t.TempDir(), env: []string{
		"CLOUDFLARE_BASE_URL=" + server.URL + "/client/v4", "CLOUDFLARE_API_TOKEN=" + token.Value, "CFPLAN_NAMESERVERS=127.0.0.1:9",
	}}
	text := "zone \"example.com\" {\n" + block + "  record \"A\" \"www\" { content = \"192.0.2.1\" }\n}\n"
	if err := os.WriteFile(filepath.Join(s.dir, "dns.cf.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *followedSite) run(command string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	args := append([]string{"-chdir=" + s.dir}, strings.Fields(command)...)
	code = run(context.Background(), args, streams{strings.NewReader(""), &stdout, &stderr}, s.env)
	return code, stdout.String(), stderr.String()
}

// works runs everything that the token must be able to do. It returns the first command that fails,
// with its output, or "".
func (s *followedSite) works() (failed string) {
	for _, step := range []struct {
		command string
		code    int
	}{
		{"plan -detailed-exitcode -require-live", exitChanges}, {"apply -auto-approve", exitDone},
		{"plan -detailed-exitcode", exitDone}, {"doctor -write", exitDone},
	} {
		if code, out, errs := s.run(step.command); code != step.code {
			return step.command + ":\n" + out + errs
		}
	}
	return ""
}

func tokenWith(permissions []string, account bool) sandbox.Token {
	token := sandbox.Token{Value: "cfut_0123456789012345678901234567890123456789abcdef", Permissions: permissions}
	if account {
		token.Value, token.AccountID = "cfat_0123456789012345678901234567890123456789abcdef", followedAccount
	}
	return token
}

// A token that a user makes by following the steps, by hand or with a link, can do everything that
// cfplan needs.
func TestFollowingTheStepsToATokenWorks(t *testing.T) {
	seen := map[string]bool{}
	try := func(how string, permissions []string, account bool) {
		slices.Sort(permissions)
		key := how + strings.Join(permissions, ",")
		if seen[key] {
			return
		}
		seen[key] = true
		if failed := newFollowedSite(t, tokenWith(permissions, account), "").works(); failed != "" {
			t.Errorf("a token with %q, made by %s, fails at %s", permissions, how, failed)
		}
	}

	for _, e := range guidance.All() {
		steps := strings.Join(e.Steps, "\n")
		links := templateURL.FindAllString(steps, -1)
		if len(links) == 0 {
			continue // its steps are not about a new token
		}
		try("hand", byHand(t, e.Steps), false)
		for _, link := range links {
			permissions, account := byLink(t, link)
			try(map[bool]string{false: "the user's link", true: "the account's link"}[account], permissions, account)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d ways to make a token were tried, want 3: %v", len(seen), seen)
	}
}

// The template alone is not enough; otherwise the test above would prove nothing.
func TestTheTemplateAloneIsNotEnough(t *testing.T) {
	if failed := newFollowedSite(t, tokenWith(templates["Edit zone DNS"], false), "").works(); !strings.HasPrefix(failed, "plan") {
		t.Errorf("a token of the template fails at %q, want at plan", failed)
	}
}

// If the configuration has the ID of the zone, cfplan does not look the zone up by name, so the
// template is enough, as the steps say.
func TestTheTemplateIsEnoughForAZoneWithAnID(t *testing.T) {
	s := newFollowedSite(t, tokenWith(templates["Edit zone DNS"], false), "  id = \"023e105f4ecef8ad9ca31a8372d0c353\"\n")
	if failed := s.works(); failed != "" {
		t.Errorf("a token of the template fails at %s", failed)
	}
}

// Following the steps of doctor one at a time turns a token without permissions into one that works.
func TestFollowingTheStepsOfDoctorWorks(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs of the program: not with -short")
	}

	permissions := []string{}
	for range 4 {
		code, out, _ := newFollowedSite(t, tokenWith(permissions, false), "").run("doctor -write -json")
		if code == exitDone {
			break
		}
		more := advised(t, out)
		if len(more) == 0 || slices.Contains(permissions, more[0]) {
			t.Fatalf("with %q doctor says nothing that helps: %s", permissions, out)
		}
		permissions = append(permissions, more...)
	}
	if failed := newFollowedSite(t, tokenWith(permissions, false), "").works(); failed != "" {
		t.Errorf("a token with %q fails at %s", permissions, failed)
	}
}

// advised returns the permissions in the first step of the first check that failed.
func advised(t *testing.T, document string) []string {
	t.Helper()
	var found struct{ Checks []doctor.Check }
	if err := json.Unmarshal([]byte(document), &found); err != nil {
		t.Fatal(err)
	}
	for _, c := range found.Checks {
		if c.Status == doctor.Failed && len(c.Guidance) > 0 {
			return permissionsIn(t, c.Guidance[0])
		}
	}
	return nil
}

// All other texts about making a token have the same links and the same permissions.
func TestAllTextsAboutTokensHaveTheSameLinks(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"README.md": string(readme), "help credentials": credentialsTopic().Long,
	} {
		for _, want := range []string{guidance.NewUserToken, guidance.NewAccountToken, "Edit zone DNS", "add Zone → Zone → Read"} {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
}
