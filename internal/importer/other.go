package importer

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/plan"
)

// form is a kind of text that cfplan recognizes.
type form struct {
	// name is a noun with its article.
	name string
	// kinds are the formats that read it; empty if none does.
	kinds []Kind
	// advice says what to do instead, in sentences. If it is empty, the advice of the wanted format applies.
	advice string
}

// formats has, for each format, the form that it reads and the advice how to get a file of that form.
var formats = map[Kind]form{
	Terraform: {
		name:   "a Terraform state",
		advice: "Write the state into a file with terraform state pull (or tofu state pull), or pipe it to -in=-.",
	},
	OctoDNS: {
		name:   "a zone in octoDNS's YAML",
		advice: "Name the zone's YAML file, or its directory if the zone is split.",
	},
	DNSControl: {
		name:   "the output of dnscontrol print-ir",
		advice: "Write it into a file with dnscontrol print-ir --out FILE.",
	},
	Route53: {
		name:   "the output of aws route53 list-resource-record-sets",
		advice: "Write it into a file with aws route53 list-resource-record-sets --hosted-zone-id ID --output json.",
	},
	Cloudflare: {
		name:   "Cloudflare's list of DNS records",
		advice: "Save the answers to GET /zones/ZONE_ID/dns_records, all pages one after the other.",
	},
	CSV: {
		name:   "a CSV table",
		advice: "Save the table as CSV, with a first line that names the columns: name, type, content.",
	},
	BIND: {
		name:   "a zone file",
		advice: "Export the zone from the old provider as a zone file (BIND format).",
	},
}

// otherKind returns an error if a source is clearly not of the wanted format: a directory, an empty file, a
// web page, or a file of another tool. It leaves a text that it does not recognize to the format's reader.
func otherKind(in Input, want Kind) (plan.Diagnostic, bool) {
	if in.IsDir {
		return failure("Not a file", "%s is a directory. -from=%s reads one file.", dns.Show(in.Name), want), want != OctoDNS
	}
	f := recognize(in.Text)
	if f.name == "" || slices.Contains(f.kinds, want) {
		return notText(in, want)
	}

	advice := f.advice
	switch {
	case len(f.kinds) == 1:
		advice = fmt.Sprintf("Read it with -from=%s.", f.kinds[0])
	case advice == "":
		advice = formats[want].advice
	}
	return failure("Wrong kind of file", "%s is %s, not %s. %s", dns.Show(in.Name), f.name, formats[want].name, advice), true
}

// notText returns an error if a text is not UTF-8. A zone file may have any bytes in its texts.
func notText(in Input, want Kind) (plan.Diagnostic, bool) {
	if err := files.CheckText(string(in.Text)); err != nil {
		return failure("Not a text", "%s cannot be read: %v.", dns.Show(in.Name), err), true
	}
	if want == BIND {
		return plan.Diagnostic{}, false
	}
	return notUTF8(in)
}

// mostRecognized is the number of bytes at the beginning of a text by which it is recognized.
const mostRecognized = 64 << 10

// recognize returns the form of a text, judged by its beginning. The form has no name if the text is not
// recognized.
func recognize(text []byte) form {
	text = text[:min(len(text), mostRecognized)]
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	if f := recognizeBytes(text, trimmed); f.name != "" {
		return f
	}
	switch trimmed[0] {
	case '<':
		return form{name: "a web page or XML", advice: "Was it downloaded without being logged in?"}
	case '{', '[':
		return recognizeJSON(trimmed)
	}
	return recognizeLines(string(trimmed))
}

// recognizeBytes recognizes an empty file, and files that are not text.
func recognizeBytes(text, trimmed []byte) form {
	switch {
	case len(trimmed) == 0:
		return form{name: "empty", advice: "The command that wrote it may have failed."}
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		return form{name: "a zip archive, such as a spreadsheet", advice: "Save the table as CSV, or unpack the archive."}
	case bytes.HasPrefix(text, []byte("\x1f\x8b")):
		return form{name: "compressed with gzip", advice: "Unpack it first."}
	case bytes.HasPrefix(trimmed, []byte("age-encryption.org/")),
		bytes.HasPrefix(trimmed, []byte("-----BEGIN AGE ENCRYPTED FILE")):
		return form{name: "encrypted with age", advice: "Decrypt it first, with age --decrypt."}
	}
	return form{}
}

