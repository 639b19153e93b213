package importer

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestCSVReadsRows(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
		left []string
	}{
		"names": {
			text: "name,type,content\nwww,A,192.0.2.1\nWWW2.Example.com,A,192.0.2.1\nw3.example.com.,a,192.0.2.1\n@,A,192.0.2.1\n,AAAA,2001:DB8::0:1\n" +
				"*,A,192.0.2.1\nmünchen,A,192.0.2.1\nwww.example.org.,A,192.0.2.1\n",
			want: []string{"www 1 A 192.0.2.1", "www2 1 A 192.0.2.1", "w3 1 A 192.0.2.1", "@ 1 A 192.0.2.1", "@ 1 AAAA 2001:db8::1",
				"* 1 A 192.0.2.1", "xn--mnchen-3ya 1 A 192.0.2.1"},
			left: []string{"9 www.example.org. A: its name is outside of the zone"},
		},
		"columns in any case and order": {
			text: "TTL,Record Type,HOST-NAME,Value\n300,A,www,192.0.2.1\n", want: []string{"www 300 A 192.0.2.1"},
		},
		"semicolons, a byte order mark and CRLF": {
			text: "\ufeffname;type;content;comment\r\n\"www\";A;192.0.2.1;a, b\r\n", want: []string{`www 1 A 192.0.2.1 comment="a, b"`},
		},
		"a line that names the delimiter": {
			text: "\ufeffsep=;\r\nname;type;content;comment\r\nwww;A;192.0.2.1;\"a;b,c,d,e\"\r\n", want: []string{`www 1 A 192.0.2.1 comment="a;b,c,d,e"`},
		},
		"a line that names the delimiter in a table that looks like a zone file": {
			text: "SEP=\t\nname\ttype\tcontent\nwww\tA\t192.0.2.1\n@\tSOA\tns1.example.net hostmaster.example.net 1 2 3 4 5\n",
			want: []string{"www 1 A 192.0.2.1"},
			left: []string{"4 @ SOA: Cloudflare answers for the zone's own SOA"},
		},
		"tabs": {text: "name\ttype\tcontent\tttl\nwww\tA\t192.0.2.1\t\n", want: []string{"www 1 A 192.0.2.1"}},
		"TTLs": {
			text: "name,type,content,ttl\na,A,192.0.2.1,\nb,A,192.0.2.1,auto\nc,A,192.0.2.1,Auto\nd,A,192.0.2.1,1\ne,A,192.0.2.1, 3600 \nf,A,192.0.2.1,20\ng,A,192.0.2.1,0\nh,A,192.0.2.1,99999999\n",
			want: []string{"a 1 A 192.0.2.1", "b 1 A 192.0.2.1", "c 1 A 192.0.2.1", "d 1 A 192.0.2.1", "e 3600 A 192.0.2.1", "f 60 A 192.0.2.1",
				"g 60 A 192.0.2.1", "h 86400 A 192.0.2.1"},
		},
		"proxied": {
			text: "name,type,content,ttl,proxied\na,A,192.0.2.1,300,TRUE\nb,A,192.0.2.1,300,yes\nc,A,192.0.2.1,300,1\nd,A,192.0.2.1,300,no\ne,A,192.0.2.1,300,\nf,A,192.0.2.1,300,False\n",
			want: []string{"a 1 A 192.0.2.1 proxied", "b 1 A 192.0.2.1 proxied", "c 1 A 192.0.2.1 proxied", "d 300 A 192.0.2.1",
				"e 300 A 192.0.2.1", "f 300 A 192.0.2.1"},
		},
		"priorities": {
			text: "name,type,content,priority\n@,MX,mx1.example.net,0\n@,MX,10 mx2.example.net.,\n@,MX,20 mx3.example.net,20\n_s._tcp,SRV,0 5060 sip.example.net,0\n_t._tcp,SRV,1 2 3 sip.example.net.,\nwww,A,192.0.2.1,0\nu,URI,\"1 \"\"https://example.com/\"\"\",10\n",
			want: []string{"@ 1 MX 0 mx1.example.net", "@ 1 MX 10 mx2.example.net", "@ 1 MX 20 mx3.example.net", "_s._tcp 1 SRV 0 0 5060 sip.example.net",
				"_t._tcp 1 SRV 1 2 3 sip.example.net", "www 1 A 192.0.2.1", `u 1 URI 10 1 "https://example.com/"`},
		},
		"texts": {
			text: "name,type,content\na,TXT,v=spf1 -all\nb,TXT,\"\"\"one \"\" \"\"two\"\"\"\nc,TXT,\"a \"\"b\"\" c\"\nd,TXT,\"line\nbreak\"\ne,TXT, two blanks  \nf,TXT,=SUM(A1)\ng,TXT,@x\nh,TXT,a\\b;${c}\n",
			want: []string{`a 1 TXT "v=spf1 -all"`, `b 1 TXT "one two"`, `c 1 TXT "a \"b\" c"`, `d 1 TXT "line\010break"`, `e 1 TXT " two blanks  "`,
				`f 1 TXT "=SUM(A1)"`, `g 1 TXT "@x"`, `h 1 TXT "a\\b;${c}"`},
		},
		"tags": {
			text: "name;type;content;tags\na;A;192.0.2.1;\"Team:web; env:prod\"\nb;A;192.0.2.1;team:web,b\nc;A;192.0.2.1;\nd;A;192.0.2.1;\" ; ,\"\n",
			want: []string{`a 1 A 192.0.2.1 tags=["env:prod" "team:web"]`, `b 1 A 192.0.2.1 tags=["b" "team:web"]`, "c 1 A 192.0.2.1", "d 1 A 192.0.2.1"},
		},
		"left out": {
			text: "name,type,content\n@,SOA,a. b. 1 2 3 4 5\n@,NS,ns1.example.net\nsub,NS,ns1.example.net\nx,ALIAS,y.example.net\ny,URL301,https://example.net\n,,\n",
			want: []string{"sub 1 NS ns1.example.net"},
			left: []string{"2 @ SOA: Cloudflare answers for the zone's own SOA", "3 @ NS: Cloudflare answers for the zone's own NS",
				"5 x ALIAS: Cloudflare has no records of this type", "6 y URL301: Cloudflare has no records of this type"},
		},
		"repeated": {
			text: "name,type,content,ttl\na,A,192.0.2.1,300\nA.example.com,A,192.0.2.1,300\na,A,192.0.2.1,600\n",
			want: []string{"a 300 A 192.0.2.1"},
			left: []string{"4 a A: it repeats the record of line 2 and differs in ttl"},
		},
		"spreadsheets": {
			text: "\nname,type,content,,\nwww,A,192.0.2.1,,\n,,,,\n,,,,\n", want: []string{"www 1 A 192.0.2.1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			z := readGood(t, CSV, tt.text)
			if diff := cmp.Diff(tt.want, briefs(z)); diff != "" {
				t.Errorf("records (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.left, briefLeft(z)); diff != "" {
				t.Errorf("left out (-want +got)\n%s", diff)
			}
		})
	}
}

