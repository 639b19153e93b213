package secret

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// directories are names of directories that hold repositories, cfplan's own files, or credentials of other
// programs.
var directories = []string{
	".aws", ".azure", ".cfplan", ".cloudflared", ".docker", ".git", ".gnupg", ".kube", ".ssh", ".terraform", ".wrangler",
}

// names are the names of files in which programs keep credentials.
var names = []string{
	".boto", ".dockercfg", ".dockerconfigjson", ".env", ".envrc", ".git-credentials", ".gitconfig", ".htpasswd",
	".kubeconfig", ".my.cnf", ".mylogin.cnf", ".netrc", ".npmrc", ".passwd-s3fs", ".pg_service.conf", ".pgpass",
	".pypirc", ".s3cfg", ".terraformrc", ".vault-token", "_netrc", "access_tokens.db",
	"application_default_credentials.json", "credentials.db", "credentials.tfrc.json", "kubeconfig", "pgpass.conf",
	"terraform.rc",
}

// extensions are those of key stores, of .env files, and of Terraform's plans and states.
var extensions = []string{
	".agekey", ".env", ".jks", ".kdb", ".kdbx", ".keystore", ".p12", ".pfx", ".ppk", ".tfplan", ".tfstate",
}

// examples are the extensions of .env files that are published as templates: they name the variables but hold
// no secrets.
var examples = []string{".dist", ".example", ".sample", ".template"}

// vaults are file names, without the extension, that announce credentials of any program.
var vaults = []string{"credential", "credentials", "secret", "secrets"}

var vaultExtensions = []string{"", ".csv", ".ini", ".json", ".toml", ".yaml", ".yml"}

// ByPath returns why a file with this path must not be read, or "" if the path gives no reason. The path is
// relative to the directory that may be read, without links. Case does not matter, because some file
// systems ignore it.
func ByPath(path string) string {
	parts := strings.Split(filepath.ToSlash(strings.ToLower(path)), "/")
	for _, part := range parts {
		if slices.Contains(directories, part) {
			return fmt.Sprintf("it is inside %s, where programs keep credentials and notes", part)
		}
	}

	base := parts[len(parts)-1]
	switch {
	case base == "cfplan.state.json" || strings.HasPrefix(strings.TrimPrefix(base, "."), "cfplan.state."):
		return "it has the name of a state file"
	case strings.Contains(base, ".tfstate."):
		return "it has the name of a Terraform state file"
	case slices.Contains(names, base), isDotEnv(base), isSSHKey(base), isVault(base),
		slices.Contains(extensions, filepath.Ext(base)):
		return "it has the name of a credentials file"
	default:
		return ""
	}
}

// isDotEnv recognizes .env.production and similar names, but not .env.example.
func isDotEnv(base string) bool {
	return strings.HasPrefix(base, ".env.") && !slices.Contains(examples, filepath.Ext(base))
}

// isSSHKey recognizes the names that ssh-keygen gives to private keys.
func isSSHKey(base string) bool {
	for _, kind := range []string{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"} {
		if strings.HasPrefix(base, kind) && filepath.Ext(base) != ".pub" {
			return true
		}
	}
	return false
}

func isVault(base string) bool {
	ext := filepath.Ext(base)
	return slices.Contains(vaults, strings.TrimSuffix(base, ext)) && slices.Contains(vaultExtensions, ext)
}

// IsValues reports whether a file with this name gives values to variables (.cfvars, .tfvars). Any of the values
// may be secret: only the declaration of a variable says whether it is sensitive.
func IsValues(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".json")
	return strings.HasSuffix(name, ".cfvars") || strings.HasSuffix(name, ".tfvars")
}
