package encrypted_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestBigStates(t *testing.T) {
	k := newKey(t)
	statetest.Big(t, open(t, newPath(t), identity(k), k.public))
}
