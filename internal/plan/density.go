package plan

import (
	"encoding/json"
	"errors"
)

// mostBesides bounds the size of a plan without its zones, degradations and diagnostics, in bytes. The rest is
// mainly the values of variables and outputs, which may be anything.
const mostBesides = 16 << 20

// leastEntry is the minimum length of an object in a list of a plan, in bytes. cfplan writes longer objects.
const leastEntry = 40

// deepest bounds the nesting of a plan. cfplan writes fewer than ten levels.
const deepest = 100

var (
	errDense = errors.New("one of its lists has entries that are empty or nearly empty, which cfplan never writes")
	errDeep  = errors.New("it is nested too deeply")
	errWide  = errors.New("its variables and outputs have more than 16 MiB")
)

// checkDensity refuses a document that would take many times its size in memory: an entry of three bytes in a
// list, such as "{},", would become a change of some hundred bytes.
func checkDensity(text []byte) error {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}

	besides := 0
	for name, part := range parts {
		switch name {
		case "zones", "degraded", "diagnostics":
			if err := checkLists(part); err != nil {
				return err
			}
		default:
			besides += len(part)
		}
	}

	if besides > mostBesides {
		return errWide
	}
	return nil
}

// checkLists checks each entry of each list in a valid document.
func checkLists(text []byte) error {
	type level struct {
		start int
		list  bool
	}

	var open []level
	for i := 0; i < len(text); i++ {
		inList := len(open) > 0 && open[len(open)-1].list
		switch text[i] {
		case '"':
			i = endOfString(text, i)
		case '{', '[':
			if len(open) == deepest {
				return errDeep
			}
			open = append(open, level{i, text[i] == '['})
		case 'n': // of null
			if inList {
				return errDense
			}
		case '}', ']':
			closed := open[len(open)-1]
			open = open[:len(open)-1]
			if len(open) > 0 && open[len(open)-1].list && i-closed.start < leastEntry {
				return errDense
			}
		}
	}
	return nil
}

// endOfString returns the index of the quotation mark that ends the string beginning at start, or the index of the
// last byte if there is none.
func endOfString(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text) - 1
}
