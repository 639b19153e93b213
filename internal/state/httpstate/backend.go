// Package httpstate keeps a state on a server that speaks the protocol of Terraform's HTTP backend:
// GET, POST, and requests that take and release a lock. GitLab offers such a server for each project.
//
// The protocol promises less than the other backends:
//
//   - It has no conditional writes. Write reads the stored document right before it writes, and compares.
//     If another run writes in between, its document is overwritten, unless the server notices. GitLab
//     notices: it accepts each serial only once, so it refuses the second of two writes. So does a server
//     that sends a strong ETag and honors If-Match. With any other server only the lock keeps two runs apart.
//   - A write may arrive late. If a gateway gives up on a POST (504) that reaches the server anyway, after
//     the repetition or after later writes, that POST restores an older state, unless the server notices as
//     above. The lock does not help, because the late request carries its ID. A Write whose state was read
//     earlier then returns ErrConflict; a later Read returns the older state as if it were current.
//   - A lock does not expire. The lock of a killed job stays until ForceUnlock.
//   - There is no request that asks who holds the lock. Check tries to take the lock under another name;
//     if the server refuses and names our ID, the lock is still held.
//   - An address keeps a single document. The documents other than the state have addresses of their own, and
//     there is no archive, so the state's history is not kept.
//
// The package uses no other feature of GitLab's state API.
package httpstate

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/cfplan/cfplan/internal/state"
)

// Backend keeps the documents of one state. It is safe for concurrent use. Between processes it promises
// only what the package comment says.
type Backend struct {
	address, lockAddress, unlockAddress    *url.URL
	snapshots                              *url.URL // nil if it is derived from address
	updateMethod, lockMethod, unlockMethod string
	username, password                     string
	client                                 *retryablehttp.Client
	timeout                                time.Duration // see requestTimeout

	writing sync.Map // the *sync.Mutex of our own writes by document; see turn

	mu   sync.Mutex
	held string // the ID of the lock that we hold, sent with each write of the state
}

var _ state.Backend = (*Backend)(nil)

// Place implements [state.Backend]. The address leaves out secrets. Instead of a query, Place shows a few
// digits of the query's hash, which distinguish two states whose addresses differ only in the query.
func (b *Backend) Place(doc state.Document) string {
	u := b.addressOf(doc)
	if u.RawQuery == "" {
		return shown(u)
	}
	return fmt.Sprintf("%s (query %.4x)", shown(u), sha256.Sum256([]byte(u.RawQuery)))
}

// addressOf returns the address of a document. Unless it is configured, the address of a document other
// than the state is the state's with the document's name appended; for GitLab that is another state.
func (b *Backend) addressOf(doc state.Document) *url.URL {
	switch {
	case doc == state.DocState:
		return b.address
	case doc == state.DocSnapshots && b.snapshots != nil:
		return b.snapshots
	}
	return extended(b.address, "-"+string(doc))
}

// extended appends a suffix to the last segment of an address's path. The query stays.
func extended(address *url.URL, suffix string) *url.URL {
	u := *address
	for _, path := range []*string{&u.Path, &u.RawPath} {
		if *path != "" {
			trimmed := strings.TrimRight(*path, "/")
			*path = trimmed + suffix + (*path)[len(trimmed):]
		}
	}
	return &u
}

// shown returns an address without its query, which may hold a token.
func shown(u *url.URL) string {
	return fmt.Sprintf("%s://%s%s", u.Scheme, u.Host, u.EscapedPath())
}

// isGitLab reports whether an address belongs to GitLab's state API.
func isGitLab(u *url.URL) bool {
	return strings.Contains(u.Path, "/api/v4/projects/") && strings.Contains(u.Path, "/terraform/state/")
}
