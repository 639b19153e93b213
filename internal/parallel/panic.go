package parallel

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// mostFrames is how much of a stack is kept.
const mostFrames = 64

// Panic is a panic that was recovered, with the place where it happened. It may be raised again in another goroutine:
// it stays the same one.
type Panic struct {
	// Value is what the program panicked with. It may hold anything, also secrets.
	Value any
	// callers are the program counters of the stack, innermost first.
	callers []uintptr
}

// Try calls f and returns its panic, or nil if there was none.
func Try(f func()) (p *Panic) {
	defer func() {
		if value := recover(); value != nil {
			p = Recovered(value)
		}
	}()
	f()
	return nil
}

// Recovered returns the panic of a value that recover has just returned. It must be called by the deferred function,
// which still sees the stack.
func Recovered(value any) *Panic {
	if p, ok := value.(*Panic); ok {
		return p
	}
	callers := make([]uintptr, mostFrames)
	return &Panic{Value: value, callers: callers[:runtime.Callers(1, callers)]}
}

// Kind says what happened, without values of the program: the words of the Go runtime's own errors, else the type of
// the value.
func (p *Panic) Kind() string {
	err, ok := p.Value.(error)
	var own runtime.Error
	if ok && errors.As(err, &own) {
		return own.Error()
	}
	return fmt.Sprintf("a panic with a value of type %T", p.Value)
}

// Stack returns the functions that were being called, innermost first, each with its file and line. It has neither
// arguments nor anything else of the program's values. It begins where the panic happened and has at most n entries.
func (p *Panic) Stack(n int) []string {
	var out []string
	frames := runtime.CallersFrames(p.callers)
	begun := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			begun, out = true, nil // what is above recovered it
		case begun && !strings.HasPrefix(f.Function, "runtime."):
			out = append(out, fmt.Sprintf("%s (%s:%d)", f.Function, base(f.File), f.Line))
		}
		if !more || len(out) == n {
			return out
		}
	}
}

// base returns a file's name and that of its directory: where a build was made is of no interest.
func base(path string) string {
	parts := strings.Split(path, "/")
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}
