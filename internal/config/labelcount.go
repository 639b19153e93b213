package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// blockHeads maps the types of blocks that have labels to examples of their first line.
var blockHeads = map[string]string{
	"backend":  `backend "local"`,
	"dynamic":  `dynamic "record"`,
	"module":   `module "mail"`,
	"output":   `output "address"`,
	"record":   `record "A" "www"`,
	"variable": `variable "address"`,
	"zone":     `zone "example.com"`,
}

// explainLabels says what to write if a block has too few or too many labels. hcl's own message only counts the
// labels. explainLabels does not change a message that already has better advice.
func explainLabels(d *hcl.Diagnostic) {
	words := strings.Fields(d.Summary)
	var begins string
	switch {
	case len(words) == 4 && words[0] == "Missing" && words[2] == "for" && strings.HasPrefix(d.Detail, "All "):
		begins = "The block lacks its " + words[1]
	case len(words) == 4 && strings.HasPrefix(d.Summary, "Extraneous label for ") && strings.HasPrefix(d.Detail, "Only "):
		begins = "The block has one label too many"
	default:
		return
	}

	if head := blockHeads[words[3]]; head != "" {
		d.Detail = fmt.Sprintf("%s. It begins like this: %s {", begins, head)
	}
}
