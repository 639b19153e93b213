// Package review posts one comment on a pull or merge request and keeps it up to date. It takes Markdown
// and a key, and does not know what a plan is.
package review

import (
	"context"
	"errors"
	"fmt"
)

// Forge is one pull request at GitHub or GitLab, as the account of the token sees it. NewGitHub and NewGitLab return
// a Forge.
type Forge interface {
	// Name returns "github" or "gitlab".
	Name() string
	// own lists the account's comments whose first line is the marker, newest first. If the forge does not say which
	// account the token has, the list may include other users' comments.
	own(ctx context.Context, marker string) ([]posted, error)
	// create posts a comment. Its *Error has InDoubt set if the comment may have been posted anyway.
	create(ctx context.Context, body string) (posted, error)
	edit(ctx context.Context, id int64, body string) (posted, error)
	remove(ctx context.Context, id int64) error
}

// posted is a comment as the forge returns it. A later comment has a higher id.
type posted struct {
	id        int64
	author    int64
	bot       bool // the author is an app
	body, url string
}

// Behavior says what happens to the comment of an earlier run.
type Behavior string

// These are the behaviors.
const (
	Update       Behavior = "update"         // Publish edits it
	New          Behavior = "new"            // Publish keeps it and posts a new one
	DeleteAndNew Behavior = "delete-and-new" // Publish posts a new one and then deletes it
)

// Options has the options of [Publish].
type Options struct {
	// Behavior is Update if it is empty.
	Behavior Behavior
	// OnlyExisting makes Publish edit the comment of an earlier run, whatever the Behavior. If there is no such
	// comment, Publish posts none.
	OnlyExisting bool
}

// Action is what Publish did.
type Action string

// These are the actions.
const (
	Created   Action = "created"
	Updated   Action = "updated"
	Unchanged Action = "unchanged" // the comment already had this text
	Skipped   Action = "skipped"   // there was no comment, and OnlyExisting was set
)

// Result reports what Publish did to the comment.
type Result struct {
	Forge  string `json:"forge"`
	URL    string `json:"url"` // "" if there is no comment, or if the forge gives no address
	Action Action `json:"action"`
}

// Publish posts or updates the comment on the pull request. If a request to the forge fails, the error is an *Error.
// If the comment is not valid, Publish returns another error and sends nothing.
func Publish(ctx context.Context, f Forge, c Comment, o Options) (Result, error) {
	body, err := c.text()
	if err != nil {
		return Result{}, err
	}

	own, err := f.own(ctx, marker(c.Key))
	if err != nil {
		return Result{}, err
	}

	p := publisher{forge: f, key: c.Key, body: body, own: own}
	switch {
	case o.OnlyExisting:
		return p.refresh(ctx)
	case o.Behavior == New:
		return p.create(ctx)
	case o.Behavior == DeleteAndNew:
		return p.replace(ctx)
	default:
		return p.update(ctx)
	}
}

// publisher holds the state of one Publish.
type publisher struct {
	forge     Forge
	key, body string
	own       []posted // newest first
}

func (p publisher) result(a Action, c posted) Result {
	return Result{Forge: p.forge.Name(), URL: c.url, Action: a}
}

func (p publisher) update(ctx context.Context) (Result, error) {
	r, err := p.refresh(ctx)
	if outOfReach(err) || err == nil && r.Action == Skipped {
		return p.create(ctx)
	}
	return r, err
}

// mostEdits limits how many comments refresh tries to edit.
const mostEdits = 10

// refresh edits the newest comment that it may edit, because other users' comments can have our marker, too. If it
// may not edit any of them, it returns the forge's refusal. If there are none, or all have been deleted in the
// meantime, the result is Skipped.
func (p publisher) refresh(ctx context.Context) (Result, error) {
	var refused error
	for _, c := range p.own[:min(len(p.own), mostEdits)] {
		if sameText(c.body, p.body) {
			return p.result(Unchanged, c), nil
		}

		edited, err := p.forge.edit(ctx, c.id, p.body)
		switch {
		case err == nil:
			return p.result(Updated, edited), nil
		case !outOfReach(err):
			return Result{}, err
		case !gone(err):
			refused = err
		}
	}

	return p.result(Skipped, posted{}), refused
}

func gone(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == NotFound
}

// outOfReach reports whether the comment is not ours, or does not exist.
func outOfReach(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Kind == NoPermission || e.Kind == NotFound)
}

// replace posts the new comment before it deletes the old ones, so that they remain if posting fails.
func (p publisher) replace(ctx context.Context) (Result, error) {
	r, err := p.create(ctx)
	if err != nil {
		return r, err
	}
	for _, c := range p.own {
		if err := p.forge.remove(ctx, c.id); err != nil && !outOfReach(err) {
			return r, fmt.Errorf("the new comment was posted, but an older one could not be deleted: %w", err)
		}
	}
	return r, nil
}

// createTries limits how often create posts a comment if the outcome is unknown.
const createTries = 3

// create posts a comment. If the answer is lost, it searches for the comment before it posts again, so that the
// comment is never posted twice.
func (p publisher) create(ctx context.Context) (Result, error) {
	for try := 1; ; try++ {
		made, err := p.forge.create(ctx, p.body)
		if err == nil {
			return p.result(Created, made), nil
		}

		var e *Error
		if !errors.As(err, &e) || !e.InDoubt || ctx.Err() != nil {
			return Result{}, err
		}

		found, ok, lookErr := p.arrived(ctx)
		switch {
		case lookErr != nil:
			return Result{}, err // the error of the post says more than that of the search
		case ok:
			return p.result(Created, found), nil
		case try == createTries:
			e.InDoubt = false // the search did not find the comment, so it was not posted
			return Result{}, err
		}
	}
}

// arrived searches for the comment that create posted. A comment that existed when Publish began does not count.
func (p publisher) arrived(ctx context.Context) (posted, bool, error) {
	now, err := p.forge.own(ctx, marker(p.key))
	if err != nil || len(now) == 0 {
		return posted{}, false, err
	}
	newest := now[0]
	known := len(p.own) > 0 && newest.id <= p.own[0].id
	return newest, !known && sameText(newest.body, p.body), nil
}
