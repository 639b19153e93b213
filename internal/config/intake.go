package config

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/zonefile"
)

// Bounds of what is read of configuration and values in one run. A hundred thousand records, each
// with comment, tags and TTL, have about 17 MB and five million pieces.
const (
	maxSourceBytes  = 128 << 20
	maxSourcePieces = 8_000_000
)

// intake is what one run may still read. A bound for each file alone would not limit a directory
// full of files.
type intake struct {
	bytes, pieces int
	// spent is set once a file exceeded a bound, which has been reported. No other file is read
	// then.
	spent     bool
	zoneFiles *zonefile.Budget
}

func newIntake() *intake {
	return &intake{bytes: maxSourceBytes, pieces: maxSourcePieces, zoneFiles: zonefile.NewBudget()}
}

// CheckSource returns why a file in HCL must not be parsed, or nil: it is not text, has too many
// words and signs, or is nested too deeply. Load checks the files of a configuration itself.
func CheckSource(src []byte) error { return newIntake().admit("", src) }

// admit returns why source must not be parsed, or nil. It is JSON if its name says so.
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
		return fmt.Errorf("with this file, the files of the configuration have more than %d MiB together. "+
			"Split the configuration into several directories", maxSourceBytes>>20)
	}
	if in.pieces -= lang.Pieces(src); in.pieces < 0 {
		in.spent = true
		return fmt.Errorf("with this file, the files of the configuration have more than %d million words and "+
			"signs together. Split the configuration into several directories", maxSourcePieces/1_000_000)
	}
	return nil
}
