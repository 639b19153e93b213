package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	mdns "github.com/miekg/dns"
)

// portTries is the number of attempts to find a port that is free for both UDP and TCP. Usually, the first
// attempt succeeds.
const portTries = 20

// Listen answers queries over UDP and TCP on one address until the context ends or Close is called. It
// returns the address as soon as it listens. It replaces port 0 by a port that is free for both transports.
func (n *NameServer) Listen(ctx context.Context, address string) (string, error) {
	udp, tcp, err := bind(address)
	if err != nil {
		return "", err
	}

	l := &listener{}
	for _, server := range []*mdns.Server{{PacketConn: udp}, {Listener: tcp}} {
		server.Handler, server.UDPSize = n, mdns.DefaultMsgSize
		l.start(server)
	}

	n.listening.Lock()
	n.listeners = append(n.listeners, l)
	n.listening.Unlock()
	l.forget = context.AfterFunc(ctx, func() { _ = l.close() })
	return tcp.Addr().String(), nil
}

// Close stops listening and waits for queries that are being answered. It returns the errors that the sockets
// had while they were in use.
func (n *NameServer) Close() error {
	n.listening.Lock()
	defer n.listening.Unlock()
	var errs []error
	for _, l := range n.listeners {
		l.forget()
		errs = append(errs, l.close())
	}
	n.listeners = nil
	return errors.Join(errs...)
}

// bind opens a UDP and a TCP socket on one address.
func bind(address string) (net.PacketConn, net.Listener, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, nil, fmt.Errorf("name server: %w", err)
	}

	tries := 1
	if port == "0" {
		tries = portTries
	}

	for range tries {
		udp, tcp, tryErr := bindOnce(address)
		if tryErr == nil {
			return udp, tcp, nil
		}
		err = tryErr
	}

	return nil, nil, fmt.Errorf("name server: %w", err)
}

func bindOnce(address string) (net.PacketConn, net.Listener, error) {
	udp, err := net.ListenPacket("udp", address)
	if err != nil {
		return nil, nil, err
	}
	tcp, err := net.Listen("tcp", udp.LocalAddr().String())
	if err != nil {
		return nil, nil, errors.Join(err, udp.Close())
	}
	return udp, tcp, nil
}

// listener is a pair of servers on one address.
type listener struct {
	servers []*mdns.Server
	ended   sync.WaitGroup
	forget  func() bool // stops waiting for the end of the context
	once    sync.Once

	mu  sync.Mutex
	err error
}

// start serves in the background. It returns as soon as the server has started or failed, because only then
// can it be shut down.
func (l *listener) start(server *mdns.Server) {
	ready := make(chan struct{})
	server.NotifyStartedFunc = func() { close(ready) }
	failed := make(chan struct{})
	l.ended.Go(func() {
		if err := server.ActivateAndServe(); err != nil {
			l.fail(err)
		}
		close(failed)
	})

	select {
	case <-ready:
	case <-failed:
	}

	l.servers = append(l.servers, server)
}

func (l *listener) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = errors.Join(l.err, err)
}

// close ends both servers and waits for them. A server that has already failed cannot be shut down, so
// close ignores that error.
func (l *listener) close() error {
	l.once.Do(func() {
		for _, s := range l.servers {
			_ = s.Shutdown()
		}
		l.ended.Wait()
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
