package main

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/hashicorp/hcl/v2"
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
	flags.IntVar(&p.parallelism, "parallelism", reconcile.DefaultParallelism, "how many zones to work on at a time (`N`)")
}

func (p *provider) check() error {
	if p.parallelism < 1 {
		return usage("-parallelism must be at least 1")
	}
	return nil
}

// connect returns a connection that has no state yet. It sends nothing.
func (p *provider) connect(cfg *config.Config, files config.Files) (*connection, error) {
	log, err := p.log.logger()
	if err != nil {
		return nil, err
	}
	names, err := p.nameServers()
	if err != nil {
		return nil, err
	}
	creds := p.credentials(cfg)
	p.print.diagnose(p.exposedFile(creds), files)
	limit, err := rateLimit(p.env)
	if err != nil {
		return nil, err
	}

	show := newProgress(p.print, p.now)
	client := cloudflare.New(cloudflare.Options{
		BaseURL:     or(cfg.Cloudflare.BaseURL, p.env.get("CLOUDFLARE_BASE_URL")),
		Credentials: creds.Credentials,
		UserAgent:   "cfplan/" + version,
		RateLimit:   limit,
		Log:         log,
		Waiting:     show.waiting,
	})
	return &connection{
		config:      cfg,
		files:       files,
		credentials: creds,
		progress:    show,
		hidden:      p.print.hidden,
		planner: &reconcile.Planner{
			API:         client,
			DNS:         names,
			Version:     version,
			Now:         p.now,
			Log:         log,
			Parallelism: p.parallelism,
			Progress:    show.step,
		},
	}, nil
}

func (p *provider) credentials(cfg *config.Config) cloudflare.Found {
	return cloudflare.FindCredentials(configuredAPI(cfg).Credentials, p.env.get, p.dir.path)
}

// exposedFile warns if other users can read the credentials file.
func (p *provider) exposedFile(creds cloudflare.Found) hcl.Diagnostics {
	if creds.Exposed == 0 {
		return nil
	}
	name := p.env.get("CLOUDFLARE_API_TOKEN_FILE")
	return hcl.Diagnostics{{
		Severity: hcl.DiagWarning,
		Summary:  "Others can read the credentials file",
		Detail: fmt.Sprintf("%s may be read by other users of this machine (mode %04o). Keep it to yourself: chmod 600 %s",
			name, creds.Exposed, shellQuote(name)),
	}}
}

// nameServers asks the zones' own servers, or those of CFPLAN_NAMESERVERS: some networks
// only let queries through to their own servers, and a sandbox has a server of its own.
func (p *provider) nameServers() (*nameserver.Client, error) {
	servers, err := nameserver.ParseServers(p.env.get("CFPLAN_NAMESERVERS"))
	if err != nil {
		return nil, usage("CFPLAN_NAMESERVERS has %v; write addresses with commas between them, such as 192.0.2.53,127.0.0.1:5353", err)
	}
	return &nameserver.Client{Servers: servers}, nil
}

// endpoint returns the URL that requests go to.
func (p *provider) endpoint(cfg *config.Config) string {
	return or(or(cfg.Cloudflare.BaseURL, p.env.get("CLOUDFLARE_BASE_URL")), cloudflare.DefaultBaseURL)
}

// rateLimit reads CFPLAN_RATE_LIMIT. It is for accounts whose limit Cloudflare has
// raised, and for tokens that other tools use as well.
func rateLimit(env environment) (int, error) {
	text := env.get("CFPLAN_RATE_LIMIT")
	if text == "" {
		return cloudflare.DefaultRateLimit, nil
	}
	n, err := strconv.ParseUint(text, 10, 24)
	if err != nil || n < 10 {
		return 0, usage("CFPLAN_RATE_LIMIT is %q; it is how many requests may be sent in five minutes, %d where it is not set", text, cloudflare.DefaultRateLimit)
	}
	return int(n), nil
}

// hostOf returns the host of a URL, without what could be a password.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "the base URL"
	}
	return u.Host
}
