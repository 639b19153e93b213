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

// A log is kept in numbered parts. A part has the entries that were written together, or it is a seal. A
// seal ends the log: the run that wrote the log cannot add another part, because its next number is taken.

// partVersion is the version of the format of a part. A newer version is refused.
const partVersion = 1

// lastPart is the largest number of a part: it has six digits.
const lastPart = 999_999

// part is one part of a log.
type part struct {
	Version int `json:"version"`
	// Log names the log, and Number says which of its parts this is, so that cfplan recognizes a part that
	// was copied from elsewhere.
	Log    string `json:"log"`
	Number int    `json:"number"`
	// Of is the apply. Another apply may have a log of the same name, if an older state was restored and both
	// began at the same serial.
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

// parsePart reads a part. It ignores unknown keys.
func parsePart(data []byte, log string, number int) (part, error) {
	var stored struct {
		part
		Encrypted *string `json:"encrypted"`
	}

	err := json.Unmarshal(data, &stored) // keeps the fields that it read before an error
	p := stored.part
	switch {
	case stored.Encrypted != nil && p.Version == 0:
		return p, errEncrypted
	case p.Version > partVersion:
		return p, fmt.Errorf("%w: a part of a log of version %d, but this cfplan reads at most %d", errNewer, p.Version, partVersion)
	case err != nil:
		return p, fmt.Errorf("it is damaged: %w", err)
	case p.Version != partVersion:
		return p, errors.New("it is JSON, but not a part of a log")
	case p.Log != log || p.Number != number:
		return p, errors.New("it is a part of another log")
	}

	for _, e := range p.Entries {
		if err := e.validate(); err != nil {
			return p, fmt.Errorf("it is damaged: %w", err)
		}
	}

	return p, nil
}

// plainID matches the first part of a UUID, which every lineage has unless it was written by hand.
var plainID = regexp.MustCompile(`^[a-z0-9]{1,16}$`)

// EntryID returns the text that stands for a lineage in the names of an archive's entries.
func EntryID(lineage string) string {
	id, _, _ := strings.Cut(strings.ToLower(lineage), "-")
	if !plainID.MatchString(id) {
		id = fmt.Sprintf("%x", sha256.Sum256([]byte(lineage)))[:16]
	}
	return id
}

const logPrefix = "journal-"

// logName returns the name of the log of the apply that began at a serial. The serial has twelve digits, so
// that the names sort like the serials of one state.
func logName(lineage string, serial uint64) string {
	return fmt.Sprintf("%s%s-%012d", logPrefix, EntryID(lineage), serial)
}

func partName(log string, number int) string { return fmt.Sprintf("%s-%06d", log, number) }

var partForm = regexp.MustCompile(`^(` + logPrefix + `[a-z0-9]{1,16}-([0-9]{12,16}))-([0-9]{6})$`)

// isPart reports whether an entry of an archive is a part of a log.
func isPart(name string) bool { return partForm.MatchString(name) }

// Parts says what to do with the parts of logs that an archive has when an apply begins.
type Parts struct {
	// First is the number of the apply's own first part.
	First int
	// Old has the parts that are no longer needed once the apply has begun.
	Old []string
}

// PartsOf searches the sorted names of an archive's entries for the apply that begins at a serial. It keeps
// the last part of each log, which may be a seal, until the serial of the log is below oldest.
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
		began, _ := strconv.ParseUint(form[2], 10, 64) // only digits, as the form requires
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
