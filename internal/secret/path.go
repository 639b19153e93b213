package secret

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// directories hold repositories, cfplan's own notes, and credentials of other programs.
var directories = []string{
	".aws", ".azure", ".cfplan", ".cloudflared", ".docker", ".git", ".gnupg", ".kube", ".ssh", ".terraform", ".wrangler",
}

// names are files in which programs keep credentials.
var names = []string{
	".boto", ".dockercfg", ".dockerconfigjson", ".env", ".envrc", ".git-credentials", ".gitconfig", ".htpasswd",
	".kubeconfig", ".my.cnf", ".mylogin.cnf", ".netrc", ".npmrc", ".passwd-s3fs", ".pg_service.conf", ".pgpass",
	".pypirc", ".s3cfg", ".terraformrc", ".vault-token", "_netrc", "access_tokens.db",
	"application_default_credentials.json", "credentials.db", "credentials.tfrc.json", "kubeconfig", "pgpass.conf",
	"terraform.rc",
}

// extensions are those of key stores, and of what Terraform and cfplan keep.
var extensions = []string{
	".agekey", ".env", ".jks", ".kdb", ".kdbx", ".keystore", ".p12", ".pfx", ".ppk", ".tfplan", ".tfstate",
}

// examples are the endings of files that show which variables a .env file has.
var examples = []string{".dist", ".example", ".sample", ".template"}

// vaults are names that say what is in the file, whatever program reads it.
var vaults = []string{"credential", "credentials", "secret", "secrets"}

var vaultExtensions = []string{"", ".csv", ".ini", ".json", ".toml", ".yaml", ".yml"}

// ByPath returns why a file with this path must not be read, or "" if nothing in the path
// says so. The path is relative to the directory that may be read, without links.
// Case does not count, as some file systems ignore it.
func ByPath(path string) string {
	parts := strings.Split(filepath.ToSlash(strings.ToLower(path)), "/")
	for _, part := range parts {
		if slices.Contains(directories, part) {
			return fmt.Sprintf("it is inside %s, where credentials and notes of programs are kept", part)
		}
	}

	base := parts[len(parts)-1]
	switch {
	case base == "cfplan.state.json" || strings.HasPrefix(strings.TrimPrefix(base, "."), "cfplan.state."):
		return "its name is that of a state"
	case strings.Contains(base, ".tfstate."):
		return "its name is that of a state of Terraform"
	case slices.Contains(names, base), isDotEnv(base), isSSHKey(base), isVault(base),
		slices.Contains(extensions, filepath.Ext(base)):
		return "its name is that of a file of credentials"
	default:
		return ""
	}
}

// isDotEnv knows .env.production and the like, but not .env.example.
func isDotEnv(base string) bool {
	return strings.HasPrefix(base, ".env.") && !slices.Contains(examples, filepath.Ext(base))
}

// isSSHKey knows the names that ssh-keygen gives to private keys.
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

// IsValues reports whether a file with this name gives values to variables. They may be
// secret, and only variables know which ones are.
func IsValues(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".json")
	return strings.HasSuffix(name, ".cfvars") || strings.HasSuffix(name, ".tfvars")
}
