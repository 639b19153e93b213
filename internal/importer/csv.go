package importer

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// column is cfplan's name for a column of a table.
type column string

const (
	columnZone     column = "zone"
	columnName     column = "name"
	columnType     column = "type"
	columnContent  column = "content"
	columnTTL      column = "ttl"
	columnProxied  column = "proxied"
	columnPriority column = "priority"
	columnComment  column = "comment"
	columnTags     column = "tags"
)

// columnNames maps the names of columns in headers to columns. It has the documented names, and names in the
// exports of other programs.
var columnNames = map[string]column{
	"zone":         columnZone,
	"zone_name":    columnZone,
	"name":         columnName,
	"host":         columnName,
	"hostname":     columnName,
	"host_name":    columnName,
	"record_name":  columnName,
	"type":         columnType,
	"record_type":  columnType,
	"content":      columnContent,
	"value":        columnContent,
	"data":         columnContent,
	"rdata":        columnContent,
	"ttl":          columnTTL,
	"proxied":      columnProxied,
	"proxy":        columnProxied,
	"proxy_status": columnProxied,
	"priority":     columnPriority,
	"prio":         columnPriority,
	"preference":   columnPriority,
	"comment":      columnComment,
	"comments":     columnComment,
	"tags":         columnTags,
}

// table is the state of reading a CSV file.
type table struct {
	gathering
	in   Input
	rows *csv.Reader
	// columns has the index of each column in a row, and width is the number of cells that each row must
	// have.
	columns map[column]int
	width   int
	// silent are the attributes for which the table has no column.
	silent []dns.Attribute
}

// readCSV reads a table with one record in each row. The records belong to the zone that the user names,
// unless the table has a column for the zone.
func readCSV(in Input) (*Source, []plan.Diagnostic) {
	if d, other := otherKind(in, CSV); other {
		return nil, []plan.Diagnostic{d}
	}
	t := openTable(in)
	if !t.readHeader() {
		return nil, t.diags
	}
	for t.readRow() {
	}

	src := &Source{Zones: t.zones}
	if !t.has(columnProxied) {
		src.Remarks = append(src.Remarks, fmt.Sprintf(unsaidProxied, "The table"))
	}
	return src, t.diags
}

func openTable(in Input) *table {
	text, comma := delimited(bytes.TrimPrefix(in.Text, []byte("\ufeff")))
	t := &table{in: in, rows: csv.NewReader(bytes.NewReader(text)), columns: map[column]int{}}
	t.rows.Comma = comma
	t.rows.FieldsPerRecord = -1 // readRow checks the number and names the row
	t.rows.ReuseRecord = true
	return t
}

// delimiterLine is a first line that names the delimiter, which Excel writes and understands.
var delimiterLine = regexp.MustCompile(`^(?i)sep=([,;\t])\r?\n`)

// delimited returns the text of a table and the character between its cells. In place of a line that names the
// delimiter, the text has an empty line, so that the other lines keep their numbers.
func delimited(text []byte) ([]byte, rune) {
	if m := delimiterLine.FindSubmatch(text); m != nil {
		return text[len(m[0])-1:], rune(m[1][0])
	}
	return text, delimiter(text)
}

// delimiter returns the character between the cells of the first line.
func delimiter(text []byte) rune {
	line, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
	best := ','
	for _, r := range ";\t" {
		if bytes.Count(line, []byte(string(r))) > bytes.Count(line, []byte(string(best))) {
			best = r
		}
	}
	return best
}

func (t *table) has(c column) bool {
	_, ok := t.columns[c]
	return ok
}

// next returns the next row with its place. It reports an unreadable row as an error and goes on; ok is false
// at the end.
func (t *table) next() (row []string, at Origin, ok bool) {
	for !t.full(t.in) {
		row, err := t.rows.Read()
		if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
			t.broken(broken)
			continue
		}
		if err != nil { // io.EOF, because reading from memory gives no other error
			return nil, at, false
		}
		line, _ := t.rows.FieldPos(0)
		return row, originAt(t.in.Name, line), true
	}
	return nil, at, false
}

// broken reports a row with misplaced quotation marks.
func (t *table) broken(err *csv.ParseError) {
	why := "A quotation mark is inside of a cell that has no quotation marks around it."
	if errors.Is(err, csv.ErrQuote) {
		why = "The quotation mark at the beginning of a cell is not closed, or text follows the closing one."
	}
	t.fail(originAt(t.in.Name, err.StartLine), "Invalid row",
		"%s Write quotation marks around the whole cell, and double each quotation mark inside of it.", why)
}

// readHeader reads the first line, which names the columns. It returns false if the rows cannot be read.
func (t *table) readHeader() bool {
	header, at, ok := t.next()
	if !ok && len(t.diags) == 0 {
		t.fail(originAt(t.in.Name, 1), "Empty table", "No line names the columns of the table. The command that wrote it may have failed.")
	}
	if !ok || len(t.diags) > 0 {
		return false
	}
	t.width = len(header)
	var unknown []string
	for i, cell := range header {
		c, known := columnNames[normalized(cell)]
		switch {
		case !known:
			unknown = append(unknown, cmp.Or(strings.TrimSpace(cell), fmt.Sprintf("column %d", i+1)))
		case t.has(c):
			t.fail(at, "Column given twice", "The columns %s and %s both give the %s. Remove one of them.",
				dns.Show(header[t.columns[c]]), dns.Show(cell), c)
		default:
			t.columns[c] = i
		}
	}
	t.checkColumns(at, unknown)
	return !hasErrors(t.diags)
}

