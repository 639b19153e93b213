package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A log is kept in parts, which are numbered. A part has the entries that were written
// together, or it is a seal: the log ends there, and the run that wrote it can add nothing
// more, as the number of its next part is taken.

// partVersion is the version of the format of a part. One of a newer version is refused.
const partVersion = 1

// lastPart is the largest number of a part: it has six digits.
const lastPart = 999_999

// part is one part of a log.
type part struct {
	Version int `json:"version"`
	// Log names the log, and Number says which of its parts this is: a part that was
	// copied elsewhere is not taken for another.
	Log    string `json:"log"`
	Number int    `json:"number"`
	// Of is the apply: one that began at the same serial of a state that was put back since
	// has a log of the same name.
	Of      Request `json:"of"`
	Sealed  bool    `json:"sealed,omitempty"`
	Entries []Entry `json:"entries,omitempty"`
}

func encodePart(p part) ([]byte, error) {
	p.Version = partVersion
	for _, e := range p.Entries {
		if err := e.validate(); err != nil {
			return nil, fmt.Errorf("this part of a log can't be written: %w", err)
		}
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(p)
	return buf.Bytes(), err
}

// parsePart reads a part. Keys that it does not know are passed over.
func parsePart(data []byte, log string, number int) (part, error) {
	var stored struct {
		part
		Encrypted *string `json:"encrypted"`
	}

	err := json.Unmarshal(data, &stored) // what it has read before an error counts
	p := stored.part
	switch {
	case stored.Encrypted != nil && p.Version == 0:
		return p, errEncrypted
	case p.Version > partVersion:
		return p, fmt.Errorf("%w: a part of a log of version %d, this one knows %d", errNewer, p.Version, partVersion)
	case err != nil:
		return p, fmt.Errorf("it is damaged: %w", err)
	case p.Version != partVersion:
		return p, errors.New("it is JSON, but not a part of a log")
	case p.Log != log || p.Number != number:
		return p, errors.New("it is the part of another log")
	}

	for _, e := range p.Entries {
		if err := e.validate(); err != nil {
			return p, fmt.Errorf("it is damaged: %w", err)
		}
	}

	return p, nil
}

// plainID is the first part of a UUID, which a lineage is unless it was made up by hand.
var plainID = regexp.MustCompile(`^[a-z0-9]{1,16}$`)

// EntryID returns what stands for a lineage in the names of an archive's entries.
func EntryID(lineage string) string {
	id, _, _ := strings.Cut(strings.ToLower(lineage), "-")
	if !plainID.MatchString(id) {
		id = fmt.Sprintf("%x", sha256.Sum256([]byte(lineage)))[:16]
	}
	return id
}

const logPrefix = "journal-"

// logName names the log of the apply that began at a serial. The serial has twelve digits,
// so that names sort as the serials of one state do.
func logName(lineage string, serial uint64) string {
	return fmt.Sprintf("%s%s-%012d", logPrefix, EntryID(lineage), serial)
}

func partName(log string, number int) string { return fmt.Sprintf("%s-%06d", log, number) }

var partForm = regexp.MustCompile(`^(` + logPrefix + `[a-z0-9]{1,16}-([0-9]{12,16}))-([0-9]{6})$`)

// isPart reports whether an entry of an archive is a part of a log.
func isPart(name string) bool { return partForm.MatchString(name) }

// Parts says what is to be done with the parts of logs that an archive has when an apply
// begins.
type Parts struct {
	// First is the number of the apply's own first part.
	First int
	// Old are parts that nobody needs once the apply has begun.
	Old []string
}

// PartsOf looks through the names of an archive's entries, which are in order, for the
// apply that begins at a serial. The last part of each log is kept, since it may be a seal,
// until the serial of the log is below oldest.
func PartsOf(names []string, lineage string, serial, oldest uint64) Parts {
	out := Parts{First: 1}
	own := logName(lineage, serial)
	prefix := logPrefix + EntryID(lineage) + "-"
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return !strings.HasPrefix(n, prefix) || !isPart(n)
	})

	for i, name := range names {
		form := partForm.FindStringSubmatch(name)
		log, number := form[1], form[3]
		began, _ := strconv.ParseUint(form[2], 10, 64) // digits, by its form
		last := i == len(names)-1 || !strings.HasPrefix(names[i+1], log+"-")
		if log == own && last {
			n, _ := strconv.Atoi(number)
			out.First = n + 1
		}
		if !last || began < oldest {
			out.Old = append(out.Old, name)
		}
	}

	return out
}
