package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"github.com/cfplan/cfplan/internal/importer"
)

// printImport runs cfplan import -out=- without credentials in a directory with files in UTF-16.
func printImport(t *testing.T, texts map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(texts[name])
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	var out, errs bytes.Buffer
	code = run(t.Context(), append([]string{"import", "-chdir=" + dir, "-out=-", "example.com"}, args...),
		streams{strings.NewReader(""), &out, &errs}, nil)
	return code, out.String(), errs.String()
}

// Files that a source includes, and those of a directory, may be in UTF-16, too.
func TestImportReadsEveryFileInUTF16(t *testing.T) {
	for from, source := range map[string]struct {
		in    string
		texts map[string]string
	}{
		"bind":    {"example.com.zone", map[string]string{"example.com.zone": "$INCLUDE www.inc\n", "www.inc": "www 300 TXT grüße\n"}},
		"octodns": {"zones", map[string]string{"zones/example.com.yaml": "www: !include www.inc\n", "zones/www.inc": "{type: TXT, value: grüße}\n"}},
	} {
		code, stdout, stderr := printImport(t, source.texts, "-from="+from, "-in="+source.in)
		if code != exitDone || !strings.Contains(stdout, `record "TXT" "www"`) || !strings.Contains(stdout, "grüße") {
			t.Errorf("%s: exit code %d, want 0 and the included record:\n%s%s", from, code, stdout, stderr)
		}
	}
}

func TestImportQuotesLinesOfUTF16(t *testing.T) {
	code, _, stderr := printImport(t, map[string]string{"t.csv": "name,type,content\nwww,A,nope\n"}, "-from=csv", "-in=t.csv")
	if code != exitError || !strings.Contains(stderr, "   2: www,A,nope\n") {
		t.Errorf("exit code %d, want %d and the line that is wrong:\n%s", code, exitError, stderr)
	}
}

// A text can be larger in UTF-8 than in UTF-16. The limit applies to both.
func TestImportLimitsTheConvertedText(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 64 MiB: not with -short")
	}

	const prefix = "name,type,content\n"
	large := prefix + strings.Repeat("€", importer.MaxBytes/3)
	code, _, stderr := printImport(t, map[string]string{"t.csv": large}, "-from=csv", "-in=t.csv")
	if code != exitError || !strings.Contains(stderr, "t.csv has more than 64 MiB in UTF-8") {
		t.Errorf("exit code %d, want %d and an error about the size:\n%s", code, exitError, stderr[:min(len(stderr), 1000)])
	}
}
