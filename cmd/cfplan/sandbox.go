package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// sandboxToken has the form of a token. The sandbox accepts every token unless its seed file lists
// some.
const sandboxToken = "sandbox-token-that-belongs-to-no-account"

type sandboxOptions struct {
	listen, dnsListen, seed string
}

func sandboxCommand(s *services) *cobra.Command {
	o := &sandboxOptions{}
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Run a local Cloudflare DNS API for trying things out",
		Long: `Serves Cloudflare's DNS API from memory, with realistic sample zones: example.com
(Free plan), example.org (Pro) and example.net (Enterprise). It refuses what
Cloudflare refuses, and fails in other ways on request: GET /_sandbox/ lists them.
With -dns-listen it also answers DNS queries for its zones, as Cloudflare's name
servers would. It forgets everything when it ends.`,
		Example: `  cfplan sandbox
  cfplan sandbox -listen=127.0.0.1:9000 -seed=zones.json
  cfplan sandbox -dns-listen=127.0.0.1:5300`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), s) },
	}
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8787",
		"the `ADDRESS` to listen on; with port 0, on a free port")
	c.Flags().StringVar(&o.dnsListen, "dns-listen", "",
		"also answer DNS queries on this `ADDRESS`, over UDP and TCP")
	c.Flags().StringVar(&o.seed, "seed", "", "a JSON `FILE` with the first zones, records and tokens")
	return c
}

func (o *sandboxOptions) run(ctx context.Context, s *services) error {
	seed, err := readSeed(s.dir, o.seed)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return failure("Sandbox could not start", "%v. Choose another address with -listen.", err)
	}
	defer func() { _ = listener.Close() }()
	api := sandbox.New(sandbox.Options{Seed: seed})
	names := api.NameServer()
	defer func() { _ = names.Close() }()
	dnsAddress, err := listenDNS(ctx, names, o.dnsListen)
	if err != nil {
		return err
	}
	introduce(s.print, api, "http://"+listener.Addr().String(), dnsAddress)
	return serve(ctx, listener, api)
}

// listenDNS starts the name server and returns its address. Without an address it does
// nothing.
func listenDNS(ctx context.Context, names *sandbox.NameServer, address string) (string, error) {
	if address == "" {
		return "", nil
	}
	bound, err := names.Listen(ctx, address)
	if err != nil {
		return "", failure("Sandbox could not start", "%v. Choose another address with -dns-listen.", err)
	}
	return bound, nil
}

// introduce shows the zones and how to reach them.
func introduce(p *printer, api *sandbox.Server, base, dnsAddress string) {
	p.printf("A Cloudflare DNS API with sample zones is listening. In another terminal:\n\n"+
		"    export CLOUDFLARE_BASE_URL=%s/client/v4\n    export CLOUDFLARE_API_TOKEN=%s\n    cfplan plan\n\n"+
		"Its zones:\n", base, sandboxToken)
	for _, z := range api.Zones() {
		p.printf("    %s (%s plan, %s)\n", z.Name, z.Plan, english.Count(len(api.Records(z.ID)), "record"))
	}
	if dnsAddress != "" {
		p.printf("\nTheir name server is listening on %s, over UDP and TCP. To have cfplan ask it:\n\n"+
			"    export CFPLAN_NAMESERVERS=%s\n", dnsAddress, dnsAddress)
	}
	p.printf("\nMake it refuse, fail or change behind cfplan's back: curl %s/_sandbox/\n"+
		"Stop it with Ctrl-C; it forgets everything.\n", base)
}

func readSeed(dir *directory, name string) (sandbox.Seed, error) {
	if name == "" {
		return sandbox.SampleSeed(), nil
	}
	text, err := readFile(dir, name, sandbox.MaxSeed)
	if err != nil {
		return sandbox.Seed{}, failure("Seed file could not be read", "%v.", err)
	}
	seed, err := sandbox.LoadSeed(bytes.NewReader(text))
	if err != nil {
		return sandbox.Seed{}, failure("Seed file could not be used", "%s: %v.", name, err)
	}
	return seed, nil
}

// serve answers requests until the context ends. That is the usual way to stop the server, so it
// reports nothing then.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	err := server.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		return exitStatus(exitInterrupted)
	}
	return failure("Sandbox stopped", "%v.", err)
}
