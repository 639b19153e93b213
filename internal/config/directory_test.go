package config

import (
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestNamesDecideWhatAFileIs(t *testing.T) {
	for _, c := range []struct {
		name                       string
		isFile, canFormat, isValue bool
	}{
		{"main.cf.hcl", true, true, false},
		{"main.cf.json", true, false, false},
		{".main.cf.hcl", false, true, false}, // formatted, because a person asked for that directory
		{"main.hcl", false, false, false},
		{"main.tf", false, false, false},
		{"main.cf.hcl.bak", false, false, false},
		{"prod.cfvars", false, true, false},
		{"prod.auto.cfvars", false, true, true},
		{".auto.cfvars", false, true, false},
	} {
		if got := IsFileName(c.name); got != c.isFile {
			t.Errorf("IsFileName(%q) = %v, want %v", c.name, got, c.isFile)
		}
		if got := CanFormat(c.name); got != c.canFormat {
			t.Errorf("CanFormat(%q) = %v, want %v", c.name, got, c.canFormat)
		}
		if got := isAutoValueFile(c.name); got != c.isValue {
			t.Errorf("isAutoValueFile(%q) = %v, want %v", c.name, got, c.isValue)
		}
	}
}

func TestFileNamesAreInOrder(t *testing.T) {
	dir := writeFiles(t, []txtar.File{
		{Name: "b.cf.hcl"}, {Name: "a.cf.json"}, {Name: "a.cf.hcl"}, {Name: "x.cfvars"},
		{Name: ".hidden.cf.hcl"}, {Name: "folder.cf.hcl/inside.cf.hcl"},
	})
	got, err := FileNames(dir)
	if want := []string{"a.cf.hcl", "a.cf.json", "b.cf.hcl"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("FileNames = %q, %v, want %q", got, err, want)
	}

	if got, err := FileNames(dir + "/nosuch"); err == nil {
		t.Errorf("FileNames of a missing directory = %q, want an error", got)
	}
}
