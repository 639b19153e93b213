package review

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// These limit the search. A pull request at GitHub has at most 2,500 comments, a merge request at GitLab 5,000.
const (
	perPage  = 100
	mostPage = 100
	// mostTime is the time limit for all pages together.
	mostTime = 5 * time.Minute
)

// errSlow reports that listing the comments took longer than mostTime.
var errSlow = fmt.Errorf("the list of comments takes longer than %d minutes", mostTime/time.Minute)

// errEndless reports a list of comments that exceeds the limits. Ignoring the rest of the list could lead to a second
// comment.
var errEndless = fmt.Errorf("the list of comments does not end: it has more than %d pages, or returns to an earlier "+
	"page", mostPage)

// page reads one page of comments and returns the number of the next page, or 0 at the end.
type page func(ctx context.Context, number int) (comments []posted, next int, err error)

// mine reports whether the account wrote a comment.
type mine func(posted) bool

// ownComments implements Forge.own. It calls who, which costs a request, only if a comment has the marker.
func ownComments(
	ctx context.Context, marker string, read page, who func(context.Context) (mine, error),
) ([]posted, error) {
	within, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()

	found, err := markedComments(within, marker, read)
	if ctx.Err() == nil && errors.Is(within.Err(), context.DeadlineExceeded) {
		err = errSlow
	}

	if err != nil || len(found) == 0 {
		return nil, err
	}

	ours, err := who(ctx)
	if err != nil {
		return nil, err
	}

	found = slices.DeleteFunc(found, func(c posted) bool { return !ours(c) })
	slices.SortFunc(found, func(a, b posted) int { return cmp.Compare(b.id, a.id) })
	return found, nil
}

func markedComments(ctx context.Context, marker string, read page) ([]posted, error) {
	var found []posted
	for number := 1; number > 0; {
		comments, next, err := read(ctx, number)
		if err != nil {
			return nil, err
		}

		for _, c := range comments {
			if marked(c.body, marker) {
				found = append(found, c)
			}
		}

		if next > mostPage || 0 < next && next <= number {
			return nil, errEndless
		}

		number = next
	}

	return found, nil
}
