package review

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Comment is what is to stand on a pull request.
type Comment struct {
	// Key tells the comments of one pull request apart: each has one comment.
	Key string
	// Body is Markdown. It is posted as it is, below a hidden marker.
	Body string
}

// MaxBody is the most bytes that a comment may have with its marker. GitHub takes
// 65,536 characters; GitLab takes 1,000,000.
const MaxBody = 65_536

// key: two dashes or a > would end the HTML comment that the marker is.
var key = regexp.MustCompile(`^[A-Za-z0-9._/:-]{1,64}$`)

// CheckKey says what is wrong with a key, nil where nothing is.
func CheckKey(k string) error {
	if !key.MatchString(k) || strings.Contains(k, "--") {
		return errors.New("a key has at most 64 letters, digits and . _ / : -, and no two dashes in a row")
	}
	return nil
}

// marker is the first line of a comment, by which the next run finds it.
func marker(key string) string { return "<!-- cfplan:comment key=" + key + " -->" }

// text is what is posted.
func (c Comment) text() (string, error) {
	if err := CheckKey(c.Key); err != nil {
		return "", err
	}
	text := marker(c.Key) + "\n" + c.Body
	switch {
	case strings.TrimSpace(c.Body) == "":
		return "", errors.New("the comment is empty")
	case len(text) > MaxBody:
		return "", fmt.Errorf("the comment has %d bytes, and %d is the most that is posted", len(text), MaxBody)
	}
	return text, nil
}

// marked reports whether the first line of a comment is the marker.
func marked(body, marker string) bool {
	first, _, _ := strings.Cut(body, "\n")
	return strings.TrimSpace(first) == marker
}

// sameText compares as far as forges keep a text: line ends and the space at the
// end may come back changed.
func sameText(a, b string) bool {
	plain := func(s string) string {
		return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \t\n")
	}
	return plain(a) == plain(b)
}
