package review

import (
	"cmp"
	"context"
	"slices"
)

// Bounds of the search. A pull request of GitHub's holds 2,500 comments at most.
const (
	perPage  = 100
	mostPage = 30
)

// page reads one page of comments and returns the number of the next, 0 at the end.
type page func(ctx context.Context, number int) (comments []posted, next int, err error)

// mine reports whether the account wrote a comment.
type mine func(posted) bool

// ownComments implements Forge.own. who is asked only where it matters.
func ownComments(ctx context.Context, marker string, read page, who func(context.Context) (mine, error)) ([]posted, error) {
	found, err := markedComments(ctx, marker, read)
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
	for number, n := 1, 0; number > 0 && n < mostPage; n++ {
		comments, next, err := read(ctx, number)
		if err != nil {
			return nil, err
		}
		for _, c := range comments {
			if marked(c.body, marker) {
				found = append(found, c)
			}
		}
		number = next
	}
	return found, nil
}
