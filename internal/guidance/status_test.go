package guidance

import "testing"

// Every 401 and 403 makes the plan read-only, unless its code finds fault with the records of the request.
func TestStatus401And403AreRefusals(t *testing.T) {
	for _, e := range All() {
		for _, code := range e.Codes {
			for _, status := range []int{401, 403} {
				got := For(Failure{Status: status, Code: code, Message: "x"})
				if got.Kind == Rejected && !aboutRecords(code) {
					t.Errorf("status %d with code %d is %s, want %s", status, code, got.Kind, Refused)
				}
			}
		}
	}

	for _, code := range []int{81058, 9005, 890190} {
		if got := For(Failure{Status: 403, Code: code}); got.Kind == Refused {
			t.Errorf("status 403 with code %d is %s; the code is about a record, want another kind", code, got.Kind)
		}
	}
}

func TestExplainReturnsOneEntryForAStatus(t *testing.T) {
	for _, status := range []int{429, 502, 522} {
		if got := Explain(status); len(got) != 1 {
			t.Errorf("Explain(%d) has %d entries, want 1", status, len(got))
		}
	}
}
