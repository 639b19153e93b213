package importer

import (
	"bytes"

	"golang.org/x/text/encoding/unicode"
)

// FromUTF16 converts a text that begins with a byte order mark of UTF-16 to UTF-8: Windows PowerShell writes such
// files with ">", and spreadsheets export them. It returns other texts, and damaged ones, unchanged. The result has at
// most one and a half times as many bytes as the text.
func FromUTF16(text []byte) []byte {
	if !bytes.HasPrefix(text, []byte("\xff\xfe")) && !bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return text
	}

	order := unicode.LittleEndian
	if text[0] == 0xfe {
		order = unicode.BigEndian
	}
	encoding := unicode.UTF16(order, unicode.IgnoreBOM)
	converted, err := encoding.NewDecoder().Bytes(text)
	if err != nil {
		return text
	}

	// The decoder replaces damaged characters. Such a text must not pass for an undamaged one.
	if again, err := encoding.NewEncoder().Bytes(converted); err != nil || !bytes.Equal(again, text) {
		return text
	}
	return converted
}
