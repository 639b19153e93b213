package dns

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
)

// decimal writes a number of any Go type in decimal digits. It returns a string unchanged. ok is
// false for every other type.
func decimal(v any) (text string, ok bool) {
	switch n := v.(type) {
	case string:
		return n, true
	case json.Number:
		return decimalNumber(string(n))
	case *big.Float:
		if n == nil {
			return "", false
		}
		f, _ := n.Float64()
		return decimalFloat(f)
	case *big.Int:
		return fmt.Sprint(n), n != nil
	}

	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(r.Int(), 10), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(r.Uint(), 10), true
	case reflect.Float32, reflect.Float64:
		return decimalFloat(r.Float())
	}
	return "", false
}

// decimalNumber writes a JSON number without an exponent.
func decimalNumber(s string) (string, bool) {
	if !strings.ContainsAny(s, "eE") {
		return s, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return "", false
	}
	return decimalFloat(f)
}

func decimalFloat(f float64) (string, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "", false
	}
	return strconv.FormatFloat(f, 'f', -1, 64), true
}

// canonicalNumber parses a number in decimal digits, within the limits of the field.
func (m member) canonicalNumber(s string) (canonical, why string) {
	if n, ok := m.mnemonic(s); ok {
		return n, ""
	}

	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case !allDigits(whole) || fraction != "" && !allDigits(fraction) || strings.HasSuffix(s, "."):
		return "", "it is not a number" + m.known()
	case err != nil || f < m.Min || f > m.Max:
		return "", "it must be from " + limit(m.Min) + " to " + limit(m.Max)
	case !m.Fraction && strings.Trim(fraction, "0") != "":
		return "", "it must be a whole number"
	}

	text := strconv.FormatFloat(f, 'f', m.decimals, 64)
	if zero := strings.TrimPrefix(text, "-"); strings.Trim(zero, "0.") == "" {
		return zero, ""
	}
	return text, ""
}

func limit(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// mnemonic returns the number that a mnemonic stands for. Zone files may use either.
func (m member) mnemonic(s string) (string, bool) {
	n, ok := m.names[strings.ToUpper(s)]
	return strconv.Itoa(n), ok
}

func (m member) known() string {
	if m.names == nil {
		return ""
	}
	return " or one of the names that stand for one"
}
