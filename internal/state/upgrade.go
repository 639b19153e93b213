package state

import (
	"context"
	"fmt"
)

// former is a document of an older format, as it was read.
type former struct {
	version   int
	text      []byte
	snapshots *Snapshots // the snapshots inside of it
}

// keepFormer stores a copy of a document of an older format before it is replaced, and moves the snapshots
// inside of it to their own document.
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
		return fmt.Errorf("the state has an older version and was not changed, because no copy of it can be kept: %w",
			err)
	}

	// Ownership does not depend on the snapshots, and the copy still has them.
	_ = o.UpdateSnapshots(ctx, nil, func(all *Snapshots) bool { return all.stored == "" })
	return nil
}

// FormerDocument returns the document that keeps the copy of a state of an older format.
func FormerDocument(version int) Document { return Document(fmt.Sprintf("v%d", version)) }