// normalized returns a column's name in the spelling of columnNames.
func normalized(cell string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(cell)))
}

// checkColumns reports missing columns as errors, and all unknown columns in one warning.
func (t *table) checkColumns(at Origin, unknown []string) {
	for _, c := range []column{columnName, columnType, columnContent} {
		if !t.has(c) {
			t.fail(at, "Missing column", "The first line has no column %q. It must name the columns name, type and content (or value), "+
				"and may name ttl, proxied, priority, comment and tags.", c)
		}
	}
	if t.in.Zone == "" && !t.has(columnZone) {
		t.fail(at, "Zone not named", "The table does not say which zone its records belong to. Name the zone, as in "+
			"cfplan import example.com -from=csv -in=FILE, or add a column zone.")
	}
	if len(unknown) > 0 {
		d := problemAt(&dns.Problem{
			Severity: dns.Warning,
			Summary:  "Columns not read",
			Detail:   fmt.Sprintf("cfplan does not know the columns %s.", english.List(shown(unknown), "and")),
		}, at)
		t.diags = append(t.diags, d)
	}

	t.silent = []dns.Attribute{dns.AttrSettings, dns.AttrPrivateRouting}
	for _, attr := range []dns.Attribute{dns.AttrProxied, dns.AttrComment, dns.AttrTags} {
		if !t.has(column(attr)) {
			t.silent = append(t.silent, attr)
		}
	}
}

// shown quotes words for a message. If there are too many, it replaces the rest by their number.
func shown(words []string) []string {
	const most = 20
	var out []string
	for _, w := range words[:min(len(words), most)] {
		out = append(out, dns.Show(w))
	}
	if more := len(words) - most; more > 0 {
		out = append(out, fmt.Sprintf("%d more", more))
	}
	return out
}

// readRow reads one row. It returns false at the end of the table.
func (t *table) readRow() bool {
	row, at, ok := t.next()
	switch {
	case !ok:
		return false
	case !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" }):
		return true // spreadsheets write empty rows below a table
	case len(row) != t.width:
		t.fail(at, "Invalid row", "The row has %s, but the first line has %d. If a cell contains %[3]q, write quotation marks around it.",
			english.Count(len(row), "cell"), t.width, string(t.rows.Comma))
		return true
	}

	r := tableRow{table: t, cells: row, at: at}
	r.read()
	return true
}

// tableRow is one row of a table.
type tableRow struct {
	*table
	cells []string
	at    Origin
}

// cell returns the text in a column without surrounding blanks, or "" if the table has no such column.
func (r tableRow) cell(c column) string { return strings.TrimSpace(r.raw(c)) }

func (r tableRow) raw(c column) string {
	if i, ok := r.columns[c]; ok {
		return r.cells[i]
	}
	return ""
}

func (r tableRow) read() {
	errs := len(r.diags)
	s := spelling{
		name:     r.cell(columnName),
		typ:      r.cell(columnType),
		content:  r.raw(columnContent),
		ttl:      r.ttl(),
		proxied:  r.proxied(),
		priority: r.priority(),
		comment:  r.raw(columnComment),
		tags:     strings.FieldsFunc(r.raw(columnTags), func(c rune) bool { return c == ',' || c == ';' }),
	}
	zone := r.zone()
	if len(r.diags) > errs {
		return
	}
	for i, tag := range s.tags {
		s.tags[i] = strings.TrimSpace(tag)
	}
	s.tags = slices.DeleteFunc(s.tags, func(tag string) bool { return tag == "" })
	r.add(zone, s, r.silent, r.at)
}

// invalid reports the cell in a column as invalid. want says what to write.
func (r tableRow) invalid(c column, want string) {
	r.fail(r.at, "Invalid cell", "The %s record at %s has %s as its %s. Write %s.",
		dns.Show(r.cell(columnType)), dns.Show(r.cell(columnName)), dns.Show(r.cell(c)), c, want)
}

// zone returns the zone of the row: from its column, or the zone that the user names.
func (r tableRow) zone() string {
	text := r.cell(columnZone)
	if text == "" && r.in.Zone != "" {
		return r.in.Zone
	}
	name, p := dns.CanonicalName(text)
	if p != nil {
		r.invalid(columnZone, "the name of the record's zone, such as example.com")
	}
	return name
}

// priority returns the priority, or nil if the cell is empty.
func (r tableRow) priority() *uint16 {
	text := r.cell(columnPriority)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		r.invalid(columnPriority, "a number from 0 to 65535, or leave the cell empty")
		return nil
	}
	priority := uint16(n)
	return &priority
}

func (r tableRow) ttl() int {
	text := r.cell(columnTTL)
	if text == "" || strings.EqualFold(text, "auto") || strings.EqualFold(text, "automatic") {
		return dns.AutoTTL
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > math.MaxInt32 {
		r.invalid(columnTTL, "seconds, such as 3600, or auto")
		return dns.AutoTTL
	}
	return n
}

func (r tableRow) proxied() bool {
	switch strings.ToLower(r.cell(columnProxied)) {
	case "true", "yes", "1", "proxied":
		return true
	case "", "false", "no", "0", "dns only":
		return false
	}
	r.invalid(columnProxied, "true or false")
	return false
}
