//go:build !unix

package postgres_test

import "os/exec"

func cannotRun() string { return "these tests start PostgreSQL on Unix alone" }

func asServer(*exec.Cmd) {}

func own(string) error { return nil }
