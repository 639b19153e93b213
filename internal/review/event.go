package review

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/cfplan/cfplan/internal/files"
)

// maxEvent bounds the file of an event. GitHub delivers no event above 25 MB.
const maxEvent = 32 << 20

// EventNumber reads the file of GITHUB_EVENT_PATH and returns the number of the
// pull request that the event is about, or 0 if it is about none. It knows
// pull_request and its variants, issue_comment on a pull request, and a workflow_run
// with exactly one pull request (a run for a fork names none).
func EventNumber(r io.Reader) (int64, error) {
	text, err := files.Read(r, maxEvent)
	if err != nil {
		return 0, fmt.Errorf("cannot read the event: %w", err)
	}

	type numbered struct {
		Number int64 `json:"number"`
	}
	var event struct {
		PullRequest *numbered `json:"pull_request"`
		Issue       *struct {
			numbered
			PullRequest *struct{} `json:"pull_request"` // absent from a mere issue
		} `json:"issue"`
		WorkflowRun *struct {
			PullRequests []numbered `json:"pull_requests"`
		} `json:"workflow_run"`
	}
	if err := json.Unmarshal(text, &event); err != nil {
		return 0, fmt.Errorf("it is no event: %w", err)
	}

	switch {
	case event.PullRequest != nil:
		return event.PullRequest.Number, nil
	case event.Issue != nil && event.Issue.PullRequest != nil:
		return event.Issue.Number, nil
	case event.WorkflowRun != nil && len(event.WorkflowRun.PullRequests) == 1:
		return event.WorkflowRun.PullRequests[0].Number, nil
	default:
		return 0, nil
	}
}
