package config

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
)

// fromTerraform says how to import the records that Terraform keeps.
const fromTerraform = "Records that Terraform keeps need not be written by hand: write the state into a file " +
	"with \"terraform state pull\", then \"cfplan import ZONE -from=terraform -in=FILE\" writes them as HCL, " +
	"takes them over and says how Terraform lets go of them."

// OnlyTerraform returns advice if a directory has Terraform files but no configuration files. Otherwise it returns "".
func OnlyTerraform(dir string) string {
	names, err := FileNames(dir)
	if err != nil || len(names) > 0 {
		return ""
	}
	foreign, err := namesIn(dir, isTerraform)
	if err != nil || len(foreign) == 0 {
		return ""
	}

	return fmt.Sprintf("The directory %s has %s, such as %q. cfplan does not read them: its own files end in "+
		".cf.hcl or .cf.json, and can be in the same directory. %s",
		dir, english.Count(len(foreign), "Terraform file"), foreign[0], fromTerraform)
}

func isTerraform(name string) bool {
	for _, ending := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
		if strings.HasSuffix(name, ending) && !isHidden(name) {
			return true
		}
	}
	return false
}
