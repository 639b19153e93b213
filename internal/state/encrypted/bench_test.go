package encrypted_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// BenchmarkReadAndWrite measures one update of a state of 100,000 records, in the clear and encrypted for a
// key.
func BenchmarkReadAndWrite(b *testing.B) {
	st := state.New()
	z := st.EnsureZone("example.com", "1")
	for i := range 100_000 {
		z.Owned[fmt.Sprintf("%032x", i)] = state.Owned{
			Address: fmt.Sprintf("example.com/A/host-%d", i),
			Name:    fmt.Sprintf("host-%d.example.com", i),
			Type:    dns.A,
		}
	}

	k := newKey(b)
	plain, sealed := newPath(b), newPath(b)
	for name, backend := range map[string]state.Backend{"clear": local.New(plain),
		"encrypted": open(b, sealed, identity(k), k.public)} {
		s := state.Open(backend)
		fresh := *st
		if err := s.Replace(context.Background(), &fresh); err != nil {
			b.Fatal(err)
		}

		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Update(context.Background(), func(*state.State) (bool, error) { return true, nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}

	b.Logf("%d bytes in the clear, %d encrypted", len(content(b, plain)), len(content(b, sealed)))
}
