package statetest

import (
	"net"
	"sync"
	"testing"
)

// Always makes a proxy cut each connection until Heal.
const Always = -1

// Proxy stands between a backend and its real server, on loopback, and can cut their connections at a given
// byte. It passes everything else on unchanged, TLS included.
type Proxy struct {
	listener net.Listener
	server   string

	mu    sync.Mutex
	conns map[*proxied]bool
	cut   cut
	done  bool
}

// cut says which connections are cut, and where.
type cut struct {
	requests, answers bool
	after             int64
	times             int // the number of connections still to cut, or Always
}

// proxied is a connection through a proxy.
type proxied struct {
	client, server net.Conn
	// requests and answers count the bytes of each direction since the last cut was set, or since the
	// connection began.
	requests, answers int64
}

// NewProxy returns a proxy in front of the server at a TCP address. It ends with the test.
func NewProxy(t testing.TB, server string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("the proxy can't listen: %v", err)
	}
	p := &Proxy{listener: l, server: server, conns: map[*proxied]bool{}}
	t.Cleanup(p.close)
	go p.accept()
	return p
}

// Addr returns the proxy's address, such as 127.0.0.1:40123.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// CutRequests cuts the next connections, as many as times says. Each is cut when n more bytes have gone to
// the server and another byte follows.
func (p *Proxy) CutRequests(n int64, times int) { p.set(cut{requests: true, after: n, times: times}) }

// CutAnswers cuts the next connections, as many as times says. Each is cut when n more bytes have gone to the
// client and another byte follows. The server has received the request.
func (p *Proxy) CutAnswers(n int64, times int) { p.set(cut{answers: true, after: n, times: times}) }

// Heal makes the proxy cut no more connections.
func (p *Proxy) Heal() { p.set(cut{}) }

func (p *Proxy) set(c cut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = c
	for conn := range p.conns {
		conn.requests, conn.answers = 0, 0
	}
}

func (p *Proxy) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = true
	_ = p.listener.Close() // an error no longer matters
	for conn := range p.conns {
		conn.close()
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // the listener is closed
		}
		go p.serve(client)
	}
}

func (p *Proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		_ = client.Close()
		return
	}

	conn := &proxied{client: client, server: server}
	p.mu.Lock()
	p.conns[conn] = true
	if p.done {
		conn.close()
	}

	p.mu.Unlock()
	var g sync.WaitGroup
	g.Go(func() { p.pass(conn, client, server, true) })
	g.Go(func() { p.pass(conn, server, client, false) })
	g.Wait()
	p.mu.Lock()
	delete(p.conns, conn)
	p.mu.Unlock()
}

// pass copies one direction until either end is closed or the connection is cut.
func (p *Proxy) pass(conn *proxied, from, to net.Conn, requests bool) {
	defer conn.close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		may, cut := p.allow(conn, requests, n)
		if _, failed := to.Write(buf[:may]); failed != nil || err != nil || cut {
			return
		}
	}
}

// allow returns how many of n bytes may pass, and whether the connection is then cut.
func (p *Proxy) allow(conn *proxied, requests bool, n int) (may int, cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()

	passed, concerned := &conn.answers, p.cut.answers
	if requests {
		passed, concerned = &conn.requests, p.cut.requests
	}

	left := p.cut.after - *passed
	if !concerned || p.cut.times == 0 || int64(n) <= left {
		*passed += int64(n)
		return n, false
	}

	if p.cut.times != Always {
		p.cut.times--
	}

	return int(max(left, 0)), true
}

func (c *proxied) close() {
	// Either may be closed already. A cut reports no error.
	_ = c.client.Close()
	_ = c.server.Close()
}
