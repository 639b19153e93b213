// Command cfplan keeps Cloudflare DNS records as code: HCL files declare them,
// plan shows what would change, apply changes it.
//
// This package is wiring. A command is a file with its flags, a call of the packages
// below, and what it shows of the result. root.go lists the commands and the services
// that they work with: printer, configuration, state, provider.
package main

import (
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the linker for a release (-ldflags "-X main.version=…").
var version = "0.1.0"

func main() {
	// Only libraries use this log, such as net/http for unexpected data from a server. They do not
	// handle terminals, escapes or secrets.
	log.SetOutput(io.Discard)
	// If a reader goes away, a run must not be killed in the middle of its work: the write fails
	// instead.
	signal.Ignore(syscall.SIGPIPE)
	crashUnmistakably()
	cobra.EnableCommandSorting = false // the help has the order of commands

	s := newServices(streams{os.Stdin, os.Stdout, os.Stderr}, os.Environ())
	ctx, end := interruptible(s, os.Exit)
	os.Exit(end(s.run(ctx, os.Args[1:])))
}
