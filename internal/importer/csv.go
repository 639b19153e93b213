package importer

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// column is a column of a table by the name that cfplan has for it.
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

// columnNames has what the columns are called in headers: the names that cfplan promises, and those of the
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

// table is a CSV file being read.
type table struct {
	gathering
	in   Input
	rows *csv.Reader
	// columns has the index of each column in a row, and width is the number of cells of a row.
	columns map[column]int
	width   int
	// silent are the attributes for which there is no column.
	silent []dns.Attribute
}

// readCSV reads a table with one record a row. Its names are those of the user's zone, unless it has a column
// with the zone.
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
	text := bytes.TrimPrefix(in.Text, []byte("\ufeff"))
	t := &table{in: in, rows: csv.NewReader(bytes.NewReader(text)), columns: map[column]int{}}
	t.rows.Comma = delimiter(text)
	t.rows.FieldsPerRecord = -1 // readRow says which one is wrong
	t.rows.ReuseRecord = true
	return t
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

// next returns the next row with its place. A row that cannot be read is an error; ok is false at the end.
func (t *table) next() (row []string, at Origin, ok bool) {
	for !t.full(t.in) {
		row, err := t.rows.Read()
		if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
			t.broken(broken)
			continue
		}
		if err != nil { // io.EOF: no other error comes of a text
			return nil, at, false
		}
		line, _ := t.rows.FieldPos(0)
		return row, originAt(t.in.Name, line), true
	}
	return nil, at, false
}

// broken reports a row whose quotation marks are wrong.
func (t *table) broken(err *csv.ParseError) {
	why := "There is a quotation mark inside of a cell without quotation marks around it."
	if errors.Is(err, csv.ErrQuote) {
		why = "The quotation mark at the beginning of a cell is not closed, or text follows the closing one."
	}
	t.fail(originAt(t.in.Name, err.StartLine), "Invalid row",
		"%s Write quotation marks around the whole cell, and each one inside of it twice.", why)
}

// readHeader finds the columns. It reports whether rows can be read.
func (t *table) readHeader() bool {
	header, at, ok := t.next()
	if !ok || len(t.diags) > 0 {
		return false
	}
	t.width = len(header)
	var unknown []string
	for i, cell := range header {
		c, known := columnNames[normalised(cell)]
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

// normalised returns a name of a column as columnNames has it.
func normalised(cell string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(cell)))
}

// checkColumns reports what is missing, and once what is not read.
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

// shown quotes words for a message, and counts those that are too many.
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

// readRow reads one record. It returns false at the end of the table.
func (t *table) readRow() bool {
	row, at, ok := t.next()
	switch {
	case !ok:
		return false
	case !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" }):
		return true // spreadsheets write the empty rows below a table
	case len(row) != t.width:
		t.fail(at, "Invalid row", "The row has %s, but the first line has %d. If a cell contains %[3]q, write quotation marks around it.",
			english.Count(len(row), "cell"), t.width, string(t.rows.Comma))
		return true
	}

	r := tableRow{table: t, cells: row, at: at}
	r.read()
	return true
}

// tableRow is one row.
type tableRow struct {
	*table
	cells []string
	at    Origin
}

// cell returns the text in a column without blanks around it, or "" if there is no such column.
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

// invalid reports a cell.
func (r tableRow) invalid(c column, want string) {
	r.fail(r.at, "Invalid cell", "The %s record at %s has %s as its %s. Write %s.",
		dns.Show(r.cell(columnType)), dns.Show(r.cell(columnName)), dns.Show(r.cell(c)), c, want)
}

// zone returns the zone of the row: that of its column, or the user's.
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

// priority returns nil if the cell is empty.
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
