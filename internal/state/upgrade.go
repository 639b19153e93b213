package state

import (
	"context"
	"fmt"
)

// former is a document of an older format, as it was found.
type former struct {
	version   int
	text      []byte
	snapshots *Snapshots // those it had inside
}

// keepFormer keeps a copy of a document of an older format before it is replaced, and
// moves the snapshots that it had inside to their own document.
func (o *Observer) keepFormer(ctx context.Context, f *former) error {
	if f == nil {
		return nil
	}

	doc := FormerDocument(f.version)
	_, there, err := o.backend.Read(ctx, doc)
	if err == nil && there == "" {
		_, err = o.backend.Write(ctx, doc, f.text, "")
	}

	if err != nil {
		return fmt.Errorf("the state is of an older version and was left as it is, as no copy of it can be kept: %w",
			err)
	}

	// Ownership does not depend on the snapshots, and the copy still has them.
	_ = o.UpdateSnapshots(ctx, nil, func(all *Snapshots) bool { return all.stored == "" })
	return nil
}

// FormerDocument is where the copy of a state of an older format is kept.
func FormerDocument(version int) Document { return Document(fmt.Sprintf("v%d", version)) }
