package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/zonefile"
)

// zonefileBlock is a zonefile block, which names a zone file with records.
type zonefileBlock struct {
	rng   hcl.Range
	attrs hcl.Attributes
}

func (d decoder) zonefile(refs references, b *hcl.Block) zonefileBlock {
	content, _ := d.content(b.Body, zonefileSchema)
	refs.checkAll(d.report, content.Attributes)
	return zonefileBlock{b.DefRange, content.Attributes}
}

// addFile adds the records of a zone file to the zone.
func (z *zone) addFile(b zonefileBlock, ctx *hcl.EvalContext, tree *lang.Tree) {
	budget := z.report.intake.zoneFiles
	if budget.Spent() {
		return
	}

	r := &reader{report: z.report, ctx: ctx, attrs: b.attrs}
	name, ok := r.text("path")
	if !ok {
		if !r.broken {
			z.report.errorAt(b.rng, "Missing path",
				"A zonefile block needs the path of a zone file: add path = \"FILE\".")
		}
		return
	}

	files := zoneFiles{z.report.files, tree, map[string]*zoneSource{}}
	name = filepath.ToSlash(name)
	src, err := files.open(name)
	if err != nil {
		hint := ""
		var missing *lang.MissingError
		if z.call != nil && errors.As(err, &missing) {
			hint = besideModule(missing)
		}
		r.fail("path", "Cannot read zone file", "%v.%s", err, hint)
		return
	}

	entries, problems := zonefile.Parse(src, zonefile.Options{
		Zone:    z.Name,
		File:    name,
		Include: files.open,
		Budget:  budget,
	})
	for _, p := range problems {
		z.report.add(fromProblem(p.Problem, files.line(p.File, p.Line), len(r.secret) > 0))
	}

	z.grow(len(entries))
	for _, e := range entries {
		z.addEntry(e, files.line(e.File, e.Line), r.secret)
	}
}

// addEntry adds one record. The defaults of the zone apply to attributes that the file does not set.
func (z *zone) addEntry(e zonefile.Entry, line hcl.Range, secret []dns.Attribute) {
	own := entryTraits(e)
	record := own.or(z.defaults.traits, e.Type).record()
	record.Name, record.Type, record.Content, record.Priority = e.Name, e.Type, e.Content, e.Priority
	record.Declared = &dns.Declaration{
		Address:   z.Name + "/" + string(e.Type) + "/" + z.path + dns.RelativeName(e.Name, z.Name),
		File:      line.Filename,
		Line:      e.Line,
		Sensitive: z.sensitive(nil, own),
	}
	z.learn(record)
	z.add(record, origin{zone: z, block: &recordBlock{}, line: &line, secret: secret})
}

// entryTraits returns the traits that the file gives to a record.
func entryTraits(e zonefile.Entry) traits {
	var t traits
	if e.HasTTL {
		t.ttl = &e.TTL
	}
	if e.HasProxied {
		t.proxied = &e.Proxied
	}
	if e.Comment != "" {
		t.comment = &e.Comment
	}
	t.tags = e.Tags
	t.flatten = ifTrue(e.Settings.FlattenCNAME)
	t.ipv4 = ifTrue(e.Settings.IPv4Only)
	t.ipv6 = ifTrue(e.Settings.IPv6Only)
	t.private = ifTrue(e.PrivateRouting)
	return t
}

// ifTrue returns nil for false, because a zone file only says which settings are on.
func ifTrue(on bool) *bool {
	if !on {
		return nil
	}
	return &on
}

// zoneFiles opens zone files in the tree and keeps their texts, so that diagnostics can show their lines.
type zoneFiles struct {
	shown  Files
	tree   *lang.Tree
	opened map[string]*zoneSource
}

// zoneSource is the text of a zone file.
type zoneSource struct {
	// name is the file's name relative to the configuration's directory. Diagnostics show it.
	name string
	// starts has the offsets of the lines and of the end of the text.
	starts []int
}

func (f zoneFiles) open(name string) (io.ReadCloser, error) {
	src, real, err := f.tree.ReadReal(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	shown, err := f.tree.Shown(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	// Diagnostics show the lines of configuration files with secrets masked. If such a file were read
	// as a zone file, they would show the lines unmasked.
	if isConfiguration(shown) || isConfiguration(real) {
		return nil, fmt.Errorf("%q is part of the configuration and not a zone file", name)
	}

	s := &zoneSource{name: shown, starts: []int{0}}
	for line := range bytes.Lines(src) {
		s.starts = append(s.starts, s.starts[len(s.starts)-1]+len(line))
	}
	f.opened[name] = s
	f.shown[s.name] = &hcl.File{Bytes: printable(src)}
	return io.NopCloser(bytes.NewReader(src)), nil
}

// line returns the range of a whole line.
func (f zoneFiles) line(name string, number int) hcl.Range {
	s := f.opened[name]
	first := s.starts[min(number, len(s.starts))-1]
	end := s.starts[min(number, len(s.starts)-1)]
	text := bytes.TrimRight(f.shown[s.name].Bytes[first:end], "\r\n")
	return hcl.Range{Filename: s.name, Start: hcl.Pos{Line: number, Column: 1, Byte: first},
		End: hcl.Pos{Line: number, Column: 1 + utf8.RuneCount(text), Byte: first + len(text)}}
}

// printable replaces characters that would control a terminal, without changing the length. A zone file often
// comes from a stranger.
func printable(src []byte) []byte {
	out := bytes.Clone(src)
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 || unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			copy(out[i:], bytes.Repeat([]byte{'?'}, n))
		}
		i += n
	}
	return out
}
