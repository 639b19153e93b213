package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/cfplan/cfplan/internal/parallel"
)

// DocJournal is the log of an apply in a backend without an archive.
const DocJournal Document = "journal"

// logStorage keeps the parts of logs. It is either an archive, in which each part is an entry, or a
// document, which is written again with each part.
type logStorage interface {
	// prepare makes sure that parts of a new log can be added; otherwise it returns an error. check is called
	// right before a write.
	prepare(ctx context.Context, log string, check func() error) error
	// read returns the stored parts from the given number on, up to the first missing one.
	read(ctx context.Context, log string, from int) ([][]byte, error)
	// add creates a part, and returns how many bytes it wrote. If the number is taken, it changes nothing and
	// returns ErrConflict.
	add(ctx context.Context, log string, number int, data []byte) (written int, err error)
	// drop deletes the parts from the number from up to, but not including, the number before.
	drop(ctx context.Context, log string, from, before int) error
	// place names a part for people.
	place(log string, number int) string
}

func (r *Reader) logs() logStorage {
	if a := r.archive(); a != nil {
		return archivedLog{a, r}
	}
	r.journalOnce.Do(func() { r.journal = &documentLog{reader: r} })
	return r.journal
}

// archivedLog keeps each part as an entry of an archive.
type archivedLog struct {
	archive Archive
	reader  *Reader
}

func (archivedLog) prepare(context.Context, string, func() error) error { return nil }

// mostReads limits how many parts are read at the same time.
const mostReads = 4

// read reads the parts by their numbers, a few at a time, because the last number is unknown.
func (l archivedLog) read(ctx context.Context, log string, from int) ([][]byte, error) {
	var out [][]byte
	for size, n := 0, 1; ; n = min(2*n, mostReads) {
		found := make([][]byte, n)
		g, within := parallel.WithContext(ctx, mostReads)
		for i := range found {
			g.Go(func() (err error) {
				found[i], err = l.kept(within, log, from+len(out)+i)
				return err
			})
		}

		if err := g.Wait(); err != nil {
			return nil, err
		}

		for _, data := range found {
			if data == nil {
				return out, nil
			}
			if size += len(data); size > MaxSize {
				return nil, fmt.Errorf("the log of an apply has more than %d bytes", MaxSize)
			}
			out = append(out, data)
		}
	}
}

// kept returns a part, or nil if there is none.
func (l archivedLog) kept(ctx context.Context, log string, number int) ([]byte, error) {
	if number > lastPart {
		return nil, nil
	}

	data, err := l.archive.Kept(ctx, partName(log, number))
	switch {
	case errors.Is(err, ErrNoEntry):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("the log of an apply can't be read: %w", err)
	case data == nil:
		data = []byte{}
	}

	return data, nil
}

func (l archivedLog) add(ctx context.Context, log string, number int, data []byte) (int, error) {
	return len(data), l.archive.Add(ctx, partName(log, number), data)
}

func (l archivedLog) drop(ctx context.Context, log string, from, before int) error {
	var names []string
	for n := from; n < before; n++ {
		names = append(names, partName(log, n))
	}
	if len(names) == 0 {
		return nil
	}
	return l.archive.Drop(ctx, names...)
}

func (l archivedLog) place(log string, number int) string {
	return fmt.Sprintf("%s, entry %s beside it", l.reader, partName(log, number))
}

// documentLog keeps all parts of one log in a document. The log of the next apply replaces it. If another run
// has written the document in between, adding a part is a conflict, so the writer of a part knows all earlier
// parts.
type documentLog struct {
	reader *Reader

	mu sync.Mutex
	// known is the document as it was last read or written.
	known   logDocument
	version Version
}

// logDocument is the document. Its serial grows, because some servers refuse a serial that they have had.
type logDocument struct {
	Version int    `json:"version"`
	Lineage string `json:"lineage"`
	Serial  uint64 `json:"serial"`
	Log     string `json:"log"`
	// First is the number of the first part.
	First int               `json:"first"`
	Parts []json.RawMessage `json:"parts"`
}

