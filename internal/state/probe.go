package state

import "context"

// Prober is a Backend that can prove that its store keeps the promises which Write
// and Lock rest on: some stores take a condition and do not look at it. Probe
// writes, next to the documents and not over them, and clears away what it wrote.
// Its error says which promise is not kept, and what to do.
type Prober interface {
	Probe(ctx context.Context) error
}
