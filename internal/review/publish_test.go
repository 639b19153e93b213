package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/review/reviewtest"
)

func TestLaterRunsUpdateTheFirstComment(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		r := s.publish(t, "first", Options{})
		s.wants(t, "first", r, Created)
		if !strings.HasPrefix(r.URL, "https://") || !strings.Contains(r.URL, fmt.Sprint(s.Comments()[0].ID)) {
			t.Errorf("the comment's address is %q, want an https address with its ID %d", r.URL, s.Comments()[0].ID)
		}
		s.wants(t, "second", s.publish(t, "second", Options{Behavior: Update}), Updated)
		s.Reset()
		s.wants(t, "second", s.publish(t, "second\r\n", Options{}), Unchanged)
		if n := len(s.Requests()) - s.count("GET"); n != 0 {
			t.Errorf("%d writes for an unchanged comment, want none", n)
		}
	})
}

func TestCommentsOfAnotherKeyAreLeftAlone(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.publish(t, "mine", Options{})
		if _, err := Publish(t.Context(), s, Comment{Key: "k2", Body: "other"},
			Options{Behavior: DeleteAndNew}); err != nil {
			t.Fatal(err)
		}
		s.wants(t, "new|"+marker("k2")+"\nother", s.publish(t, "new", Options{}), Updated)
	})
}

func TestNewLeavesTheOldComment(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.publish(t, "a", Options{})
		s.wants(t, "a|a", s.publish(t, "a", Options{Behavior: New}), Created)
		s.wants(t, "a|b", s.publish(t, "b", Options{}), Updated) // the newest comment is updated
	})
}

func TestDeleteAndNewDeletesAllOlderComments(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.publish(t, "a", Options{})
		s.publish(t, "b", Options{Behavior: New})
		s.wants(t, "c", s.publish(t, "c", Options{Behavior: DeleteAndNew}), Created)
	})
}

func TestOldCommentStaysIfPostingTheNewOneFails(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.publish(t, "a", Options{})
		s.Fail(reviewtest.Fault{Method: "POST", Answer: status(422, `{"message":"no"}`)})
		if e := s.failed(t, "b", Options{Behavior: DeleteAndNew}); e.Kind != Rejected {
			t.Errorf("kind %s, want %s", e.Kind, Rejected)
		}
		if s.bodies() != "a" {
			t.Errorf("the comments are %q, want the old one", s.bodies())
		}
	})
}

func TestOnlyExistingPostsNothingNew(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.wants(t, "", s.publish(t, "no changes", Options{OnlyExisting: true}), Skipped)
		s.publish(t, "1 to add", Options{})
		s.wants(t, "no changes", s.publish(t, "no changes", Options{OnlyExisting: true, Behavior: New}), Updated)
	})
}

// If a comment is out of date and the token may not edit it, the run must fail.
func TestOnlyExistingFailsIfItMayNotEdit(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.publish(t, "1 to add", Options{})
		s.ReadOnly()
		if e := s.failed(t, "no changes", Options{OnlyExisting: true}); e.Kind != NoPermission {
			t.Errorf("kind %s, want %s", e.Kind, NoPermission)
		}
	})
}

// Every user who may comment can copy our marker. Publish must not edit such a comment, because its author could then
// change the plan in it.
func TestAnotherUsersCommentWithOurMarkerIsNotEdited(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.Add(reviewtest.Comment{Author: 666, Body: marker("k") + "\nforged"})
		s.wants(t, "forged|ours", s.publish(t, "ours", Options{}), Created)
		s.Add(reviewtest.Comment{Author: 666, Body: marker("k") + "\nagain"})
		s.wants(t, "forged|ours 2|again", s.publish(t, "ours 2", Options{}), Updated)
	})
}

// If GitLab does not name the token's user, a comment that the token may not edit is not ours.
func TestWithoutAUserTheNewestEditableCommentIsUpdated(t *testing.T) {
	s := newStand(t, "gitlab")
	s.Fail(reviewtest.Fault{Path: "/user", Answer: status(403, `{"error":"insufficient_scope"}`)})
	s.publish(t, "ours", Options{})
	s.Add(reviewtest.Comment{Author: 666, Body: marker("k") + "\nforged"})
	s.wants(t, "ours 2|forged", s.publish(t, "ours 2", Options{}), Updated)
}

func TestMarkerCountsOnlyOnTheFirstLine(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.Add(reviewtest.Comment{Author: reviewtest.Self, Bot: true, Body: "quoted:\n" + marker("k")})
		s.publish(t, "ours", Options{})
		if n := len(s.Comments()); n != 2 {
			t.Errorf("%d comments, want 2", n)
		}
	})
}

func TestCommentIsFoundOnTheLastPage(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.publish(t, "ours", Options{})
		ours := s.Comments()[0]
		for range 250 {
			s.Add(reviewtest.Comment{Author: 9, Body: "talk"})
		}

		s.Reset()
		if r := s.publish(t, "ours 2", Options{}); r.Action != Updated {
			t.Errorf("the result is %+v, want an update", r)
		}
		if got := s.Comments()[0]; got.ID != ours.ID || !strings.HasSuffix(got.Body, "ours 2") {
			t.Errorf("the first comment is %+v, want comment %d with the new text", got, ours.ID)
		}
		if n := s.count("GET"); n != 4 { // three pages, and the token's user
			t.Errorf("%d reads, want 4: %v", n, s.Requests())
		}
	})
}

func TestSystemNotesAreNotComments(t *testing.T) {
	s := newStand(t, "gitlab")
	s.Add(reviewtest.Comment{Author: reviewtest.Self, System: true, Body: marker("k") + "\nmade by GitLab"})
	if r := s.publish(t, "ours", Options{}); r.Action != Created {
		t.Errorf("the result is %+v, want a new comment", r)
	}
}

func TestNothingIsSentForAnInvalidComment(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		for _, c := range []Comment{
			{Key: "k", Body: strings.Repeat("x", MaxBody-len(marker("k")))}, // one byte too many, with the line end
			{Key: "k", Body: " \n"},
			{Key: "a--b", Body: "text"},
			{Key: "", Body: "text"},
		} {
			if _, err := Publish(t.Context(), s, c, Options{}); err == nil {
				t.Errorf("a comment with key %q and %d bytes was published, want an error", c.Key, len(c.Body))
			}
		}
		if len(s.Requests()) != 0 {
			t.Errorf("requests were sent: %v, want none", s.Requests())
		}
	})
}

func TestTheLongestCommentIsPosted(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		body := strings.Repeat("x", MaxBody-len(marker("k"))-1)
		if r := s.publish(t, body, Options{}); r.Action != Created || s.bodies() != body {
			t.Errorf("Publish of the longest comment = %+v, want it created with its whole text", r)
		}
	})
}