func (l *documentLog) prepare(ctx context.Context, log string, check func() error) error {
	l.mu.Lock()
	err := l.load(ctx)
	l.mu.Unlock()
	if err != nil && !replaceable(err) {
		return err
	}

	if err := check(); err != nil { // check may read the log
		return err
	}

	l.mu.Lock()
	defer l.mu.Unlock()

	next := l.known
	next.Log, next.First, next.Parts = log, 1, nil
	_, err = l.store(ctx, next)
	return err
}

func (l *documentLog) read(ctx context.Context, log string, from int) ([][]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()

	if err := l.load(ctx); err != nil {
		return nil, err
	}
	if l.known.Log != log {
		return nil, nil
	}

	var out [][]byte
	for i, p := range l.known.Parts {
		if l.known.First+i >= from {
			out = append(out, p)
		}
	}

	return out, nil
}

func (l *documentLog) add(ctx context.Context, log string, number int, data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()

	if l.known.Log != log { // this store has not read the log
		if err := l.load(ctx); err != nil && !replaceable(err) {
			return 0, err
		}
	}

	next := l.known
	if next.Log != log {
		next.Log, next.First, next.Parts = log, number, nil
	}
	if next.First+len(next.Parts) != number {
		return 0, ErrConflict
	}

	next.Parts = append(next.Parts[:len(next.Parts):len(next.Parts)], data)
	return l.store(ctx, next)
}

// drop leaves the parts out of the next write. If there is no further write, the next apply replaces the
// document.
func (l *documentLog) drop(_ context.Context, log string, _, before int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known.Log == log && before > l.known.First {
		l.known.Parts = l.known.Parts[min(before-l.known.First, len(l.known.Parts)):]
		l.known.First = before
	}
	return nil
}

func (l *documentLog) place(_ string, number int) string {
	return fmt.Sprintf("%s, part %d", l.reader.backend.Place(DocJournal), number)
}

// load reads the document. If it is damaged, load returns an error, and the document counts as empty.
func (l *documentLog) load(ctx context.Context) error {
	l.known, l.version = logDocument{}, ""
	text, version, err := l.reader.backend.Read(ctx, DocJournal)
	var damaged *UnreadableError
	switch {
	case errors.As(err, &damaged):
		l.known.Serial, l.version = damaged.Serial, version
		return err
	case err != nil:
		return fmt.Errorf("the log of an apply can't be read: %w", err)
	case version == "":
		return nil
	}

	l.version = version
	if l.known, err = parseLogDocument(text); err != nil {
		l.known = logDocument{Serial: serialIn(text)}
		return l.reader.unreadableLog(l.reader.backend.Place(DocJournal), err)
	}

	return nil
}

func parseLogDocument(text []byte) (logDocument, error) {
	var d logDocument
	err := json.Unmarshal(text, &d)
	switch {
	case err != nil:
		return d, fmt.Errorf("it is damaged: %w", err)
	case d.Version > partVersion:
		return d, fmt.Errorf("%w: a log of version %d, but this cfplan reads at most %d", errNewer, d.Version, partVersion)
	case d.Version != partVersion || d.First < 1 || d.First > lastPart+1 || len(d.Parts) > lastPart:
		return d, errors.New("it is JSON, but not the log of an apply")
	case d.Serial > maxSerial:
		return d, fmt.Errorf("serial %d is too large", d.Serial)
	}

	return d, nil
}

// store writes the document if the stored one is still the known one.
func (l *documentLog) store(ctx context.Context, next logDocument) (int, error) {
	next.Version, next.Lineage = partVersion, l.reader.Last().Lineage
	next.Serial++
	text, err := json.Marshal(next)
	if err != nil {
		return 0, err
	}

	version, err := l.reader.backend.Write(ctx, DocJournal, text, l.version)
	if err != nil {
		return 0, err
	}

	l.known, l.version = next, version
	return len(text), nil
}
