package main

import (
	"context"
	"errors"

	"github.com/cfplan/cfplan/internal/reconcile"
)

// The exit codes, all of them; `cfplan help exit-codes` says the same.
const (
	exitDone        = 0
	exitError       = 1
	exitChanges     = 2 // plan -detailed-exitcode: changes are pending; plan -refresh-only, verify: something differs
	exitReadOnly    = 3 // plan -detailed-exitcode: the plan is read-only; plan -refresh-only: drift is not known
	exitSyntax      = 2 // fmt: a file could not be parsed
	exitUnformatted = 3 // fmt -check: a file is not formatted
	exitInterrupted = 130
)

// exitStatus is a result that is not an error but has its own exit code. Nothing is printed for it.
type exitStatus int

func (e exitStatus) Error() string { return "exit status" }

// errShown is an error that was already shown to the user.
var errShown = errors.New("shown already")

// exitCode returns the exit code for an error. Nothing else decides exit codes.
func exitCode(err error) int {
	var status exitStatus
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, reconcile.ErrInterrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	default:
		return exitError
	}
}
