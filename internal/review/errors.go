package review

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Kind classifies the failures of requests to a forge by what the user can do about them.
type Kind string

// These are the kinds.
const (
	Unauthorized Kind = "unauthorized"  // the forge does not accept the token
	NoPermission Kind = "no_permission" // the token lacks the permission
	NotFound     Kind = "not_found"     // the pull request or comment does not exist, or the token may not see it
	Rejected     Kind = "rejected"      // the forge rejects the content of the request
	Limited      Kind = "limited"       // the forge limits the requests for longer than we wait
	Unreachable  Kind = "unreachable"   // no answer came, or a server error
	BadAnswer    Kind = "bad_answer"    // the answer is not one of the API's
)

// Error describes a request that failed after all attempts. It contains neither the token nor a header.
type Error struct {
	// Forge is "github" or "gitlab".
	Forge string
	Kind  Kind
	// Method and Path describe the request; they are empty if none was sent.
	Method, Path string
	// Status is 0 if there was no answer.
	Status int
	// Message is what the forge or the network reported, in one line of at most 300 characters.
	Message string
	// InDoubt is true if a comment was sent and it is not known whether the forge posted it.
	InDoubt bool
	// Err is the error of the context if the context ended the request, otherwise nil.
	Err error

	jobToken bool
	sent     bool // a write may have taken effect
}

// errNoID reports an answer about a comment or a user that lacks the ID.
var errNoID = errors.New("the answer has no id")

// Error returns one line with the forge, the request, the status and the message.
func (e *Error) Error() string {
	parts := []string{title(e.Forge)}
	if e.Method != "" {
		parts = append(parts, e.Method+" "+e.Path)
	}
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))))
	}
	if e.Message != "" {
		parts = append(parts, e.Message)
	}

	text := strings.Join(parts, ": ")
	if e.InDoubt {
		text += ", so it is not known whether the comment was posted"
	}

	return text
}

func (e *Error) Unwrap() error { return e.Err }

func title(forge string) string {
	if forge == "gitlab" {
		return "GitLab"
	}
	return "GitHub"
}

// Steps returns what to do about the error, the step that most likely helps first. It returns none after an
// interrupt.
func (e *Error) Steps() []string {
	switch {
	case errors.Is(e.Err, context.Canceled):
		return nil
	case e.Kind == Rejected:
		return []string{"Read the forge's message above: it rejects the text, the number or the repository."}
	case e.Kind == Limited:
		return []string{"Wait, then run the command again.", "Let fewer jobs comment with the same token at the same time."}
	case e.Kind == Unreachable:
		return []string{"Run the command again. If the comment was posted after all, cfplan finds it by its hidden marker " +
			"and updates it; it does not post a second one."}
	case e.Kind == BadAnswer:
		return []string{"Check the API's address: it may be the address of the web site, or a proxy or a login page may " +
			"have answered instead."}
	case e.Forge == "gitlab":
		return e.gitLabSteps()
	default:
		return e.gitHubSteps()
	}
}

func (e *Error) gitHubSteps() []string {
	switch e.Kind {
	case Unauthorized:
		return []string{
			"Give the step a valid token: env: GITHUB_TOKEN: ${{ github.token }}",
			"If you use a token of your own, it may have expired or been revoked: make a new one.",
		}
	case NotFound:
		return []string{
			"Check the repository (-repository, GITHUB_REPOSITORY) and the number (-number).",
			"GitHub gives the same answer if the token may not see a private repository: give the job permissions: " +
				"pull-requests: write",
		}
	default:
		return []string{
			"Let the job write comments, in the workflow: permissions: pull-requests: write",
			"A job for a pull request from a fork gets a read-only token, whatever the workflow says. Comment from a second " +
				"workflow, with on: workflow_run: it downloads the plan that the first workflow uploaded, and runs " +
				"cfplan comment -number=N.",
			"Or show the plan without a comment, in the job summary: " +
				"cfplan show -format=markdown PLANFILE >> \"$GITHUB_STEP_SUMMARY\"",
		}
	}
}

func (e *Error) gitLabSteps() []string {
	token := "Set GITLAB_TOKEN to a project access token with the scope api and the role Reporter or above."
	switch {
	case e.jobToken:
		return []string{"A job's own token (CI_JOB_TOKEN) may not write comments. " + token,
			"If the variable is protected, pipelines of unprotected branches and of forks do not get it."}
	case e.Kind == NotFound:
		return []string{"Check the project (-repository, CI_MERGE_REQUEST_PROJECT_ID) and the number (-number).",
			"GitLab gives the same answer if the token may not see a project. " + token}
	default:
		return []string{token, "If it is set, the token may have expired: look in the project under Settings → Access tokens."}
	}
}
