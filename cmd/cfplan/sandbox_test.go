package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"

	mdns "github.com/miekg/dns"
)

// line waits for a line with this start, and returns the rest of it.
func line(t *testing.T, s *bufio.Scanner, start string) string {
	t.Helper()
	for s.Scan() {
		if rest, found := strings.CutPrefix(strings.TrimSpace(s.Text()), start); found {
			return rest
		}
	}
	t.Fatalf("the output ends without %q", start)
	return ""
}

func TestSandboxAnswersDNSOnRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"sandbox", "-listen=127.0.0.1:0", "-dns-listen=127.0.0.1:0"}, streams{strings.NewReader(""), in, in}, nil)
		_ = in.Close()
	}()
	said := bufio.NewScanner(out)
	address := line(t, said, "export CFPLAN_NAMESERVERS=")
	line(t, said, "Stop it with Ctrl-C")
	for _, network := range []string{"udp", "tcp"} {
		a, _, err := (&mdns.Client{Net: network}).Exchange(new(mdns.Msg).SetQuestion("api.example.com.", mdns.TypeA), address)
		if err != nil || len(a.Answer) != 1 || !strings.HasSuffix(a.Answer[0].String(), "198.51.100.20") {
			t.Errorf("over %s: %v (%v), want 198.51.100.20", network, a, err)
		}
	}
	cancel()
	if code := <-ended; code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if conn, err := net.Dial("tcp", address); err == nil {
		_ = conn.Close()
		t.Errorf("%s still takes connections", address)
	}
}

func TestSandboxNamesTheAddressItCannotListenOn(t *testing.T) {
	for _, flag := range []string{"-listen", "-dns-listen"} {
		var out, errs strings.Builder
		code := run(t.Context(), []string{"sandbox", "-listen=127.0.0.1:0", flag + "=127.0.0.1:nowhere"}, streams{strings.NewReader(""), &out, &errs}, nil)
		if code != exitError || !strings.Contains(errs.String(), "another address with "+flag+".") {
			t.Errorf("%s: exit code %d, want 1 and the name of the flag:\n%s", flag, code, errs.String())
		}
	}
}
