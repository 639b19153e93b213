package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/review/reviewtest"
)

func TestLaterRunsUpdateTheOneComment(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		r := s.publish(t, "first", Options{})
		s.wants(t, "first", r, Created)
		if !strings.HasPrefix(r.URL, "https://") || !strings.Contains(r.URL, fmt.Sprint(s.Comments()[0].ID)) {
			t.Errorf("the comment's address is %q", r.URL)
		}
		s.wants(t, "second", s.publish(t, "second", Options{Behavior: Update}), Updated)
		s.Reset()
		s.wants(t, "second", s.publish(t, "second\r\n", Options{}), Unchanged)
		if n := len(s.Requests()) - s.count("GET"); n != 0 {
			t.Errorf("%d writes for an unchanged comment", n)
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

func TestDeleteAndNewDeletesAllOlderOnes(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.publish(t, "a", Options{})
		s.publish(t, "b", Options{Behavior: New})
		s.wants(t, "c", s.publish(t, "c", Options{Behavior: DeleteAndNew}), Created)
	})
}

func TestTheOldCommentStaysIfTheNewOneFails(t *testing.T) {
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

// A comment that is out of date and cannot be corrected is an error.
func TestOnlyExistingFailsIfItMayNotEdit(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.publish(t, "1 to add", Options{})
		s.ReadOnly()
		if e := s.failed(t, "no changes", Options{OnlyExisting: true}); e.Kind != NoPermission {
			t.Errorf("kind %s, want %s", e.Kind, NoPermission)
		}
	})
}

// Everyone who may comment can copy our marker. Such a comment is not edited, because its author could
// change it again.
func TestAnotherUsersCommentWithOurMarkerIsNotEdited(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.Add(reviewtest.Comment{Author: 666, Body: marker("k") + "\nforged"})
		s.wants(t, "forged|ours", s.publish(t, "ours", Options{}), Created)
		s.Add(reviewtest.Comment{Author: 666, Body: marker("k") + "\nagain"})
		s.wants(t, "forged|ours 2|again", s.publish(t, "ours 2", Options{}), Updated)
	})
}

// If GitLab does not name the token's user, a comment that may not be edited is not ours.
func TestWithoutAUserOnlyEditableCommentsAreOurs(t *testing.T) {
	s := newStand(t, "gitlab")
	s.Fail(reviewtest.Fault{Path: "/user", Answer: status(403, `{"error":"insufficient_scope"}`)})
	s.publish(t, "ours", Options{})
	s.Add(reviewtest.Comment{Author: 666, Body: marker("k") + "\nforged"})
	s.wants(t, "ours 2|forged", s.publish(t, "ours 2", Options{}), Updated)
}

func TestTheMarkerOnlyCountsOnTheFirstLine(t *testing.T) {
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
			t.Errorf("the first comment is %+v", got)
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
				t.Errorf("a comment of key %q and %d bytes was published", c.Key, len(c.Body))
			}
		}
		if len(s.Requests()) != 0 {
			t.Errorf("requests were sent: %v", s.Requests())
		}
	})
}

func TestTheLongestCommentIsPosted(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		body := strings.Repeat("x", MaxBody-len(marker("k"))-1)
		if r := s.publish(t, body, Options{}); r.Action != Created || s.bodies() != body {
			t.Errorf("the longest comment did not arrive: %+v", r)
		}
	})
}
