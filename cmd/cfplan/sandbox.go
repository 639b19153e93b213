package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// sandboxToken is any word of the right shape: the sandbox takes every token
// unless its seed file lists some.
const sandboxToken = "sandbox-token-that-belongs-to-no-account"

func (a *app) sandboxCommand() *cobra.Command {
	var listen, seed string
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Run a local Cloudflare DNS API to try things on",
		Long: `Serves Cloudflare's DNS API from memory, with realistic sample zones: example.com
(Free plan), example.org (Pro) and example.net (Enterprise). It refuses what
Cloudflare refuses, and more when asked to: GET /_sandbox/ lists the ways.
Everything is forgotten when it ends.`,
		Example: `  cfplan sandbox
  cfplan sandbox -listen=127.0.0.1:9000 -seed=zones.json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.sandbox(c.Context(), listen, seed) },
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8787", "the `ADDRESS` to listen on; port 0 takes a free one")
	c.Flags().StringVar(&seed, "seed", "", "a JSON `FILE` with the zones, records and tokens to begin with")
	return c
}

func (a *app) sandbox(ctx context.Context, address, seedFile string) error {
	seed, err := a.readSeed(seedFile)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return failure("Sandbox could not start", "%v. Choose another address with -listen.", err)
	}
	api := sandbox.New(sandbox.Options{Seed: seed})
	base := "http://" + listener.Addr().String()
	a.printf("A Cloudflare DNS API with sample zones is listening. In another terminal:\n\n"+
		"    export CLOUDFLARE_BASE_URL=%s/client/v4\n    export CLOUDFLARE_API_TOKEN=%s\n    cfplan plan\n\nIts zones:\n", base, sandboxToken)
	for _, z := range api.Zones() {
		a.printf("    %s (%s plan, %s)\n", z.Name, z.Plan, plural(len(api.Records(z.ID)), "record"))
	}
	a.printf("\nMake it refuse, fail or change behind cfplan's back: curl %s/_sandbox/\nStop it with Ctrl-C; it forgets everything.\n", base)
	return serve(ctx, listener, api)
}

func (a *app) readSeed(name string) (sandbox.Seed, error) {
	if name == "" {
		return sandbox.SampleSeed(), nil
	}
	f, err := os.Open(a.path(name))
	if err != nil {
		return sandbox.Seed{}, failure("Seed file could not be opened", "%v.", err)
	}
	defer func() { _ = f.Close() }()
	seed, err := sandbox.LoadSeed(f)
	if err != nil {
		return sandbox.Seed{}, failure("Seed file could not be used", "%s: %v.", name, err)
	}
	return seed, nil
}

// serve answers until the context ends, which is how a server is stopped: nothing
// is to be told of it.
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
