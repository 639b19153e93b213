package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/cfplan/cfplan/internal/reconcile"
)

// ask puts a question. Only the word yes is a yes; the end of input is a no, and
// an interrupt ends the run.
func (a *app) ask(ctx context.Context, question string) (yes bool, err error) {
	a.printf("%s", question)
	answers := make(chan string, 1)
	go func() {
		// An answer that does not come leaves this waiting until the process ends.
		answer, err := bufio.NewReader(io.LimitReader(a.in, 1024)).ReadString('\n')
		if err != nil {
			a.printf("\n") // no newline came: end the line of the prompt
		}
		answers <- answer
	}()
	select {
	case answer := <-answers:
		return strings.TrimSpace(answer) == "yes", nil
	case <-ctx.Done():
		return false, fmt.Errorf("%w: nothing was changed", reconcile.ErrInterrupted)
	}
}
