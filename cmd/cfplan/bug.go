package main

import (
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/parallel"
)

// mostCalls is how many calls of the stack a report has.
const mostCalls = 12

// issues is the URL at which users report bugs.
const issues = "https://github.com/cfplan/cfplan/issues"

// reportBug prints a panic as a report that users can send to the maintainers unchanged: the
// command, the version, and the place in the code. It contains no values of the program, because
// any of them could be a secret.
func reportBug(s *services, command string, bug *parallel.Panic) {
	detail := "This is a bug in cfplan, not a mistake in your configuration: " + bug.Kind() + ".\n\n" +
		"Please report it at " + issues + " with these lines, which hold nothing of your records or " +
		"credentials:\n\n" +
		"  " + command + ", version " + version + ", " + runtime.Version() + " " +
		runtime.GOOS + "/" + runtime.GOARCH + "\n  " +
		strings.Join(bug.Stack(mostCalls), "\n  ")
	if remains := s.writing.Remains(); len(remains) > 0 {
		detail += "\n\n" + strings.Join(remains, "\n")
	}
	sayLast(s.print, func(p *printer) {
		p.commands = nil // a directory's name, which -chdir would show, is a value
		p.report(failure("cfplan crashed", "%s", detail))
	})
}

// commandOf names the command of a command line, without its arguments and flags.
func commandOf(root *cobra.Command, args []string) string {
	command, _, err := root.Find(args)
	if err != nil {
		return root.Name()
	}
	return command.CommandPath()
}
