package encrypted

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"github.com/cfplan/cfplan/internal/state"
)

// formatVersion is the version of the envelope.
const formatVersion = 1

// envelope is the JSON text that is stored. Servers for Terraform's states expect JSON with a growing
// serial. Lineage and Serial are those of the document inside.
type envelope struct {
	FormatVersion int    `json:"format_version"`
	Lineage       string `json:"lineage"`
	Serial        uint64 `json:"serial"`
	Encrypted     string `json:"encrypted"`
	// Data is a binary age file. Its text is a line that names the document, and the document.
	Data []byte `json:"data"`
}

// damageError reports that a document is not as it was written.
type damageError string

func (e damageError) Error() string { return string(e) }

// head is the beginning of a JSON document, up to the first object or list. It is enough to recognize an
// envelope, and to find the lineage and serial of a state, without reading all of it. For any other text it
// is empty.
type head struct {
	lineage   string
	serial    uint64
	encrypted bool
}

func headOf(text []byte) (h head) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return h
	}

	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return h
		}

		value, err := dec.Token()
		if _, composite := value.(json.Delim); err != nil || composite {
			return h
		}

		switch v := value.(type) {
		case string:
			switch key {
			case "encrypted":
				h.encrypted = true
				return h // the long part follows
			case "lineage":
				h.lineage = v
			}
		case json.Number:
			if n, err := v.Int64(); err == nil && n >= 0 && key == "serial" {
				h.serial = uint64(n)
			}
		}
	}

	return h
}

func isEnvelope(text []byte) bool { return headOf(text).encrypted }

// parse reads an envelope.
func parse(text []byte) (envelope, error) {
	var e envelope
	var syntax *json.SyntaxError
	switch err := json.Unmarshal(text, &e); {
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(text)):
		return e, damageError("the encrypted document is cut short")
	case err != nil:
		return e, damageError("the encrypted document is damaged: the JSON around it is not as cfplan wrote it")
	}

	switch {
	case e.FormatVersion > formatVersion:
		return e, fmt.Errorf("the document was encrypted by a newer cfplan (format %d, but this one reads at most %d); "+
			"upgrade cfplan", e.FormatVersion, formatVersion)
	case e.FormatVersion < 1 || e.Encrypted == "" || len(e.Data) == 0:
		return e, damageError("the encrypted document is damaged: a part is missing")
	case e.Encrypted != "age":
		return e, fmt.Errorf("the document is encrypted with %.20q, which this cfplan does not know; upgrade cfplan",
			e.Encrypted)
	}

	return e, nil
}

// encrypt returns the envelope of a document. label is the document's name.
func (b *Backend) encrypt(label string, text []byte) ([]byte, error) {
	recipients, err := b.keys.recipients()
	if err != nil {
		return nil, err
	}

	var sealed bytes.Buffer
	sealed.Grow(len(text) + len(text)/1024 + 4096) // age adds 16 bytes to each 64 KiB, and a header
	w, err := age.Encrypt(&sealed, recipients...)
	if err == nil {
		_, err = io.WriteString(w, label+"\n")
	}

	if err == nil {
		_, err = w.Write(text)
	}

	if err == nil {
		err = w.Close()
	}

	if err != nil {
		return nil, fmt.Errorf("the state can't be encrypted: %w", err)
	}

	if err := b.keys.readable(sealed.Bytes()); err != nil {
		return nil, err
	}

	return wrap(headOf(text), sealed.Bytes())
}

// wrap writes an envelope. The short fields come first, so that a person who opens the file sees what it is.
func wrap(h head, sealed []byte) ([]byte, error) {
	lineage, err := json.Marshal(h.lineage)
	if err != nil {
		return nil, err
	}

	var out bytes.Buffer
	out.Grow(base64.StdEncoding.EncodedLen(len(sealed)) + 1024)
	fmt.Fprintf(&out, "{\n  \"format_version\": %d,\n  \"lineage\": %s,\n  \"serial\": %d,\n  \"encrypted\": "+
		"\"age\",\n  \"data\": \"", formatVersion, lineage, h.serial)
	data := out.AvailableBuffer()
	out.Write(base64.StdEncoding.AppendEncode(data, sealed))
	out.WriteString("\"\n}\n")
	if out.Len() > state.MaxSize {
		return nil, fmt.Errorf("the encrypted document has %d bytes and can't be written: at most %d can be read back",
			out.Len(), state.MaxSize)
	}

	return out.Bytes(), nil
}

// decrypt returns the document in an envelope. It checks that the document is the one that label names, and
// that its lineage and serial are those of the envelope.
func (b *Backend) decrypt(label string, text []byte) ([]byte, error) {
	e, err := parse(text)
	if err != nil {
		return nil, err
	}

	identities, err := b.keys.identities()
	if err != nil {
		return nil, err
	}

	r, err := age.Decrypt(bytes.NewReader(e.Data), identities...)
	var wrong *age.NoIdentityMatchError
	switch {
	case errors.As(err, &wrong):
		return nil, b.keys.mismatch(wrong)
	case err != nil:
		return nil, damageError(fmt.Sprintf("the encrypted document is damaged: %v", err))
	}

	plain, err := readOver(e.Data, r)
	if err != nil {
		return nil, damageError(fmt.Sprintf("the encrypted document is damaged: %v", err))
	}

	named, document, ok := bytes.Cut(plain, []byte("\n"))
	if !ok || string(named) != label {
		return nil, fmt.Errorf("%w than %q: the two were exchanged", state.ErrOtherDocument, label)
	}

	if h := headOf(document); h.lineage != e.Lineage || h.serial != e.Serial {
		return nil, damageError(fmt.Sprintf("the encrypted document was altered: it says serial %d outside and %d "+
			"inside, lineage %.50q outside and %.50q inside",
			e.Serial, h.serial, e.Lineage, h.lineage))
	}

	return document, nil
}

// readOver decrypts in place, because a state can be large: it writes what r returns over the ciphertext. age
// reads and checks a whole chunk before it returns any of it, and an encrypted chunk is longer than its text,
// so the bytes that are overwritten have been read.
func readOver(ciphertext []byte, r io.Reader) ([]byte, error) {
	n, chunk := 0, make([]byte, 64<<10)
	for {
		m, err := r.Read(chunk)
		n += copy(ciphertext[n:], chunk[:m])
		if err == io.EOF {
			return ciphertext[:n], nil
		}
		if err != nil {
			return nil, err
		}
	}
}
