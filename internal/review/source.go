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

// Source is a commit whose files a forge shows. The zero Source shows none.
type Source struct{ base string }

// SourceOf returns the commit that the job's configuration comes from: the head of the pull or merge
// request, or else the commit that the job runs for. The variables may come from a pull request. If one of
// them is missing or does not have the form that a forge gives it, the result is the zero Source.
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

// gitHubCommit returns "" if the event is about a pull request and does not name its head: then GITHUB_SHA
// is a commit of the default branch.
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

// commit matches a full hash, as forges set it: an abbreviated one may become ambiguous.
var commit = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// newSource refuses an address that a browser would not simply open as a page of the forge: one with
// another scheme, a user name or password, or a query.
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
		segments[i] = strings.ReplaceAll(url.PathEscape(segment), "&", "%26") // & would begin a character reference
	}
	return s.base + strings.Join(segments, "/") + "#L" + strconv.Itoa(line)
}