func TestCSVIsSilentOnAttributesWithoutAColumn(t *testing.T) {
	none := readGood(t, CSV, "name,type,content\na,A,192.0.2.1\n").Records[0].Silent
	want := []dns.Attribute{dns.AttrSettings, dns.AttrPrivateRouting, dns.AttrProxied, dns.AttrComment, dns.AttrTags}
	if !slices.Equal(none, want) {
		t.Errorf("without the columns, silent = %v, want %v", none, want)
	}
	all := readGood(t, CSV, "name,type,content,proxied,comment,tags\na,A,192.0.2.1,,,\n").Records[0].Silent
	if !slices.Equal(all, want[:2]) {
		t.Errorf("with the columns, silent = %v, want %v", all, want[:2])
	}
}

// Each want is a line number and words of an error.
func TestCSVReportsAllMistakesWithTheirLines(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"missing columns": {"name,ttl\nwww,300\n", []string{`1 no column "type"`, `1 no column "content"`}},
		"no header":       {"sep=;\r\n", []string{"1 No line names the columns"}},
		"a column twice":  {"name,type,content,value\nwww,A,192.0.2.1,192.0.2.1\n", []string{`1 The columns "content" and "value" both give the content`}},
		"too few cells and too many": {
			"name,type,content,ttl\nwww,A,192.0.2.1\nx,A,192.0.2.1,300\ny,TXT,a,b,300\n",
			[]string{"2 has 3 cells, but the first line has 4", "4 has 5 cells"},
		},
		"an unclosed quotation mark": {"name,type,content\na,TXT,\"x\nb,A,192.0.2.1\n", []string{"2 not closed"}},
		"a quotation mark inside":    {"name,type,content\na,TXT,x\"y\nb,A,192.0.2.300\n", []string{"2 inside of a cell", "3 192.0.2.300"}},
		"cells": {
			"name,type,content,ttl,proxied,priority\na,A,192.0.2.1,1h,maybe,70000\nb,A,192.0.2.1,-1,,\nc,MX,mx.example.net,,,\nd,A,192.0.2.1,9999999999,,\n",
			[]string{`2 "1h" as its ttl`, `2 "maybe" as its proxied`, `2 "70000" as its priority`, `3 "-1" as its ttl`, "4 needs a priority", `5 "9999999999"`},
		},
		"Latin-1": {"name,type,content\na,A,192.0.2.1\nb,TXT,\xe9\n", []string{"3 bytes that are not UTF-8"}},
		"values and names": {
			"name,type,content\na,A,www.example.com\nb..c,A,192.0.2.1\nd,,192.0.2.1\ne,CNAME,https://x.example/\nf,TXT,\n",
			[]string{`2 The "A" record at "a"`, `3 The "A" record at "b..c"`, "4 no record type", "5 example", "6 empty"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := readText(CSV, "example.com", tt.text)
			if len(diags) != len(tt.want) {
				t.Fatalf("%d diagnostics, want %d:%s", len(diags), len(tt.want), spelledOut(diags))
			}
			for i, d := range diags {
				line, words, _ := strings.Cut(tt.want[i], " ")
				at := 0
				if d.Position != nil {
					at = d.Position.Line
				}
				if strconv.Itoa(at) != line || !strings.Contains(d.Detail, words) {
					t.Errorf("diagnostic %d: %s\nwant line %s and %q", i, spelledOut(diags[i:i+1]), line, words)
				}
			}
		})
	}
}

