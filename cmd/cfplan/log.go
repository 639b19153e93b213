package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
)

// logging writes the log of a run.
type logging struct {
	env    environment
	dir    *directory
	stderr io.Writer
	// hidden are texts that the log must not show.
	hidden *hiding

	level, format, file string
	// opened is the file of -log-file, once it is open.
	opened *os.File
}

func (l *logging) register(flags *pflag.FlagSet) {
	flags.StringVar(&l.level, "log-level", "",
		"log at `LEVEL`: debug, info, warn, error or off (also CFPLAN_LOG; default warn)")
	flags.StringVar(&l.format, "log-format", "", "log as `FORMAT`: text or json (also CFPLAN_LOG_FORMAT)")
	flags.StringVar(&l.file, "log-file", "", "append the log to `FILE` instead of writing it to stderr")
}

// logger returns the log. Warnings are on by default: a refusal is logged with its ray ID, which
// Cloudflare's support asks for. On a terminal, that line is written only if a flag or CFPLAN_LOG
// requests a log.
func (l *logging) logger() (*slog.Logger, error) {
	name := strings.ToLower(or(or(l.level, l.env.get("CFPLAN_LOG")), "warn"))
	if name == "off" {
		return slog.New(slog.DiscardHandler), nil
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(name)); err != nil {
		return nil, usage("unknown log level %q; use debug, info, warn, error or off", name)
	}
	format := or(or(l.format, l.env.get("CFPLAN_LOG_FORMAT")), "text")
	if format != "text" && format != "json" {
		return nil, usage("unknown log format %q; use text or json", format)
	}

	w, err := l.writer()
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: l.hidden.attribute}
	var h slog.Handler = slog.NewTextHandler(visibleWriter{w}, options)
	if format == "json" {
		h = slog.NewJSONHandler(visibleWriter{w}, options)
	}
	if !l.wanted() && isTerminal(l.stderr) {
		h = withoutRefusals{h}
	}
	return slog.New(h), nil
}

// wanted reports whether the user requested a log.
func (l *logging) wanted() bool {
	return l.level != "" || l.format != "" || l.file != "" || l.env.get("CFPLAN_LOG") != ""
}

// withoutRefusals drops the lines about refusals: on a terminal, the plan or error that follows
// says more.
type withoutRefusals struct{ slog.Handler }

// Handle implements [slog.Handler].
func (w withoutRefusals) Handle(ctx context.Context, r slog.Record) error {
	if reconcile.LogsRefusal(r) {
		return nil
	}
	return w.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (w withoutRefusals) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withoutRefusals{w.Handler.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (w withoutRefusals) WithGroup(name string) slog.Handler {
	return withoutRefusals{w.Handler.WithGroup(name)}
}

// writer returns stderr, or the file of -log-file. A log names zones and the paths of
// records, so only its owner may read it.
func (l *logging) writer() (io.Writer, error) {
	if l.file == "" {
		return l.stderr, nil
	}
	if l.opened != nil {
		return l.opened, nil
	}
	f, err := os.OpenFile(l.dir.path(l.file), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, failure("Log file could not be opened", "%v.", err)
	}
	l.opened = f
	return f, nil
}

// visibleWriter escapes what a terminal or the log of a CI job would obey. Each write consists of
// whole lines.
type visibleWriter struct{ w io.Writer }

// Write implements [io.Writer].
func (v visibleWriter) Write(line []byte) (int, error) {
	if _, err := v.w.Write(plan.VisibleJSON(line)); err != nil {
		return 0, err
	}
	return len(line), nil
}

func (l *logging) close() {
	if l.opened != nil {
		_ = l.opened.Close() // there is no place to report an error of the log
	}
}
