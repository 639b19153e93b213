package review

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxEvent bounds the file of an event. GitHub delivers none above 25 MB.
const maxEvent = 32 << 20

// EventNumber reads the file of GITHUB_EVENT_PATH and returns the number of the
// pull request that the event is about, 0 where it is about none: pull_request and
// its kin, issue_comment on a pull request, and a workflow_run with just one pull
// request (one from a fork has none).
func EventNumber(r io.Reader) (int64, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxEvent+1))
	switch {
	case err != nil:
		return 0, err
	case len(text) > maxEvent:
		return 0, errors.New("it is too large for an event")
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
