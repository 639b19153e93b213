package main

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// ask puts a question. Only the word yes is a yes; the end of input is a no.
func (a *app) ask(question string) bool {
	a.printf("%s", question)
	answer, err := bufio.NewReader(io.LimitReader(a.in, 1024)).ReadString('\n')
	if err != nil {
		a.printf("\n") // no newline came: end the line of the prompt
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	return strings.TrimSpace(answer) == "yes"
}
