package main

import (
	"io"
	"log/slog"
	"os"
	"strings"
)

// logger builds the log. Warnings are on by default: a refusal is logged with its
// ray ID, which Cloudflare's support asks for.
func (a *app) logger() (*slog.Logger, error) {
	name := strings.ToLower(or(or(a.flags.logLevel, a.getenv("CFPLAN_LOG")), "warn"))
	if name == "off" {
		return slog.New(slog.DiscardHandler), nil
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(name)); err != nil {
		return nil, usage("unknown log level %q; there are debug, info, warn, error and off", name)
	}
	format := or(or(a.flags.logFormat, a.getenv("CFPLAN_LOG_FORMAT")), "text")
	if format != "text" && format != "json" {
		return nil, usage("unknown log format %q; there are text and json", format)
	}
	w, err := a.logWriter()
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return slog.New(slog.NewTextHandler(w, options)), nil
}

// logWriter is stderr, or the file of -log-file. A log names zones and records'
// paths, so that it is for its owner alone.
func (a *app) logWriter() (io.Writer, error) {
	if a.flags.logFile == "" {
		return a.err, nil
	}
	if a.logFile != nil {
		return a.logFile, nil
	}
	f, err := os.OpenFile(a.path(a.flags.logFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, failure("Log file could not be opened", "%v.", err)
	}
	a.logFile = f
	return f, nil
}

func (a *app) closeLog() {
	if a.logFile != nil {
		_ = a.logFile.Close() // what could not be logged cannot be told either
	}
}
