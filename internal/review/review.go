// Package review puts one comment on a pull or merge request and keeps it up to
// date. It takes Markdown and a key, and knows no plan.
package review

import (
	"context"
	"errors"
	"fmt"
)

// Forge is where a pull request lives, with the account that comments there.
// NewGitHub and NewGitLab make one.
type Forge interface {
	// Name is "github" or "gitlab".
	Name() string
	// own lists the account's comments whose first line is the marker, newest
	// first. Where the account cannot be told, others' comments may be among them.
	own(ctx context.Context, marker string) ([]posted, error)
	// create is in doubt (Error.InDoubt) where it may have been carried out.
	create(ctx context.Context, body string) (posted, error)
	edit(ctx context.Context, id int64, body string) (posted, error)
	remove(ctx context.Context, id int64) error
}

// posted is a comment as the forge has it. A later one has the higher id.
type posted struct {
	id        int64
	author    int64
	bot       bool // the author is an app
	body, url string
}

// Behavior says what becomes of the comment of an earlier run.
type Behavior string

// The behaviors.
const (
	Update       Behavior = "update"         // it is edited
	New          Behavior = "new"            // it stays, and a new one is posted
	DeleteAndNew Behavior = "delete-and-new" // it is deleted once a new one is posted
)

// Options say how a comment is published.
type Options struct {
	// Behavior is Update where empty.
	Behavior Behavior
	// OnlyExisting edits the comment of an earlier run whatever the Behavior, and
	// posts none where there is none.
	OnlyExisting bool
}

// Action is what Publish did.
type Action string

// The actions.
const (
	Created   Action = "created"
	Updated   Action = "updated"
	Unchanged Action = "unchanged" // the comment said the same already
	Skipped   Action = "skipped"   // there is none, and none was wanted
)

// Result tells what became of a comment.
type Result struct {
	Forge  string `json:"forge"`
	URL    string `json:"url"` // "" where there is no comment, or where the forge gives none
	Action Action `json:"action"`
}

// Publish puts the comment on the pull request. Failures of the forge are *Error.
// Nothing is sent for a comment that no forge would take.
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

// publisher is one Publish.
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

// mostEdits bounds how many comments that are not ours after all are tried.
const mostEdits = 10

// refresh edits the newest comment that may be edited: somebody else's can have our
// marker. Where none may be, it fails; where all are gone by now, there are none.
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

// outOfReach: the comment is not ours, or is not there.
func outOfReach(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Kind == NoPermission || e.Kind == NotFound)
}

// replace posts before it deletes, so that a failure leaves the old comment.
func (p publisher) replace(ctx context.Context) (Result, error) {
	r, err := p.create(ctx)
	if err != nil {
		return r, err
	}
	for _, c := range p.own {
		if err := p.forge.remove(ctx, c.id); err != nil && !outOfReach(err) {
			return r, fmt.Errorf("the new comment is posted, but an older one could not be deleted: %w", err)
		}
	}
	return r, nil
}

// createTries bounds how often a comment is posted whose posting is in doubt.
const createTries = 3

// create posts a comment. Where no answer tells whether that went well, it looks
// before it posts again, so that there is never one too many.
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
			return Result{}, err // the first trouble says more
		case ok:
			return p.result(Created, found), nil
		case try == createTries:
			e.InDoubt = false // it was looked for, and is not there
			return Result{}, err
		}
	}
}

// arrived looks for a comment that was not there when Publish began.
func (p publisher) arrived(ctx context.Context) (posted, bool, error) {
	now, err := p.forge.own(ctx, marker(p.key))
	if err != nil || len(now) == 0 {
		return posted{}, false, err
	}
	newest := now[0]
	known := len(p.own) > 0 && newest.id <= p.own[0].id
	return newest, !known && sameText(newest.body, p.body), nil
}
