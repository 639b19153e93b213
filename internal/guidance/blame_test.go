package guidance_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

// blaming matches texts that only a user with a bad token should see.
var blaming = regexp.MustCompile(`(?i)(token|credentials?) (itself )?(is|are|was|were|lacks?|has|have)( been)? ` +
	`(wrong|malformed|unknown|revoked|expired|the permission|a permission)|it lacks the permission|make a (new )?token`)

// faultless returns failures that another token would not fix.
func faultless() []guidance.Failure {
	var out []guidance.Failure
	for _, trouble := range []guidance.Trouble{
		guidance.UnknownHost, guidance.NoConnection, guidance.BadProxy, guidance.BadCertificate, guidance.TooSlow,
		guidance.Cancelled, guidance.Network, guidance.NotTheAPI, guidance.TooLarge, guidance.Changing, guidance.NoReason,
		guidance.EdgeChallenge, guidance.EdgeError, guidance.ForeignRefusal, guidance.Limited,
	} {
		out = append(out, guidance.Failure{Trouble: trouble, Status: 403})
	}

	for _, number := range []int{1006, 1007, 1008, 1009, 1010, 1015, 1020} {
		out = append(out, guidance.Failure{Trouble: guidance.EdgeBlock, Status: 403, Code: number})
	}

	for _, status := range []int{429, 500, 502, 503, 520, 522, 530} {
		out = append(out, guidance.Failure{Status: status}, guidance.Failure{Status: status, Code: 10000})
	}

	for _, code := range []int{
		7003, 7000, 9207, 9106, 1038, 81044, 81045, 81053, 81055, 81057, 9003, 9008, 9015, 9021, 9051, 9100, 9101,
		9300, 9313, 83011, 89018, 890190,
	} {
		out = append(out, guidance.Failure{Status: 400, Code: code}, guidance.Failure{Status: 403, Code: code})
	}

	return append(out, guidance.Failure{Status: 403, Code: 10000, Needs: guidance.DNSWrite,
		Message: "PUT method not allowed for the api_token authentication scheme"})
}

func TestTokenIsBlamedOnlyIfItIsAtFault(t *testing.T) {
	const oddity = "The token has only 12 characters."
	for _, f := range faultless() {
		f.Seen = []string{oddity}
		e := guidance.For(f)
		name := fmt.Sprintf("%s %d/%d %q", f.Trouble, f.Status, f.Code, e.Title)
		if slices.Contains(e.Causes, oddity) {
			t.Errorf("%s: Failure.Seen is given as a cause: %q", name, e.Causes)
		}

		for _, text := range slices.Concat([]string{e.Title, e.Meaning}, e.Causes, e.Steps) {
			if blaming.MatchString(text) || strings.Contains(text, "permissionGroupKeys") {
				t.Errorf("%s blames the token: %s", name, text)
			}
		}
	}
}

// The test above can fail only if blaming matches the texts for a bad token.
func TestBlamingMatchesTextsForABadToken(t *testing.T) {
	for _, f := range []guidance.Failure{
		{Status: 403, Code: 9109, Message: "Invalid access token"}, {Status: 403, Code: 10000, Needs: guidance.DNSRead},
		{Status: 401, Code: 1000}, {Status: 403},
	} {
		e := guidance.For(f)
		if all := strings.Join(slices.Concat(e.Causes, e.Steps), "\n"); !blaming.MatchString(all) {
			t.Errorf("%+v: blaming does not match:\n%s", f, all)
		}
	}
}
