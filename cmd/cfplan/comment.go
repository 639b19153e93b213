package main

import (
	"bytes"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/review"
)

type commentOptions struct {
	bodyFile      string
	key           string
	behavior      string
	skipNoChanges bool
	forge         string
	repository    string
	number        int64
}

func commentCommand(s *services) *cobra.Command {
	o := &commentOptions{}
	c := &cobra.Command{
		Use:   "comment [flags] [PLANFILE]",
		Short: "Post a saved plan on the pull request, as a comment that later runs update",
		Long: `Posts a plan that plan -out saved as one comment on the pull request (GitHub) or
merge request (GitLab). A hidden first line marks the comment, so that the next
run updates it instead of posting another.

In GitHub Actions and GitLab CI, the job's variables name the pull request. GitHub
needs GITHUB_TOKEN, from a job with permissions: pull-requests: write. GitLab
needs GITLAB_TOKEN (or CFPLAN_GITLAB_TOKEN), a project access token with the
scope api. The job's own token is tried last: on most GitLab servers it may not
write comments.`,
		Example: `  cfplan plan -out=dns.cfplan && cfplan comment dns.cfplan
  cfplan comment -key=prod -skip-no-changes prod.cfplan
  cfplan show -format=markdown dns.cfplan | cfplan comment -body-file=-
  cfplan comment -forge=github -repository=acme/dns -number=7 dns.cfplan`,
		Args: atMostOne("plan file"),
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args) },
	}
	o.register(c)
	return c
}

func (o *commentOptions) register(c *cobra.Command) {
	c.Flags().StringVar(&o.bodyFile, "body-file", "", "post the Markdown of `FILE` instead of a plan; - is stdin")
	c.Flags().StringVar(&o.key, "key", "default",
		"keep one comment for each `KEY`, such as the name of a stage")
	c.Flags().StringVar(&o.behavior, "behavior", string(review.Update),
		"what to do with the comment of an earlier run (`HOW`): update, new or delete-and-new")
	c.Flags().BoolVar(&o.skipNoChanges, "skip-no-changes", false,
		"post nothing for a live plan without changes, but update an existing comment")
	c.Flags().StringVar(&o.forge, "forge", "",
		"the service that has the pull request (`NAME`): github or gitlab; not needed in GitHub Actions and GitLab CI")
	c.Flags().StringVar(&o.repository, "repository", "",
		"the repository, as `OWNER/NAME`; at GitLab the project's path or ID")

	c.Flags().Int64Var(&o.number, "number", 0, "the pull request's number (`N`); at GitLab the merge request's IID")
	complete := func(flag string, values ...string) {
		_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	complete("behavior", string(review.Update), string(review.New), string(review.DeleteAndNew))
	complete("forge", "github", "gitlab")
}

func (o *commentOptions) check(args []string) error {
	switch behavior := review.Behavior(o.behavior); {
	case len(args) == 0 && o.bodyFile == "":
		return usage("cfplan comment takes a saved plan, or -body-file=FILE")
	case len(args) > 0 && o.bodyFile != "":
		return usage("a plan file and -body-file cannot be used together")
	case o.bodyFile != "" && o.skipNoChanges:
		return usage("-skip-no-changes needs a plan file: cfplan does not know whether a text has changes")
	case behavior != review.Update && behavior != review.New && behavior != review.DeleteAndNew:
		return usage("unknown -behavior=%s; use update, new or delete-and-new", o.behavior)
	case o.number < 0:
		return usage("-number must be at least 1")
	}
	if err := review.CheckKey(o.key); err != nil {
		return usage("-key=%s: %v", o.key, err)
	}
	return nil
}

func (o *commentOptions) run(ctx context.Context, s *services, args []string) error {
	if err := o.check(args); err != nil {
		return err
	}
	body, wanted, err := o.body(s, args)
	if err != nil {
		return err
	}
	forge, err := o.connect(s)
	if err != nil {
		return err
	}

	result, err := review.Publish(ctx, forge,
		review.Comment{Key: o.key, Body: body},
		review.Options{Behavior: review.Behavior(o.behavior), OnlyExisting: o.skipNoChanges && !wanted})
	if err != nil {
		return err
	}
	return showComment(s.print, result)
}

// body returns the Markdown, and whether it must be posted even with -skip-no-changes. A read-only
// plan that shows no changes must be posted, because it may not show all of them.
func (o *commentOptions) body(s *services, args []string) (string, bool, error) {
	if len(args) == 0 {
		body, err := readBody(s, o.bodyFile)
		return body, true, err
	}
	p, err := readPlan(s, args[0])
	if err != nil {
		return "", false, err
	}

	var b bytes.Buffer
	if err := render.Markdown(&b, withCommands(s, p), markdownOptions(s, args[0])); err != nil {
		return "", false, err
	}
	news := p.HasChanges() || p.Mode != plan.Live || p.Drifted() > 0 || len(p.Diagnostics) > 0
	return b.String(), news, nil
}

func readBody(s *services, name string) (string, error) {
	text, err := readInput(s, name, review.MaxBody)
	var large *files.TooLargeError
	switch {
	case errors.As(err, &large):
		return "", failure("Text is too long for a comment",
			"-body-file=%s has more than %d bytes, the most that GitHub accepts. Nothing was sent.",
			name, review.MaxBody)
	case err != nil:
		return "", failure("Text could not be read", "%v.", err)
	}
	return string(text), nil
}

// connect returns the forge that has the pull request.
func (o *commentOptions) connect(s *services) (review.Forge, error) {
	wanted := review.Wanted{Repository: o.repository, Number: o.number}
	switch name := or(o.forge, review.RunningForge(s.env.get)); name {
	case "github":
		t, err := review.GitHubTarget(wanted, s.env.get)
		return reach(s.log, review.NewGitHub, t, err)
	case "gitlab":
		t, err := review.GitLabTarget(wanted, s.env.get)
		return reach(s.log, review.NewGitLab, t, err)
	case "":
		return nil, usage("this is neither a job of GitHub Actions nor of GitLab CI; " +
			"say where the pull request is with -forge=github or -forge=gitlab")
	default:
		return nil, usage("unknown -forge=%s; use github or gitlab", name)
	}
}

func reach(log *logging, connect func(review.Target) (review.Forge, error), t review.Target, err error) (review.Forge, error) {
	if err != nil {
		return nil, err
	}
	if t.Log, err = log.logger(); err != nil {
		return nil, err
	}
	t.UserAgent = "cfplan/" + version
	forge, err := connect(t)
	if err != nil {
		return nil, failure("Comment has nowhere to go", "%v.", err)
	}
	return forge, nil
}

func showComment(p *printer, r review.Result) error {
	if p.asJSON {
		return p.json(r)
	}
	words := map[review.Action]string{
		review.Created:   "Comment posted",
		review.Updated:   "Comment updated",
		review.Unchanged: "Comment is already up to date",
		review.Skipped:   "No changes, and no comment of an earlier run: nothing was posted",
	}
	if r.URL == "" {
		p.printf("%s.\n", words[r.Action])
		return nil
	}
	p.printf("%s: %s\n", words[r.Action], render.Escape(r.URL))
	return nil
}
