package importer

import (
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cfplan/cfplan/internal/dns"
)

// scalarKind is the type of a scalar in YAML 1.1, in words for messages.
type scalarKind string

const (
	scalarText    scalarKind = "a text"
	scalarInteger scalarKind = "a whole number"
	scalarFloat   scalarKind = "a number"
	scalarBool    scalarKind = "true or false"
	scalarNull    scalarKind = "nothing"
	scalarDate    scalarKind = "a date"
)

// The plain scalars of each type, as PyYAML's resolver recognizes them (YAML 1.1, https://yaml.org/type/).
var (
	yamlBools = []string{"yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE",
		"on", "On", "ON", "off", "Off", "OFF"}
	yamlNulls   = []string{"", "~", "null", "Null", "NULL"}
	yamlInteger = regexp.MustCompile(`^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$`)
	yamlFloat   = regexp.MustCompile(`^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|` +
		`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
	yamlDate = regexp.MustCompile(`^[0-9]{4}-(?:[0-9]{2}-[0-9]{2}$|[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2})`)
)

// scalarKindOf returns the type of a scalar. A scalar in quotation marks is always a text.
func scalarKindOf(n *yaml.Node) scalarKind {
	const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	tagged := n.Style&yaml.TaggedStyle != 0
	switch v := n.Value; {
	case tagged && (n.Tag == "!!str" || n.Tag == "!"), !tagged && n.Style&quoted != 0:
		return scalarText
	case slices.Contains(yamlBools, v):
		return scalarBool
	case slices.Contains(yamlNulls, v):
		return scalarNull
	case !strings.ContainsAny(v[:1], "0123456789+-."):
		return scalarText
	case yamlInteger.MatchString(v):
		return scalarInteger
	case yamlFloat.MatchString(v):
		return scalarFloat
	case yamlDate.MatchString(v):
		return scalarDate
	}
	return scalarText
}

// text returns a text. It accepts a number if YAML keeps its spelling.
func (r *yamlReader) text(v yamlValue) (string, bool) {
	if v.kind() != yaml.ScalarNode {
		r.fail(v, "Not a text", "There must be a text here, not a mapping or a list.")
		return "", false
	}
	switch kind := scalarKindOf(v.Node); {
	case kind == scalarText:
		return v.Value, true
	case kind == scalarInteger && plainInteger.MatchString(v.Value):
		return v.Value, true
	case kind == scalarFloat && plainFloat(v.Value):
		return v.Value, true
	case kind == scalarNull:
		r.fail(v, "Missing value", "There must be a text here. Write an empty text as ''.")
	default:
		r.fail(v, "Not a text", "%s without quotation marks is %s in YAML, so its text would change. "+
			"Write it in quotation marks.", dns.Show(v.Value), kind)
	}
	return "", false
}

var plainInteger = regexp.MustCompile(`^(?:0|-?[1-9][0-9]*)$`)

// plainFloat reports whether Python would write the number with the same spelling: 1.5, but not 1.10.
func plainFloat(text string) bool {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(f) >= 1e16 || f != 0 && math.Abs(f) < 1e-4 {
		return false
	}
	written := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(written, ".") {
		written += ".0"
	}
	return written == text
}

// digits returns a number in decimal digits, as [dns.ParseData] takes it. It returns a text unchanged.
func (r *yamlReader) digits(v yamlValue) (string, bool) {
	if v.kind() == yaml.ScalarNode {
		switch scalarKindOf(v.Node) {
		case scalarText:
			return strings.TrimSpace(v.Value), true
		case scalarInteger:
			if n, ok := yamlIntegerOf(v.Value); ok {
				return n.String(), true
			}
		case scalarFloat:
			if f, err := strconv.ParseFloat(strings.ReplaceAll(v.Value, "_", ""), 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
				return strconv.FormatFloat(f, 'f', -1, 64), true
			}
		}
	}
	r.fail(v, "Not a number", "There must be a number here.")
	return "", false
}

// maxDigits is the length of the longest whole number that the reader accepts, in characters.
const maxDigits = 40

// yamlIntegerOf returns the value of a scalar that is an integer.
func yamlIntegerOf(text string) (*big.Int, bool) {
	text = strings.ReplaceAll(text, "_", "")
	if len(text) > maxDigits {
		return nil, false
	}
	sign := ""
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		sign, text = strings.Trim(text[:1], "+"), text[1:]
	}

	n, ok := new(big.Int), true
	switch {
	case strings.HasPrefix(text, "0b"):
		_, ok = n.SetString(text[2:], 2)
	case strings.HasPrefix(text, "0x"):
		_, ok = n.SetString(text[2:], 16)
	case strings.Contains(text, ":"):
		for part := range strings.SplitSeq(text, ":") {
			digit, _ := new(big.Int).SetString(part, 10)
			n.Add(n.Mul(n, big.NewInt(60)), digit)
		}
	case strings.HasPrefix(text, "0"):
		_, ok = n.SetString(text, 8)
	default:
		_, ok = n.SetString(text, 10)
	}
	if sign == "-" {
		n.Neg(n)
	}
	return n, ok
}

// seconds returns a TTL in seconds.
func (r *yamlReader) seconds(v yamlValue) (int, bool) {
	digits, ok := r.digits(v)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(digits, ".0"), 10, 32)
	if err != nil || n < 0 {
		r.fail(v, "Invalid TTL", "%s is not a TTL: write the seconds as a whole number.", dns.Show(digits))
		return 0, false
	}
	return int(n), true
}

// truth returns a boolean. A null gives false.
func (r *yamlReader) truth(v yamlValue) bool {
	if v.kind() == yaml.ScalarNode {
		switch scalarKindOf(v.Node) {
		case scalarBool:
			switch strings.ToLower(v.Value) {
			case "yes", "true", "on":
				return true
			}
			return false
		case scalarNull:
			return false
		}
	}
	r.fail(v, "Not true or false", "There must be true or false here, without quotation marks.")
	return false
}
