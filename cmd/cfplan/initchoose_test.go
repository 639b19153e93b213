//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/sandbox"
)

func TestInitAsksWhichZonesToImport(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs of the program: not with -short")
	}

	for _, c := range []struct {
		name string
		// typed are the answers, one for each question.
		typed []string
		says  []string
		files []string
	}{
		{
			name:  "a number and a name",
			typed: []string{"1 Example.NET."},
			says:  []string{"Taken over: example.com", "Taken over: example.net"},
			files: []string{".gitignore", "example.com.cf.hcl", "example.net.cf.hcl"},
		},
		{
			name:  "a mistake, then all",
			typed: []string{"9 nosuch.example", "all"},
			says:  []string{"Taken over: example.com", "Taken over: example.org"},
			files: []string{".gitignore", "example.com.cf.hcl", "example.net.cf.hcl", "example.org.cf.hcl"},
		},
		{
			name:  "none",
			typed: []string{""},
			says:  []string{"Written: dns.cf.hcl"},
			files: []string{".gitignore", "dns.cf.hcl"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newSite(t)
			p.env = append(p.env, "CI=")
			command, _ := p.command(t.Context(), "init")
			s := onScreen(t, command, 100)
			for _, line := range c.typed {
				s.await(t, "Enter a value: ")
				if c.typed[0] != line {
					s.await(t, `Not in the list: "9", "nosuch.example"`)
				}
				s.forget()
				if _, err := io.WriteString(s, line+"\r"); err != nil {
					t.Fatal(err)
				}
			}
			for _, text := range c.says {
				s.await(t, text)
			}
			if err := command.Wait(); err != nil {
				t.Fatalf("init: %v\n%s", err, s.all())
			}
			checkFiles(t, p.dir, c.files)
		})
	}
}

// checkFiles compares the files of a directory that a user would commit.
func checkFiles(t *testing.T, dir string, want []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".cf.hcl") || e.Name() == ".gitignore" {
			got = append(got, e.Name())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
}

func TestInitDoesNotAskInCIOrWithoutInputOrToken(t *testing.T) {
	for name, c := range map[string]struct {
		env  string
		args []string
	}{
		"in CI":             {"CI=true", []string{"init"}},
		"with -input=false": {"CI=", []string{"init", "-input=false"}},
		"without a token":   {"CLOUDFLARE_API_TOKEN=", []string{"init"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newSite(t)
			p.env = append(p.env, "CI=", c.env)
			command, _ := p.command(t.Context(), c.args...)
			s := onScreen(t, command, 200)
			if err := command.Wait(); err != nil {
				t.Fatalf("init: %v\n%s", err, s.all())
			}
			checkFiles(t, p.dir, []string{".gitignore", "dns.cf.hcl"})
			s.await(t, "permissionGroupKeys=")
		})
	}
}

func TestInitGoesOnIfTheZonesCannotBeListed(t *testing.T) {
	p := newSite(t)
	p.env = append(p.env, "CI=")
	p.api.Fail(sandbox.RefuseIP("203.0.113.7"))
	command, _ := p.command(t.Context(), "init")
	s := onScreen(t, command, 200)
	s.await(t, "could not be listed")
	if err := command.Wait(); err != nil {
		t.Fatalf("init: %v\n%s", err, s.all())
	}
	checkFiles(t, p.dir, []string{".gitignore", "dns.cf.hcl"})
}

func TestZonesOfAnswer(t *testing.T) {
	zones := []string{"example.com", "example.net", "xn--bcher-kva.example"}
	for _, c := range []struct {
		answer          string
		chosen, unknown []string
	}{
		{"", nil, nil},
		{"all", zones, nil},
		{"2", []string{"example.net"}, nil},
		{"2,1 2", []string{"example.com", "example.net"}, nil},
		{"bücher.example", []string{"xn--bcher-kva.example"}, nil},
		{"0 4 -1", nil, []string{`"0"`, `"4"`, `"-1"`}},
		{"example.org\x1b[2J", nil, []string{`"example.org\x1b[2J"`}},
	} {
		chosen, unknown := zonesOfAnswer(c.answer, zones)
		if !slices.Equal(chosen, c.chosen) || !slices.Equal(unknown, c.unknown) {
			t.Errorf("zonesOfAnswer(%q) = %q, %q; want %q, %q", c.answer, chosen, unknown, c.chosen, c.unknown)
		}
	}
}

func TestInitWritesNoStarterBesideTerraformFiles(t *testing.T) {
	p := newSite(t)
	if err := os.WriteFile(filepath.Join(p.dir, "main.tf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	command, _ := p.command(t.Context(), "init")
	s := onScreen(t, command, 100)
	if err := command.Wait(); err == nil {
		t.Errorf("init beside Terraform files succeeded:\n%s", s.all())
	}
	checkFiles(t, p.dir, nil)
}
