package lint

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
)

// fault makes a problem that stops a plan.
func fault(rule string, attr dns.Attribute, summary, format string, args ...any) *dns.Problem {
	return problem(dns.Error, rule, attr, summary, fmt.Sprintf(format, args...))
}

// caution makes a problem that does not stop a plan.
func caution(rule string, attr dns.Attribute, summary, format string, args ...any) *dns.Problem {
	return problem(dns.Warning, rule, attr, summary, fmt.Sprintf(format, args...))
}

func problem(s dns.Severity, rule string, attr dns.Attribute, summary, detail string) *dns.Problem {
	return &dns.Problem{
		Severity: s,
		Rule:     rule,
		Attr:     attr,
		Summary:  summary,
		Detail:   detail,
	}
}
