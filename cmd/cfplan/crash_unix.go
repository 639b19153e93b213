//go:build unix

package main

import (
	"runtime"
	"syscall"
)

// forbidCoreDumps keeps the system from storing the memory of the process if it crashes.
func forbidCoreDumps() {
	none := syscall.Rlimit{Cur: 0, Max: 0}
	if runtime.GOOS == "linux" {
		// A program that receives dumps through a pipe gets them in spite of a limit of 0. With a
		// limit of 1, which is too small for a file, Linux does not start that program
		// (fs/coredump.c).
		tiny := syscall.Rlimit{Cur: 1, Max: 1}
		if syscall.Setrlimit(syscall.RLIMIT_CORE, &tiny) == nil {
			return
		}
	}
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &none) // it may only fail if the limit is 0 already
}
