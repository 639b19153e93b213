// Package httpstate keeps a state at a server that speaks the protocol of
// Terraform's HTTP backend (GET, POST, and a lock that is asked for and given back),
// as GitLab does for each project.
//
// What the protocol promises is less than what other backends do:
//
//   - It has no conditional writes. Write reads what is stored right before it writes,
//     and compares; another run that writes in the moment between is overwritten where
//     the server does not notice. GitLab does: it takes each serial once, so that the
//     second of two writes is refused. So does a server that sends a strong ETag and
//     honours If-Match. At any other the lock alone keeps two runs apart.
//   - A write may arrive late. Where a gateway gives up on a POST (504) that the server
//     gets all the same, after the repetition or after later writes, it puts an older
//     state back, unless the server notices as above. The lock does not help: the late
//     one carries its ID. A Write whose state was read before that returns ErrConflict;
//     who reads afterwards takes the older state for what is stored.
//   - A lock knows no expiry. That of a killed job stays until ForceUnlock.
//   - Nobody can ask who holds the lock. Check tries to take it under another name: to
//     be refused, with our own ID, is the proof that it is held.
//   - It keeps single documents. Those beside the state have addresses of their own,
//     and an archive there is none: history is not kept.
//
// It is not a client for what else GitLab can do with a state.
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

// Backend keeps the documents of one state. It is safe for concurrent use; between
// processes as the package says.
type Backend struct {
	address, lockAddress, unlockAddress    *url.URL
	snapshots                              *url.URL // nil where it follows from address
	updateMethod, lockMethod, unlockMethod string
	username, password                     string
	client                                 *retryablehttp.Client
	timeout                                time.Duration // see requestTimeout

	writing sync.Map // of each document, the *sync.Mutex of our own writes; see turn

	mu   sync.Mutex
	held string // ID of the lock that we hold; it goes with each write of the state
}

var _ state.Backend = (*Backend)(nil)

// Place implements [state.Backend]. It is an address without what may be secret: of
// a query no more than a few digits of its hash, by which two states are told apart
// that differ in it alone.
func (b *Backend) Place(doc state.Document) string {
	u := b.addressOf(doc)
	if u.RawQuery == "" {
		return shown(u)
	}
	return fmt.Sprintf("%s (query %.4x)", shown(u), sha256.Sum256([]byte(u.RawQuery)))
}

// addressOf is the state's own address, and for another document one beside it:
// that with the document's name added, which GitLab takes for another state.
func (b *Backend) addressOf(doc state.Document) *url.URL {
	switch {
	case doc == state.DocState:
		return b.address
	case doc == state.DocSnapshots && b.snapshots != nil:
		return b.snapshots
	}
	return extended(b.address, "-"+string(doc))
}

// extended adds to the last segment of an address's path. The query stays.
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

// shown leaves out the query, which may hold a token.
func shown(u *url.URL) string {
	return fmt.Sprintf("%s://%s%s", u.Scheme, u.Host, u.EscapedPath())
}

// isGitLab reports whether an address is one of GitLab's.
func isGitLab(u *url.URL) bool {
	return strings.Contains(u.Path, "/api/v4/projects/") && strings.Contains(u.Path, "/terraform/state/")
}
