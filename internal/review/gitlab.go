package review

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	gitlab "gitlab.com/gitlab-org/api/client-go/v2"
	"golang.org/x/time/rate"
)

type gitLab struct {
	client   *gitlab.Client
	wire     *transport
	project  string
	number   int64
	web      string
	jobToken bool
}

// NewGitLab returns the Forge for a merge request at GitLab.com or another GitLab.
func NewGitLab(t Target) (Forge, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if t.Repository == "" {
		return nil, errors.New("there is no project; give its path or its ID")
	}

	carrier, wire := t.client("gitlab")
	connect := gitlab.NewClient
	if t.JobToken {
		connect = gitlab.NewJobClient
	}

	// transport repeats requests, so the library must not. Its limiter would slow a run down if a server announces
	// a low rate in a header.
	client, err := connect(t.Token, gitlab.WithURLWarningLogger(slog.New(slog.DiscardHandler)),
		gitlab.WithBaseURL(t.BaseURL),
		gitlab.WithHTTPClient(carrier), gitlab.WithoutRetries(),
		gitlab.WithCustomLimiter(rate.NewLimiter(rate.Inf, 0)), gitlab.WithUserAgent(t.UserAgent))
	if err != nil {
		return nil, wire.translate(err, false)
	}

	return &gitLab{
		client:   client,
		wire:     wire,
		project:  t.Repository,
		number:   t.Number,
		web:      t.WebURL,
		jobToken: t.JobToken,
	}, nil
}

func (*gitLab) Name() string { return "gitlab" }

func (g *gitLab) own(ctx context.Context, marker string) ([]posted, error) {
	found, err := ownComments(ctx, marker, g.page, g.who)
	return found, g.wire.translate(err, false)
}

// page reads a page of notes, newest first.
func (g *gitLab) page(ctx context.Context, number int) ([]posted, int, error) {
	by, order := "created_at", "desc"
	list, answer, err := g.client.Notes.ListMergeRequestNotes(g.project, g.number, &gitlab.ListMergeRequestNotesOptions{
		ListOptions: gitlab.ListOptions{Page: int64(number), PerPage: perPage}, OrderBy: &by, Sort: &order},
		gitlab.WithContext(ctx))
	if err != nil {
		return nil, 0, g.wire.translate(err, false)
	}

	comments := make([]posted, 0, len(list))
	for _, n := range list {
		if n != nil && !n.System {
			comments = append(comments, g.from(n))
		}
	}

	return comments, int(answer.NextPage), nil
}

func (g *gitLab) from(n *gitlab.Note) posted {
	if n == nil {
		return posted{}
	}
	c := posted{id: n.ID, author: n.Author.ID, body: n.Body}
	if g.web != "" && n.ID != 0 {
		c.url = g.wire.secret.link(fmt.Sprintf("%s#note_%d", g.web, n.ID))
	}
	return c
}

// who returns a function that recognizes the comments of the token's user. If GitLab does not name the user, the
// marker decides alone. That is acceptable, because only a maintainer's token could edit another user's note.
func (g *gitLab) who(ctx context.Context) (mine, error) {
	id, err := g.user(ctx)
	switch err := g.wire.translate(err, false); {
	case outOfReach(err):
		return func(posted) bool { return true }, nil
	case err != nil:
		return nil, err
	}
	return func(c posted) bool { return c.author == id }, nil
}

// user returns the ID of the token's user. A job's token may not ask for its user, so user asks for its job instead.
func (g *gitLab) user(ctx context.Context) (int64, error) {
	var user *gitlab.User
	var err error
	if g.jobToken {
		var job *gitlab.Job
		if job, _, err = g.client.Jobs.GetJobTokensJob(nil, gitlab.WithContext(ctx)); job != nil {
			user = job.User
		}
	} else {
		user, _, err = g.client.Users.CurrentUser(gitlab.WithContext(ctx))
	}

	if err == nil && (user == nil || user.ID == 0) {
		err = errNoID
	}

	if err != nil {
		return 0, err
	}

	return user.ID, nil
}

func (g *gitLab) create(ctx context.Context, body string) (posted, error) {
	n, _, err := g.client.Notes.CreateMergeRequestNote(g.project, g.number,
		&gitlab.CreateMergeRequestNoteOptions{Body: &body}, gitlab.WithContext(ctx))
	if err == nil && (n == nil || n.ID == 0) {
		err = errNoID
	}
	return g.from(n), g.wire.translate(err, true)
}

func (g *gitLab) edit(ctx context.Context, id int64, body string) (posted, error) {
	n, _, err := g.client.Notes.UpdateMergeRequestNote(g.project, g.number, id,
		&gitlab.UpdateMergeRequestNoteOptions{Body: &body}, gitlab.WithContext(ctx))
	return g.from(n), g.wire.translate(err, false)
}

func (g *gitLab) remove(ctx context.Context, id int64) error {
	_, err := g.client.Notes.DeleteMergeRequestNote(g.project, g.number, id, gitlab.WithContext(ctx))
	return g.wire.translate(err, false)
}
