package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/cfplan/cfplan/internal/reconcile"
)

func TestExitCodes(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("anything"), 1},
		{errShown, 1},
		{exitStatus(exitReadOnly), 3},
		{fmt.Errorf("zone: %w", reconcile.ErrInterrupted), 130},
		{errors.Join(errors.New("a zone"), fmt.Errorf("zone: %w", reconcile.ErrInterrupted)), 130},
	} {
		if got := exitCode(tt.err); got != tt.want {
			t.Errorf("exitCode(%v) = %d, want %d", tt.err, got, tt.want)
		}
	}
}

func TestLongFlags(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"-out=x", "--out=x"}, {"--out=x", "--out=x"}, {"-out", "--out"}, {"-h", "-h"}, {"-", "-"}, {"x", "x"}, {"-1", "-1"}, {"-nope", "--nope"},
	} {
		if got := longFlags([]string{tt.in})[0]; got != tt.want {
			t.Errorf("longFlags(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := longFlags([]string{"--", "-out"})[1]; got != "-out" {
		t.Errorf("longFlags changes -out after -- to %q", got)
	}
}
