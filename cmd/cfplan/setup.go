package main

import (
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"strings"

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
	entries, err := os.ReadDir(a.dir())
	if err != nil {
		return "", failure("Directory could not be read", "%v.", err)
	}
	for _, e := range entries {
		if isConfigFile(e.Name()) && !e.IsDir() {
			return e.Name(), nil
		}
	}
	return "", nil
}

func isConfigFile(name string) bool {
	return !strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".cf.hcl") || strings.HasSuffix(name, ".cf.json"))
}

func (a *app) configOptions() config.Options {
	varFiles := make([]string, len(a.flags.varFiles))
	for i, f := range a.flags.varFiles {
		varFiles[i] = a.path(f)
	}
	return config.Options{Version: version, Env: a.env, VarFiles: varFiles, Vars: a.flags.vars}
}

// store opens the state where the configuration says it lives.
func (a *app) store(cfg *config.Config) (state.Store, error) {
	if cfg.Backend == nil {
		return state.Open("local", nil, a.dir())
	}
	return state.Open(cfg.Backend.Type, cfg.Backend.Attributes, a.dir())
}

// openStore is for commands that need the state and nothing of Cloudflare.
func (a *app) openStore() (state.Store, error) {
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
	show := a.newProgress()
	client := cloudflare.New(cloudflare.Options{
		BaseURL: or(cfg.Cloudflare.BaseURL, a.getenv("CLOUDFLARE_BASE_URL")), Credentials: a.credentials(cfg),
		UserAgent: "cfplan/" + version, Log: log, Waiting: show.waiting})
	return &session{config: cfg, files: files, progress: show, Reconciler: &reconcile.Reconciler{
		API: client, Store: store, Version: version, Who: a.who(), Now: a.now, Log: log,
		Parallelism: a.flags.parallelism, LockTimeout: a.flags.lockTimeout, Progress: show.step}}, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// credentials come from the cloudflare block where it has any, as in Terraform's
// provider, and from the environment otherwise; the two are never mixed.
func (a *app) credentials(cfg *config.Config) cloudflare.Credentials {
	if c := cfg.Cloudflare; c.APIToken != "" || c.APIKey != "" {
		return cloudflare.Credentials{Token: c.APIToken, Key: c.APIKey, Email: or(c.Email, a.getenv("CLOUDFLARE_EMAIL"))}
	}
	return cloudflare.Credentials{Token: a.getenv("CLOUDFLARE_API_TOKEN"),
		Key: a.getenv("CLOUDFLARE_API_KEY"), Email: a.getenv("CLOUDFLARE_EMAIL")}
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

// logger builds the log on stderr. Warnings are on by default: a refusal is
// logged with its ray ID, which Cloudflare's support asks for.
func (a *app) logger() (*slog.Logger, error) {
	name := strings.ToLower(or(or(a.flags.logLevel, a.getenv("CFPLAN_LOG")), "warn"))
	if name == "off" {
		return slog.New(slog.DiscardHandler), nil
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(name)); err != nil {
		return nil, usage("unknown log level %q; there are debug, info, warn, error and off", name)
	}
	options := &slog.HandlerOptions{Level: level}
	switch format := or(or(a.flags.logFormat, a.getenv("CFPLAN_LOG_FORMAT")), "text"); format {
	case "text":
		return slog.New(slog.NewTextHandler(a.err, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(a.err, options)), nil
	default:
		return nil, usage("unknown log format %q; there are text and json", format)
	}
}

// textOptions are those of everything that is rendered to stdout.
func (a *app) textOptions() render.TextOptions {
	return render.TextOptions{Color: a.colour(a.out)}
}
