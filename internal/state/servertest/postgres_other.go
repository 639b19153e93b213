//go:build !unix

package servertest

import "os/exec"

func cannotRun() string { return "these tests start PostgreSQL only on Unix" }

// AsServer does nothing here.
func AsServer(*exec.Cmd) {}

// Own does nothing here.
func Own(string) error { return nil }