// jsonMarks are the members by which JSON documents are recognized, the most specific first. A record's value
// cannot contain one of them, because a quotation mark in a JSON string has a backslash before it.
var jsonMarks = []struct {
	members []string
	form    form
}{
	{[]string{`"encrypted_data"`}, form{
		name:   "an encrypted OpenTofu state",
		advice: "Write it decrypted with tofu state pull.",
	}},
	{[]string{`"planned_values"`}, form{
		name:   "a Terraform plan",
		advice: "Write the state instead: terraform state pull.",
	}},
	{[]string{`"cfplan_version"`}, form{name: "a plan or state of cfplan"}},
	{[]string{`"terraform_version"`}, form{name: "a Terraform state", kinds: []Kind{Terraform}}},
	{[]string{`"format_version"`, `"root_module"`}, form{name: "a Terraform state", kinds: []Kind{Terraform}}},
	{[]string{`"ResourceRecordSets"`}, form{name: formats[Route53].name, kinds: []Kind{Route53}}},
	{[]string{`"HostedZones"`}, form{
		name:   "AWS's list of hosted zones",
		advice: formats[Route53].advice,
	}},
	{[]string{`"dns_providers"`}, form{name: formats[DNSControl].name, kinds: []Kind{DNSControl}}},
	{[]string{`"result_info"`}, form{name: "an answer of Cloudflare's API", kinds: []Kind{Cloudflare}}},
	{[]string{`"success"`, `"errors"`}, form{name: "an answer of Cloudflare's API", kinds: []Kind{Cloudflare}}},
}

func recognizeJSON(text []byte) form {
	for _, mark := range jsonMarks {
		if containsAll(text, mark.members) {
			return mark.form
		}
	}
	return form{name: "JSON", kinds: []Kind{Terraform, OctoDNS, DNSControl, Route53, Cloudflare}}
}

func containsAll(text []byte, members []string) bool {
	return !slices.ContainsFunc(members, func(m string) bool { return !bytes.Contains(text, []byte(m)) })
}

var (
	zoneFileLine = regexp.MustCompile(`(?im)^\$(ORIGIN|TTL|INCLUDE|GENERATE)[ \t]|[ \t]SOA[ \t]+[^ \t\n]+[ \t]`)
	hclLine      = regexp.MustCompile(`(?m)^[ \t]*` +
		`(resource|data|terraform|provider|variable|module|locals|removed|zone|record)\b[ \t\w"-]*\{[ \t]*\r?$`)
	scriptLine = regexp.MustCompile(`(?m)^[ \t]*(D|D_EXTEND)\(|\bNew(Registrar|DnsProvider)\(`)
	yamlLine   = regexp.MustCompile(`^(---|[^\s:,;|]+:|'[^']*':|"[^"]*":)([ \t]*\r?\n|[ \t]+[^\s])`)
)

// recognizeLines recognizes forms that consist of lines: CSV, zone files, HCL and YAML.
func recognizeLines(text string) form {
	text = text[len(delimiterLine.FindString(text)):]
	first, _, _ := strings.Cut(text, "\n")
	switch {
	case isHeader(first):
		return form{name: "a CSV table", kinds: []Kind{CSV}}
	case zoneFileLine.MatchString(text):
		return form{name: "a zone file", kinds: []Kind{BIND}}
	case hclLine.MatchString(text):
		return form{
			name: "a configuration in HCL",
			advice: "Terraform keeps the records that it created in its state: write the state " +
				"with terraform state pull, and read it with -from=terraform.",
		}
	case scriptLine.MatchString(text):
		return form{name: "a dnsconfig.js", advice: formats[DNSControl].advice}
	case yamlLine.MatchString(withoutComments(text)):
		return form{name: "YAML", kinds: []Kind{OctoDNS}}
	}
	return form{}
}

// isHeader reports whether a line names the columns of a table.
func isHeader(line string) bool {
	cells := strings.FieldsFunc(strings.ToLower(line), func(r rune) bool { return strings.ContainsRune(",;\t\r\" ", r) })
	return len(cells) > 1 && strings.ContainsAny(line, ",;\t") && slices.Contains(cells, "type") && slices.Contains(cells, "name")
}

// withoutComments removes empty lines and YAML comments from the beginning of a text.
func withoutComments(text string) string {
	for {
		line, rest, more := strings.Cut(text, "\n")
		line = strings.TrimSpace(line)
		if !more || line != "" && !strings.HasPrefix(line, "#") {
			return text
		}
		text = rest
	}
}
