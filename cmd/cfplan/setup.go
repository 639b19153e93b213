package main

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

// load reads the configuration and prints what is wrong with it.
func (a *app) load() (*config.Config, config.Files, error) {
	cfg, files, diags := config.Load(a.dir(), a.configOptions())
	a.diagnose(diags, files)
	if diags.HasErrors() {
		return nil, files, errShown
	}
	return cfg, files, nil
}

// loadIfAny is load for commands that can begin in a directory without any
// configuration. Warnings are for the commands that work with the records.
func (a *app) loadIfAny() (*config.Config, config.Files, error) {
	name, err := a.configFile()
	if err != nil || name == "" {
		return &config.Config{}, config.Files{}, err
	}
	cfg, files, diags := config.Load(a.dir(), a.configOptions())
	if diags.HasErrors() {
		a.diagnose(diags, files)
		return nil, files, errShown
	}
	return cfg, files, nil
}

// configFile returns the name of one of the directory's configuration files,
// empty where there is none.
func (a *app) configFile() (string, error) {
	names, err := config.FileNames(a.dir())
	if err != nil {
		return "", failure("Directory could not be read", "%v.", err)
	}
	if len(names) == 0 {
		return "", nil
	}
	return names[0], nil
}

func (a *app) configOptions() config.Options {
	varFiles := make([]string, len(a.flags.varFiles))
	for i, f := range a.flags.varFiles {
		varFiles[i] = a.path(f)
	}
	return config.Options{Version: version, Env: a.env, VarFiles: varFiles, Vars: a.flags.vars}
}

// openStore is for commands that need the state and nothing of Cloudflare.
func (a *app) openStore() (*state.Store, error) {
	cfg, _, err := a.load()
	if err != nil {
		return nil, err
	}
	return a.store(cfg)
}

// session is what a command works with once its configuration is read.
type session struct {
	*reconcile.Reconciler
	config *config.Config
	files  config.Files
	// credentials are those that the API was given: a file that is a pipe can be
	// read once.
	credentials found
	// progress shows how far the Reconciler has come.
	progress *progress
}

// open loads the configuration and connects it to Cloudflare and the state.
func (a *app) open() (*session, error) {
	cfg, files, err := a.load()
	if err != nil {
		return nil, err
	}
	return a.connect(cfg, files)
}

// connect makes a session of a configuration.
func (a *app) connect(cfg *config.Config, files config.Files) (*session, error) {
	store, err := a.store(cfg)
	if err != nil {
		return nil, err
	}
	log, err := a.logger()
	if err != nil {
		return nil, err
	}
	names, err := a.nameServers()
	if err != nil {
		return nil, err
	}
	creds := a.credentials(cfg)
	a.diagnose(append(creds.warnings, strangeEndpoint(cfg, creds, a.getenv("CLOUDFLARE_BASE_URL"))...), files)
	limit, err := a.rateLimit()
	if err != nil {
		return nil, err
	}
	show := a.newProgress()
	client := cloudflare.New(cloudflare.Options{
		BaseURL: or(cfg.Cloudflare.BaseURL, a.getenv("CLOUDFLARE_BASE_URL")), Credentials: creds.Credentials,
		UserAgent: "cfplan/" + version, RateLimit: limit, Log: log, Waiting: show.waiting})
	return &session{config: cfg, files: files, credentials: creds, progress: show, Reconciler: &reconcile.Reconciler{
		API: client, Store: store, DNS: names, Version: version, Who: a.who(), Now: a.now, Log: log,
		Parallelism: a.flags.parallelism, LockTimeout: a.flags.lockTimeout, Progress: show.step}}, nil
}

// strangeEndpoint warns where the files send a credential elsewhere that did not come
// from them: whoever may change the files would get it.
func strangeEndpoint(cfg *config.Config, creds found, fromEnv string) hcl.Diagnostics {
	base := cfg.Cloudflare.BaseURL
	if base == "" || base == fromEnv || cfg.Cloudflare.APIToken+cfg.Cloudflare.APIKey != "" || creds.Credentials == (cloudflare.Credentials{}) ||
		strings.HasPrefix(base, cloudflare.DefaultBaseURL) || cloudflare.Loopback(base) {
		return nil
	}
	return hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "The configuration names another API",
		Detail: fmt.Sprintf("base_url sends the credentials of the environment to %s. Whoever may change the configuration can read them there. Set CLOUDFLARE_BASE_URL instead, or to the same, if that is meant.", render.Escape(hostOf(base)))}}
}

// rateLimit is for those whose limit Cloudflare has raised, and for tokens that
// share theirs with other tools.
func (a *app) rateLimit() (int, error) {
	text := a.getenv("CFPLAN_RATE_LIMIT")
	if text == "" {
		return cloudflare.DefaultRateLimit, nil
	}
	n, err := strconv.ParseUint(text, 10, 24)
	if err != nil || n < 10 {
		return 0, usage("CFPLAN_RATE_LIMIT is %q; it is how many requests may be sent in five minutes, %d where it is not set", text, cloudflare.DefaultRateLimit)
	}
	return int(n), nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// who names this run in the lock: the person and the machine, or the CI job.
func (a *app) who() string {
	name := or(a.getenv("USER"), "unknown")
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s@%s (pid %d)", name, host, os.Getpid())
}

// textOptions are those of everything that is rendered to stdout.
func (a *app) textOptions() render.TextOptions {
	return render.TextOptions{Color: a.colour(a.out), Width: width(a.out)}
}
