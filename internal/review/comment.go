package review

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Comment is a comment to publish on a pull request.
type Comment struct {
	// Key distinguishes the comments on one pull request: Publish keeps one comment for each key.
	Key string
	// Body is Markdown. Publish posts it unchanged, below a hidden marker.
	Body string
}

// MaxBody is the largest size of a comment with its marker, in bytes. GitHub takes 65,536 characters; GitLab
// takes 1,000,000.
const MaxBody = 65_536

// key matches a valid key. Two dashes or a > would end the HTML comment of the marker.
var key = regexp.MustCompile(`^[A-Za-z0-9._/:-]{1,64}$`)

// CheckKey returns an error if a key is not valid.
func CheckKey(k string) error {
	if !key.MatchString(k) || strings.Contains(k, "--") {
		return errors.New("a key has at most 64 letters, digits and . _ / : -, and no two dashes in a row")
	}
	return nil
}

// marker returns the first line of a comment, by which the next run finds it.
func marker(key string) string { return "<!-- cfplan:comment key=" + key + " -->" }

// text returns the text to post.
func (c Comment) text() (string, error) {
	if err := CheckKey(c.Key); err != nil {
		return "", err
	}
	text := marker(c.Key) + "\n" + c.Body
	switch {
	case strings.TrimSpace(c.Body) == "":
		return "", errors.New("the comment is empty")
	case len(text) > MaxBody:
		return "", fmt.Errorf("the comment has %d bytes; at most %d can be posted", len(text), MaxBody)
	}
	return text, nil
}

// marked reports whether the first line of a comment is the marker.
func marked(body, marker string) bool {
	first, _, _ := strings.Cut(body, "\n")
	return strings.TrimSpace(first) == marker
}

// sameText compares two texts except for line ends and trailing space, which a forge may change.
func sameText(a, b string) bool {
	plain := func(s string) string {
		return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \t\n")
	}
	return plain(a) == plain(b)
}
