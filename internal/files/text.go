package files

import (
	"errors"
	"fmt"
	"strings"
)

// CheckText returns an error if cfplan cannot read src as text: if src is encoded in UTF-16 or UTF-32, as
// some editors on Windows do, or contains a zero byte.
func CheckText(src string) error {
	if strings.HasPrefix(src, "\xff\xfe") || strings.HasPrefix(src, "\xfe\xff") {
		return errors.New("it is encoded in UTF-16 and not in UTF-8; save it as UTF-8")
	}

	at := strings.IndexByte(src, 0)
	if at < 0 {
		return nil
	}
	return fmt.Errorf("it has a zero byte in line %d, so it is not a text in UTF-8; save it as UTF-8",
		1+strings.Count(src[:at], "\n"))
}
