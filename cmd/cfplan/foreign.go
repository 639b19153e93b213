package main

// insteadOfTerraform says what users do instead of a Terraform command that cfplan does not have.
var insteadOfTerraform = map[string]string{
	"env":       useDirectories,
	"workspace": useDirectories,
	"taint":     changeToRewrite,
	"untaint":   changeToRewrite,
	"graph":     "records do not depend on each other, so there is no graph; the order of changes is in the plan",
	"get":       "modules are directories of the configuration, so there is nothing to download",
	"modules":   "modules are directories of the configuration; docs/modules.md describes them",
	"providers": "Cloudflare is built in, so there is no provider to choose or to lock",
	"login":     `set CLOUDFLARE_API_TOKEN instead; "cfplan doctor" checks the token`,
	"logout":    "unset CLOUDFLARE_API_TOKEN instead",
	"metadata":  `docs/functions.md lists the functions, and "cfplan console" evaluates them`,
}

const (
	useDirectories  = "use a directory for each environment, or a -backend-config and a -var-file for each"
	changeToRewrite = "a record consists only of its values, so there is no reason to create it again"
)

// noSuchTerraform returns the error for a command in insteadOfTerraform.
func noSuchTerraform(command string) error {
	return usage("cfplan has no command %q: %s.", command, insteadOfTerraform[command])
}
