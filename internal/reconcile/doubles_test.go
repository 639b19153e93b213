package reconcile_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// tapped is a backend that counts what an apply saves, which are states and parts of logs. After a given
// number of saves it refuses, as if the process was killed or the disk was full.
type tapped struct {
	*local.Backend
	left               atomic.Int64
	states, stateBytes atomic.Int64
	parts, partBytes   atomic.Int64
}

// tap returns the backend of a file. saves is how many saves it accepts; -1 means any number.
func tap(path string, saves int) *tapped {
	t := &tapped{Backend: local.New(path)}
	t.left.Store(int64(saves))
	if saves < 0 {
		t.left.Store(math.MaxInt64)
	}
	return t
}

// saves counts states and parts.
func (t *tapped) saves() int { return int(t.states.Load() + t.parts.Load()) }

var errDiskFull = errors.New("no space left on device")

func (t *tapped) Write(ctx context.Context, doc state.Document, text []byte, was state.Version) (state.Version, error) {
	if doc != state.DocState {
		return t.Backend.Write(ctx, doc, text, was)
	}
	if t.left.Add(-1) < 0 {
		return "", errDiskFull
	}
	t.states.Add(1)
	t.stateBytes.Add(int64(len(text)))
	return t.Backend.Write(ctx, doc, text, was)
}

func (t *tapped) Add(ctx context.Context, name string, data []byte) error {
	if t.left.Add(-1) < 0 {
		return errDiskFull
	}
	t.parts.Add(1)
	t.partBytes.Add(int64(len(data)))
	return t.Backend.Add(ctx, name, data)
}

func failingAfter(path string, saves int) *state.Store { return state.Open(tap(path, saves)) }

// partsAmong picks the parts of logs among the names of an archive's entries.
func partsAmong(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasPrefix(n, "journal-") })
}
