package review

import (
	"io/fs"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/hosts"
)

// Source is a commit whose files have web pages at a forge. The zero Source has no pages.
type Source struct{ base string }

// SourceOf returns the commit that the job's configuration comes from: the head of the pull or merge request, or else
// the commit that the job runs for. SourceOf does not trust the environment, which a pull request may influence: if a
// variable is missing or does not have the form that a forge gives it, the result is the zero Source.
func SourceOf(getenv func(string) string) Source {
	switch RunningForge(getenv) {
	case "github":
		owner, name, err := Target{Repository: getenv("GITHUB_REPOSITORY")}.split()
		if err != nil {
			return Source{}
		}
		return newSource(getenv("GITHUB_SERVER_URL"), gitHubCommit(getenv), owner, name, "blob")
	case "gitlab":
		head := first(getenv("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), getenv("CI_COMMIT_SHA"))
		return newSource(getenv("CI_PROJECT_URL"), head, "-", "blob")
	default:
		return Source{}
	}
}

// gitHubCommit returns the commit that the event names, or else GITHUB_SHA. It returns "" if it cannot read the
// event, or if the event is about a pull request but does not name its head: GITHUB_SHA is then a commit of the
// default branch.
func gitHubCommit(getenv func(string) string) string {
	path := getenv("GITHUB_EVENT_PATH")
	if path == "" {
		return getenv("GITHUB_SHA")
	}

	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // the file was only read

	event, err := readEvent(f)
	switch {
	case err != nil:
		return ""
	case event.Head != "" || event.elsewhere:
		return event.Head
	default:
		return getenv("GITHUB_SHA")
	}
}

// commit matches a full hash. Forges give full hashes; an abbreviated hash may become ambiguous.
var commit = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// newSource returns the zero Source for an address that is not plainly a page of the forge: an address with a scheme
// other than https (http only on this machine), a user name or password, a query or a fragment.
func newSource(server, hash string, path ...string) Source {
	u, err := url.Parse(server)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return Source{}
	case u.Scheme != "https" && (u.Scheme != "http" || !hosts.Loopback(u.Hostname())):
		return Source{}
	case !commit.MatchString(hash):
		return Source{}
	}
	return Source{u.JoinPath(append(path, hash)...).String() + "/"}
}

// Line returns the address of a line of a file. The path starts at the repository's root and uses slashes.
// The result is "" if the source or the path is not known.
func (s Source) Line(path string, line int) string {
	if s.base == "" || !fs.ValidPath(path) || path == "." {
		return ""
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = strings.ReplaceAll(url.PathEscape(segment), "&", "%26") // in Markdown, & begins a character reference
	}
	return s.base + strings.Join(segments, "/") + "#L" + strconv.Itoa(line)
}
