package config

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/zonefile"
)

// Limits for all files of configuration and of values that one run reads. A hundred thousand records, each with
// comment, tags and TTL, have about 17 MB and five million pieces (words and signs).
const (
	maxSourceBytes  = 128 << 20
	maxSourcePieces = 8_000_000
)

// intake counts how much a run may still read. A limit for each file alone would not bound a directory full of
// files.
type intake struct {
	bytes, pieces int
	// spent is set after a file has exceeded a limit, which has been reported. No further file is
	// read then.
	spent     bool
	zoneFiles *zonefile.Budget
}

func newIntake() *intake {
	return &intake{bytes: maxSourceBytes, pieces: maxSourcePieces, zoneFiles: zonefile.NewBudget()}
}

// CheckSource returns why a file in HCL must not be parsed, or nil. The reason is that the file is not text, has
// too many words and signs, or is nested too deeply. Load checks the files of a configuration itself.
func CheckSource(src []byte) error { return newIntake().admit("", src) }

// admit returns why a source must not be parsed, or nil. The name says whether the source is HCL or JSON.
func (in *intake) admit(name string, src []byte) error {
	if err := files.CheckText(string(src)); err != nil {
		return err
	}
	if !utf8.Valid(src) {
		return errors.New("it is not a text in UTF-8; save it as UTF-8")
	}
	if err := checkDepth(name, src); err != nil {
		return err
	}

	if in.bytes -= len(src); in.bytes < 0 {
		in.spent = true
		return fmt.Errorf("with this file, the files of the configuration have more than %d MiB in total. "+
			"Split the configuration into several directories", maxSourceBytes>>20)
	}
	if in.pieces -= lang.Pieces(src); in.pieces < 0 {
		in.spent = true
		return fmt.Errorf("with this file, the files of the configuration have more than %d million words and "+
			"signs in total. Split the configuration into several directories", maxSourcePieces/1_000_000)
	}
	return nil
}
