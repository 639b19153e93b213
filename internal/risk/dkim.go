package risk

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/plan"
)

// movesDKIM reports whether the change gives verifiers another answer when they look up a key.
func movesDKIM(c plan.Change) bool {
	return lint.DKIMSelector(c.Name) && (c.Type == dns.TXT || c.Type == dns.CNAME) && moves(c)
}

// revoked reports whether a text is a DKIM record with an empty key.
func revoked(text string) bool {
	key, ok := lint.DKIMKey(text)
	return ok && key == ""
}

func removedDKIM(s *scene, c plan.Change) string {
	had := c.Before != nil && !revoked(text(c.Type, c.Before))
	gone := c.Action == plan.Destroy && !s.after.at(c.Name).has(dns.TXT, dns.CNAME)
	if !movesDKIM(c) || !had || !gone && !revoked(text(c.Type, c.After)) {
		return ""
	}
	return fmt.Sprintf("Signatures with the key %s are no longer valid.", c.Name)
}

func otherDKIM(s *scene, c plan.Change) string {
	before, after := text(c.Type, c.Before), text(c.Type, c.After)
	if !movesDKIM(c) || !s.removes(c) || removedDKIM(s, c) != "" || revoked(before) {
		return ""
	}

	oldKey, _ := lint.DKIMKey(before)
	if newKey, ok := lint.DKIMKey(after); ok && newKey == oldKey {
		return "" // the same key with other tags
	}
	return fmt.Sprintf("Signatures with the current key of %s are no longer valid.", c.Name)
}
