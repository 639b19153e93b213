package main

import (
	"fmt"
	"log/slog"
	"sync"

	"github.com/cfplan/cfplan/internal/dns"
)

// hiding has the sensitive texts that a run knows. It keeps them out of messages that may quote
// them, such as those of an API. (Plans and states are masked when they are shown.) The printer and
// the log share it.
type hiding struct {
	mu    sync.Mutex
	texts dns.Hidden
}

func (h *hiding) add(o dns.Hidden) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.texts.Join(o)
}

// redact masks the texts. A nil hiding has none.
func (h *hiding) redact(text string) string {
	if h == nil {
		return text
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.texts.Redact(text)
}

// attribute masks the texts in an attribute of a log line.
func (h *hiding) attribute(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(h.redact(v))
	case error:
		a.Value = slog.StringValue(h.redact(v.Error()))
	case fmt.Stringer:
		if a.Value.Kind() == slog.KindAny {
			a.Value = slog.StringValue(h.redact(v.String()))
		}
	}
	return a
}
