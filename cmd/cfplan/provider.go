package main

import (
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/nameserver"
	"github.com/cfplan/cfplan/internal/reconcile"
)

// provider connects to Cloudflare and to name servers.
type provider struct {
	env   environment
	dir   *directory
	print *printer
	log   *logging
	now   func() time.Time

	parallelism int
}

func (p *provider) register(flags *pflag.FlagSet) {
	flags.IntVar(&p.parallelism, "parallelism", reconcile.DefaultParallelism, "work on `N` zones at a time")
}

func (p *provider) check() error {
	if p.parallelism < 1 {
		return usage("-parallelism must be at least 1")
	}
	return nil
}

// connect returns a connection without a state. It sends nothing.
func (p *provider) connect(cfg *config.Config, files config.Files) (*connection, error) {
	log, err := p.log.logger()
	if err != nil {
		return nil, err
	}
	names, err := p.nameServers()
	if err != nil {
		return nil, err
	}
	limit, err := rateLimit(p.env)
	if err != nil {
		return nil, err
	}

	show := newProgress(p.print, p.now)
	all := p.accounts(cfg, cloudflare.Options{
		UserAgent: "cfplan/" + version,
		RateLimit: limit,
		Pace:      cloudflare.NewPace(),
		Log:       log,
		Waiting:   show.waiting,
	})
	p.print.diagnose(all.exposed(p.env), files)
	return &connection{
		config:   cfg,
		files:    files,
		accounts: all,
		print:    p.print,
		progress: show,
		hidden:   p.print.hidden,
		planner: &reconcile.Planner{
			API:         all[0].api,
			Accounts:    all.named(),
			DNS:         names,
			Version:     version,
			Now:         p.now,
			Log:         log,
			Parallelism: p.parallelism,
			Progress:    show.step,
		},
	}, nil
}

// accounts creates the clients of all accounts, with o as their common options.
func (p *provider) accounts(cfg *config.Config, o cloudflare.Options) accounts {
	var out accounts
	for _, block := range blocksOf(cfg) {
		found := cloudflare.FindCredentials(block.Name, configuredAPI(block).Credentials, p.env.get, p.dir.path)
		o.Account, o.Credentials = block.Name, found.Credentials
		o.BaseURL = or(block.BaseURL, p.env.get("CLOUDFLARE_BASE_URL"))
		out = append(out, account{
			name:     block.Name,
			block:    block.Range,
			found:    found,
			endpoint: or(o.BaseURL, cloudflare.DefaultBaseURL),
			api:      cloudflare.New(o),
		})
	}
	return out
}

// nameServers returns a client for the name servers of the zones, or for those of
// CFPLAN_NAMESERVERS: some networks only let queries through to their own servers, and a sandbox
// has its own server.
func (p *provider) nameServers() (*nameserver.Client, error) {
	servers, err := nameserver.ParseServers(p.env.get("CFPLAN_NAMESERVERS"))
	if err != nil {
		return nil, usage("CFPLAN_NAMESERVERS has %v; write addresses with commas between them, such as "+
			"192.0.2.53,127.0.0.1:5353", err)
	}
	return &nameserver.Client{Servers: servers}, nil
}

// rateLimit reads CFPLAN_RATE_LIMIT, in requests per five minutes. It is for accounts whose limit
// Cloudflare has raised, and for tokens that other tools use as well.
func rateLimit(env environment) (int, error) {
	text := env.get("CFPLAN_RATE_LIMIT")
	if text == "" {
		return cloudflare.DefaultRateLimit, nil
	}
	n, err := strconv.ParseUint(text, 10, 24)
	if err != nil || n < 10 {
		return 0, usage("CFPLAN_RATE_LIMIT is %q, but must be the number of requests that may be sent in five "+
			"minutes: at least 10, and %d if it is not set", text, cloudflare.DefaultRateLimit)
	}
	return int(n), nil
}

// hostOf returns the host of a URL, without user name and password.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "the base URL"
	}
	return u.Host
}
