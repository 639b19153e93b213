package review

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/cfplan/cfplan/internal/files"
)

// maxEvent limits the size of an event's file. GitHub delivers no event above 25 MB.
const maxEvent = 32 << 20

// event is the part of the file at GITHUB_EVENT_PATH that is about a pull request.
type event struct {
	// Number is the pull request's number, or 0 if the event is not about one.
	Number int64
	// Head is the hash of the pull request's head, or "" if the event does not name it.
	Head string
	// elsewhere is true if GITHUB_SHA is a commit of the default branch, not of the pull request.
	elsewhere bool
}

// readEvent understands the events pull_request and its variants, issue_comment on a pull request, and
// workflow_run. A workflow_run gives a number only if it names exactly one pull request; a run for a fork names
// none.
func readEvent(r io.Reader) (event, error) {
	text, err := files.Read(r, maxEvent)
	if err != nil {
		return event{}, fmt.Errorf("cannot read the event: %w", err)
	}

	type numbered struct {
		Number int64 `json:"number"`
	}

	var e struct {
		PullRequest *struct {
			numbered
			Head struct {
				SHA string `json:"sha"`
			} `json:"head"`
		} `json:"pull_request"`
		Issue *struct {
			numbered
			PullRequest *struct{} `json:"pull_request"` // missing in an issue that is not a pull request
		} `json:"issue"`
		WorkflowRun *struct {
			HeadSHA      string     `json:"head_sha"`
			PullRequests []numbered `json:"pull_requests"`
		} `json:"workflow_run"`
	}

	if err := json.Unmarshal(text, &e); err != nil {
		return event{}, fmt.Errorf("the file is not an event: %w", err)
	}

	switch {
	case e.PullRequest != nil:
		return event{Number: e.PullRequest.Number, Head: e.PullRequest.Head.SHA}, nil
	case e.Issue != nil && e.Issue.PullRequest != nil:
		return event{Number: e.Issue.Number, elsewhere: true}, nil
	case e.WorkflowRun != nil && len(e.WorkflowRun.PullRequests) == 1:
		return event{Number: e.WorkflowRun.PullRequests[0].Number, Head: e.WorkflowRun.HeadSHA, elsewhere: true}, nil
	case e.WorkflowRun != nil:
		return event{Head: e.WorkflowRun.HeadSHA, elsewhere: true}, nil
	default:
		return event{}, nil
	}
}
