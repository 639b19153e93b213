package importer

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

func TestUTF16IsReadLikeUTF8(t *testing.T) {
	const table = "name,type,content\nmünchen,TXT,\"grüße 🙂\"\n"
	want, diags := Read(CSV, Input{Name: "t.csv", Text: []byte(table), Zone: "example.com"})
	if len(diags) > 0 || len(want.Zones) != 1 {
		t.Fatalf("UTF-8: %v, %v", want, diags)
	}

	for name, order := range map[string]unicode.Endianness{"little": unicode.LittleEndian, "big": unicode.BigEndian} {
		text, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().Bytes([]byte(table))
		if err != nil {
			t.Fatal(err)
		}
		got, diags := Read(CSV, Input{Name: "t.csv", Text: FromUTF16(text), Zone: "example.com"})
		if len(diags) > 0 || len(got.Zones) != 1 || got.Zones[0].Records[0].Record.Content != want.Zones[0].Records[0].Record.Content {
			t.Errorf("%s endian: %v, %v; want %v", name, got, diags, want)
		}
	}
}

// A damaged text is an error, so that no record gets a replaced character.
func TestDamagedUTF16IsAnError(t *testing.T) {
	whole, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte("name,type,content\na,TXT,x🙂y\n"))
	if err != nil {
		t.Fatal(err)
	}
	surrogate := strings.Index(string(whole), "\x3d\xd8") // the first half of the character after x
	for name, text := range map[string]string{
		"half of a character": string(whole[:surrogate]) + string(whole[surrogate+2:]),
		"an odd length":       string(whole[:len(whole)-1]),
		"the halves in the wrong order": string(whole[:surrogate]) + string(whole[surrogate+2:surrogate+4]) +
			string(whole[surrogate:surrogate+2]) + string(whole[surrogate+4:]),
	} {
		src, diags := Read(CSV, Input{Name: "t.csv", Text: FromUTF16([]byte(text)), Zone: "example.com"})
		if src != nil || len(diags) != 1 || !strings.Contains(diags[0].Detail, "UTF-16") {
			t.Errorf("%s: Read = %v, %v; want an error about UTF-16", name, src, diags)
		}
	}
}
