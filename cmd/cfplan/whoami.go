package main

import (
	"fmt"
	"os"
	"os/user"
	"time"

	"github.com/cfplan/cfplan/internal/state"
)

// who identifies this run in locks and in the history: the user and the machine.
func who(env environment) string {
	name := or(env.get("USER"), "unknown")
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s@%s (pid %d)", name, host, os.Getpid())
}

// holder identifies this run in a lock.
func holder(env environment, now time.Time, operation string) state.Holder {
	return state.Holder{Operation: operation, Who: who(env), Version: version, Created: now.UTC()}
}
