// Command cfplan keeps Cloudflare DNS records as code: HCL files declare them,
// plan shows what would change, apply changes it.
//
// This package is wiring. A command is a file with its flags, a call of the packages
// below, and what it shows of the result. root.go lists the commands and the services
// that they work with: printer, configuration, state, provider.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker for a release (-ldflags "-X main.version=…").
var version = "0.1.0"

func main() {
	// Only libraries use this log, such as net/http for what a server sent unasked. They
	// know nothing of terminals, escapes or secrets.
	log.SetOutput(io.Discard)
	// A reader that goes away must not kill a run in the middle of its work: the write fails instead.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := interruptible(os.Stderr)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}, os.Environ())
	stop()
	os.Exit(code)
}

// interruptible returns a context that the first interrupt cancels, so that requests
// under way are finished and recorded. The second interrupt ends the process at once; the
// state is replaced as a whole, so even then it is not half written.
func interruptible(stderr io.Writer) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, ok := <-signals; !ok {
			return
		}
		cancel()
		_, _ = io.WriteString(stderr, "\nInterrupt received. Finishing what is under way; interrupt again to stop at once.\n")
		if _, ok := <-signals; ok {
			os.Exit(exitInterrupted)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel()
	}
}
