package parallel

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// mostFrames limits how many frames of the stack a Panic keeps.
const mostFrames = 64

// Panic is a recovered panic with the place where it happened. If it is raised again in another goroutine,
// it stays the same Panic.
type Panic struct {
	// Value is the value of the panic. It may contain anything, including secrets.
	Value any
	// callers are the program counters of the stack, innermost first.
	callers []uintptr
}

// Try calls f and returns its panic, or nil if it did not panic.
func Try(f func()) (p *Panic) {
	defer func() {
		if value := recover(); value != nil {
			p = Recovered(value)
		}
	}()
	f()
	return nil
}

// Recovered returns the panic for a value that recover has just returned. The deferred function itself must
// call Recovered, because the stack of the panic is gone when that function returns.
func Recovered(value any) *Panic {
	if p, ok := value.(*Panic); ok {
		return p
	}

	callers := make([]uintptr, mostFrames)
	return &Panic{Value: value, callers: callers[:runtime.Callers(1, callers)]}
}

// Kind describes the panic without values of the program: the message of an error of the Go runtime, or
// otherwise the type of the value.
func (p *Panic) Kind() string {
	err, ok := p.Value.(error)
	var own runtime.Error
	if ok && errors.As(err, &own) {
		return own.Error()
	}
	return fmt.Sprintf("a panic with a value of type %T", p.Value)
}

// Stack returns up to n functions of the stack, innermost first, each with its file and line. The first one
// is the function that panicked. Stack contains no arguments and no other values of the program.
func (p *Panic) Stack(n int) []string {
	var out []string
	frames := runtime.CallersFrames(p.callers)
	begun := false

	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			begun, out = true, nil // the frames above only recovered the panic
		case begun && !strings.HasPrefix(f.Function, "runtime."):
			out = append(out, fmt.Sprintf("%s (%s:%d)", f.Function, base(f.File), f.Line))
		}

		if !more || len(out) == n {
			return out
		}
	}
}

// base returns the name of a file and of its directory. The rest of the path only shows where the program
// was built.
func base(path string) string {
	parts := strings.Split(path, "/")
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}
