package files

import (
	"io/fs"
	"os"
	"strings"
)

// ErrorText returns the text of an error for users. Of each error of the file system in it, the text has the path and
// the reason: the name of the system call ("stat", "openat") does not help the user.
func ErrorText(err error) string { return withoutCalls(err.Error(), err) }

// withoutCalls removes the system calls of an error, and of all errors in it, from a text that quotes the error.
func withoutCalls(text string, err error) string {
	switch e := any(err).(type) {
	case *fs.PathError:
		text = strings.Replace(text, e.Error(), e.Path+": "+e.Err.Error(), 1)
	case *os.LinkError:
		text = strings.Replace(text, e.Error(), e.New+": "+e.Err.Error(), 1)
	}

	switch e := any(err).(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			text = withoutCalls(text, inner)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			text = withoutCalls(text, inner)
		}
	}
	return text
}
