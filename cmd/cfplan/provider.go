package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
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
	names, err := nameServers(p.env)
	if err != nil {
		return nil, err
	}
	creds := readCredentials(cfg, p.env, p.dir)
	p.print.diagnose(append(creds.warnings, strangeEndpoint(cfg, creds, p.env.get("CLOUDFLARE_BASE_URL"))...), files)
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
		reconciler: &reconcile.Reconciler{
			API:         client,
			DNS:         names,
			Version:     version,
			Who:         who(p.env),
			Now:         p.now,
			Log:         log,
			Parallelism: p.parallelism,
			Progress:    show.step,
		},
	}, nil
}

// endpoint returns the URL that requests go to.
func (p *provider) endpoint(cfg *config.Config) string {
	return or(or(cfg.Cloudflare.BaseURL, p.env.get("CLOUDFLARE_BASE_URL")), cloudflare.DefaultBaseURL)
}

// strangeEndpoint warns if the files send the credentials of the environment to another
// host: whoever can change the files would get them.
func strangeEndpoint(cfg *config.Config, creds credentials, fromEnv string) hcl.Diagnostics {
	base := cfg.Cloudflare.BaseURL
	if base == "" || base == fromEnv || cfg.Cloudflare.APIToken+cfg.Cloudflare.APIKey != "" || creds.Credentials == (cloudflare.Credentials{}) ||
		strings.HasPrefix(base, cloudflare.DefaultBaseURL) || cloudflare.Loopback(base) {
		return nil
	}
	return hcl.Diagnostics{{
		Severity: hcl.DiagWarning,
		Summary:  "The configuration names another API",
		Detail: fmt.Sprintf("base_url sends the credentials of the environment to %s. Whoever may change the configuration can read them there. "+
			"Set CLOUDFLARE_BASE_URL instead, or to the same, if that is meant.", render.Escape(hostOf(base))),
	}}
}

// hostOf returns the host of a URL, without what could be a password.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "the base URL"
	}
	return u.Host
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
