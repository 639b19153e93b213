package encrypted_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestBigStates(t *testing.T) {
	if raceDetector {
		t.Skip("with the race detector this takes a minute and twice the memory; .ci/run does it without")
	}
	k := newKey(t)
	statetest.Big(t, open(t, newPath(t), identity(k), k.public))
}
