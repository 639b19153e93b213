package review

import (
	"context"
	"strings"

	"github.com/google/go-github/v89/github"
)

type gitHub struct {
	client      *github.Client
	wire        *transport
	owner, repo string
	number      int
}

// NewGitHub returns the Forge for a pull request at GitHub or at a GitHub Enterprise Server.
func NewGitHub(t Target) (Forge, error) {
	if err := t.check(); err != nil {
		return nil, err
	}

	owner, repo, err := t.split()
	if err != nil {
		return nil, err
	}

	carrier, wire := t.client("github")
	base := strings.TrimSuffix(t.BaseURL, "/") + "/"
	// The library's own rate limiting would return an error without a wait, and hide the answer from transport.
	client, err := github.NewClient(github.WithHTTPClient(carrier), github.WithAuthToken(t.Token),
		github.WithUserAgent(t.UserAgent),
		github.WithURLs(&base, nil), github.WithDisableRateLimitCheck())
	if err != nil {
		return nil, wire.translate(err, false)
	}

	return &gitHub{client: client, wire: wire, owner: owner, repo: repo, number: int(t.Number)}, nil
}

func (*gitHub) Name() string { return "github" }

func (g *gitHub) own(ctx context.Context, marker string) ([]posted, error) {
	found, err := ownComments(ctx, marker, g.page, g.who)
	return found, g.wire.translate(err, false)
}

func (g *gitHub) page(ctx context.Context, number int) ([]posted, int, error) {
	list, answer, err := g.client.Issues.ListComments(ctx, g.owner, g.repo, g.number,
		&github.IssueListCommentsOptions{ListOptions: github.ListOptions{Page: number, PerPage: perPage}})
	if err != nil {
		return nil, 0, g.wire.translate(err, false)
	}
	comments := make([]posted, 0, len(list))
	for _, c := range list {
		comments = append(comments, g.from(c))
	}
	return comments, answer.NextPage, nil
}

func (g *gitHub) from(c *github.IssueComment) posted {
	return posted{
		id:     c.GetID(),
		author: c.GetUser().GetID(),
		bot:    c.GetUser().GetType() == "Bot",
		body:   c.GetBody(),
		url:    g.wire.secret.link(c.GetHTMLURL()),
	}
}

// who returns a function that recognizes the comments of the token's user. The token of an app, such as GITHUB_TOKEN,
// may not ask for its user, but its comments are by a bot. No visitor of a public repository is a bot. The check
// matters, because such a token could edit a visitor's comment with our marker, and the visitor could then change the
// plan in it.
func (g *gitHub) who(ctx context.Context) (mine, error) {
	user, _, err := g.client.Users.Get(ctx, "")
	switch err := g.wire.translate(err, false); {
	case outOfReach(err):
		return func(c posted) bool { return c.bot }, nil
	case err != nil:
		return nil, err
	case user.GetID() == 0:
		return nil, g.wire.translate(errNoID, false)
	}
	return func(c posted) bool { return c.author == user.GetID() }, nil
}

func (g *gitHub) create(ctx context.Context, body string) (posted, error) {
	c, _, err := g.client.Issues.CreateComment(ctx, g.owner, g.repo, g.number, &github.IssueComment{Body: &body})
	if err == nil && c.GetID() == 0 {
		err = errNoID
	}
	return g.from(c), g.wire.translate(err, true)
}

func (g *gitHub) edit(ctx context.Context, id int64, body string) (posted, error) {
	c, _, err := g.client.Issues.EditComment(ctx, g.owner, g.repo, id, &github.IssueComment{Body: &body})
	return g.from(c), g.wire.translate(err, false)
}

func (g *gitHub) remove(ctx context.Context, id int64) error {
	_, err := g.client.Issues.DeleteComment(ctx, g.owner, g.repo, id)
	return g.wire.translate(err, false)
}