func TestCSVUnknownColumnsAreAWarning(t *testing.T) {
	src, diags := readText(CSV, "example.com", "name,type,content,owner,\x1b[31m\nwww,A,192.0.2.1,me,x\n")
	if hasErrors(diags) || len(diags) != 1 || !strings.Contains(diags[0].Detail, `"owner" and "\x1b[31m"`) || len(src.Zones[0].Records) != 1 {
		t.Errorf("diagnostics: %s, want one warning that names the columns", spelledOut(diags))
	}
}

// The records belong to the zone that the user names, unless the table has a column for the zone.
func TestCSVTakesTheZoneFromItsColumnOrTheUser(t *testing.T) {
	if _, diags := readText(CSV, "", "name,type,content\nwww,A,192.0.2.1\n"); !strings.Contains(spelledOut(diags), "add a column zone") {
		t.Errorf("without a zone: %s, want the advice to add a column zone", spelledOut(diags))
	}
	const several = "zone,name,type,content\nexample.org,www,A,192.0.2.1\nExample.com.,@,A,192.0.2.2\nexample.org,@,A,192.0.2.3\n"
	src, diags := readText(CSV, "", several)
	if hasErrors(diags) || len(src.Zones) != 2 || len(src.Zones[1].Records) != 2 || src.Zones[1].Records[0].Record.Name != "www.example.org" {
		t.Errorf("zones = %+v, %s; want two zones, the second with www.example.org first", src, spelledOut(diags))
	}
	if _, diags := readText(CSV, "example.net", several); !strings.Contains(spelledOut(diags), `It has records of "example.com", "example.org"`) {
		t.Errorf("for a zone that the table lacks: %s, want an error that lists the zones it has", spelledOut(diags))
	}
}

func TestCSVLimitsRecordsAndProblems(t *testing.T) {
	bad := "name,type,content\n" + strings.Repeat("a,A,x\n", mostProblems+100)
	_, diags := readText(CSV, "example.com", bad)
	if n := len(diags); n > mostProblems+2 || diags[n-1].Summary != "Too many problems" {
		t.Errorf("%d diagnostics, the last one %+v; want at most %d, the last one about too many problems", n, diags[n-1], mostProblems+2)
	}
	g := gathering{taken: mostRecords + 1}
	if !g.full(Input{Name: "in.dat"}) || !strings.Contains(spelledOut(g.diags), "more than 500000 records") {
		t.Errorf("full with %d records: %s, want an error about too many records", g.taken, spelledOut(g.diags))
	}
}

func TestCSVRoundTrip(t *testing.T) {
	keep := func(r dns.Record) dns.Record {
		kept := plain(r)
		kept.Proxied, kept.Comment, kept.Tags = r.Proxied, r.Comment, r.Tags
		kept.Comment = strings.ReplaceAll(kept.Comment, "\x00", "") // a NUL cannot be in a text file
		return kept
	}
	checkRoundTrip(t, CSV, keep, func(z dns.Zone) string {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		_ = w.Write([]string{"zone", "name", "type", "value", "ttl", "proxied", "comment", "tags"})
		for _, r := range z.Records {
			_ = w.Write([]string{z.Name, r.Name, string(r.Type), inPresentation(r), fmt.Sprint(r.TTL), fmt.Sprint(r.Proxied), r.Comment,
				strings.Join(r.Tags, ";")})
		}
		w.Flush()
		return b.String()
	})
}
