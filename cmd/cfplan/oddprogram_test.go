package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

// oddPrograms are programs for tests, by name. They end in the same ways as cfplan, but at will: no
// command of cfplan crashes on purpose.
var oddPrograms = map[string]func(){
	// busy ends after a minute and never checks its context, like an evaluation.
	"cfplan-busy": func() {
		s := newServices(streams{os.Stdin, os.Stdout, os.Stderr}, os.Environ())
		interruptible(s, os.Exit)
		fmt.Println("busy")
		for begun := time.Now(); time.Since(begun) < time.Minute; {
		}
	},
	"cfplan-overflow": func() {
		crashUnmistakably()
		debug.SetMaxStack(1 << 20) // the default of 1 GB takes long
		fmt.Println(deeper(1))
	},
	"cfplan-panic": func() {
		crashUnmistakably()
		done := make(chan struct{})
		go func() {
			defer close(done)
			panic("in a goroutine of a library")
		}()
		<-done
		select {}
	},
}

// deeper calls itself until the stack is full.
func deeper(n int) int {
	if n < 0 {
		return 0
	}
	return deeper(n+1) + n
}
