package main

import "runtime/debug"

// crashUnmistakably changes how the process ends if the Go runtime ends it: after a stack overflow,
// without memory, or after a panic in a goroutine of a library. By default the exit status would be
// 2, which means "changes are pending" to a caller of plan. With this it is an abort (on Unix
// SIGABRT, 134 in a shell). No core dump is written, because the memory contains the credentials.
func crashUnmistakably() {
	debug.SetTraceback("crash")
	forbidCoreDumps()
}
