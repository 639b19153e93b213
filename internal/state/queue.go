package state

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/cfplan/cfplan/internal/parallel"
)

// queue holds items that wait to be written. Items that arrive during a write are written together next.
// The zero value is an empty queue.
type queue[T any] struct {
	// gatherFor is how long the first item of a commit waits for others.
	gatherFor time.Duration

	mu      sync.Mutex
	waiting []*queued[T]
	running bool // a goroutine writes
}

type queued[T any] struct {
	item T
	done chan struct{}
	// bug is the panic of the commit; nil if there was none.
	bug *parallel.Panic
}

// do waits until commit has handled the item, perhaps together with others. commit is called by one
// goroutine at a time, with the items in the order of their arrival, and stores each item's outcome in it.
// If ctx ends before the item's turn, commit never gets it, and do returns the error of ctx.
func (q *queue[T]) do(ctx context.Context, item T, commit func(context.Context, []T)) error {
	if err := ctx.Err(); err != nil {
		return err
	}

	w := &queued[T]{item: item, done: make(chan struct{})}
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	if !q.running {
		q.running = true
		go q.run(context.WithoutCancel(ctx), commit)
	}

	q.mu.Unlock()

	select {
	case <-w.done:
	case <-ctx.Done():
		if q.withdraw(w) {
			return ctx.Err()
		}
		<-w.done // the item is being written, and the caller must learn the outcome
	}

	if w.bug != nil {
		panic(w.bug)
	}

	return nil
}

// withdraw removes an item whose turn has not come, and reports whether it could.
func (q *queue[T]) withdraw(w *queued[T]) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, w)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// goesOn reports whether an item waits. If not, the calling goroutine must stop writing.
func (q *queue[T]) goesOn() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running = len(q.waiting) > 0
	return q.running
}

// take removes and returns all items of the queue.
func (q *queue[T]) take() []*queued[T] {
	q.mu.Lock()
	defer q.mu.Unlock()
	batch := q.waiting
	q.waiting = nil
	return batch
}

// run writes until the queue is empty.
func (q *queue[T]) run(ctx context.Context, commit func(context.Context, []T)) {
	for q.goesOn() {
		time.Sleep(q.gatherFor)
		batch := q.take()
		if len(batch) == 0 { // all items were withdrawn
			continue
		}

		items := make([]T, len(batch))
		for i, w := range batch {
			items[i] = w.item
		}

		// A panic is passed to the callers that wait: here it would end the process while the lock is held.
		bug := parallel.Try(func() { commit(ctx, items) })
		for _, w := range batch {
			w.bug = bug
			close(w.done)
		}
	}
}
