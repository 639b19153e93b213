package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/workdir"
)

// app is one run of cfplan: its streams, its environment, its global flags.
type app struct {
	streams
	env   []string
	now   func() time.Time
	flags globalFlags
	// command is the path of the one that runs, such as "cfplan state rm".
	command string
	// used is the state that it opened; nil where it opened none.
	used *use
	// directory is the working directory, once it is opened.
	directory *workdir.Directory
	// moving: the state is being moved, or begun anew on purpose.
	moving bool
	// logFile is what -log-file names, once it is open.
	logFile *os.File
}

type globalFlags struct {
	chdir    string
	noColor  bool
	json     bool
	vars     []string
	varFiles []string
	// backendConfig may hold secrets.
	backendConfig []string
	parallelism   int
	lockTimeout   time.Duration
	logLevel      string
	logFormat     string
	logFile       string
}

// run is the whole of cfplan but for the process: it returns the exit code.
func run(ctx context.Context, args []string, s streams, env []string) int {
	s.err = &inTurn{w: s.err}
	a := &app{streams: s, env: env, now: time.Now}
	defer a.closeLog()
	root := a.rootCommand()
	root.SetArgs(longFlags(args))
	err := root.ExecuteContext(ctx)
	var status exitStatus
	if err != nil && !errors.As(err, &status) {
		a.report(err)
	} else {
		a.rememberUse()
	}
	return exitCode(err)
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "cfplan",
		Short: "DNS as code for Cloudflare",
		Long: `cfplan keeps Cloudflare DNS records as code. HCL files declare the records;
cfplan plan shows what would change, cfplan apply changes it. When Cloudflare
refuses the credentials, the plan is made from the last snapshot, for reading
only, and says what is wrong with them.

New here? Run cfplan demo: it shows the main job on a sandbox, with no account.`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			a.command = c.CommandPath()
			return a.flags.check()
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetVersionTemplate("cfplan v{{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%v", err) })
	a.flags.register(root)
	root.AddGroup(&cobra.Group{ID: "main", Title: "Main commands:"}, &cobra.Group{ID: "more", Title: "Other commands:"})
	a.addCommands(root)
	root.SetHelpCommandGroupID("more")
	root.SetCompletionCommandGroupID("more")
	return root
}

func (a *app) addCommands(root *cobra.Command) {
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("main", a.initCommand(), a.validateCommand(), a.planCommand(), a.applyCommand(), a.destroyCommand(), a.rollbackCommand())
	add("more", a.showCommand(), a.fmtCommand(), a.refreshCommand(), a.importCommand(), a.exportCommand(), a.commentCommand(), a.verifyCommand(), a.doctorCommand(), a.explainCommand(), a.stateCommand(),
		a.forceUnlockCommand(), a.sandboxCommand(), a.demoCommand(), a.versionCommand())
	root.AddCommand(exitCodesTopic(), credentialsTopic())
}

func (f *globalFlags) register(root *cobra.Command) {
	p := root.PersistentFlags()
	p.StringVar(&f.chdir, "chdir", "", "work in `DIR` instead of the current directory")
	p.BoolVar(&f.noColor, "no-color", false, "no colour (also NO_COLOR)")
	p.BoolVar(&f.json, "json", false, "machine-readable output, where a command has it")
	p.StringArrayVar(&f.vars, "var", nil, "set a variable, as `NAME=VALUE`; may be repeated")
	p.StringArrayVar(&f.varFiles, "var-file", nil, "set variables from `FILE`; may be repeated")
	p.StringArrayVar(&f.backendConfig, "backend-config", nil, "lay `NAME=VALUE`, or a file of such lines, over the backend block; may be repeated")
	p.IntVar(&f.parallelism, "parallelism", reconcile.DefaultParallelism, "how many zones to work on at a time (`N`)")
	p.DurationVar(&f.lockTimeout, "lock-timeout", 0, "how long to wait for the state's lock (`DURATION`, such as 30s)")
	p.StringVar(&f.logLevel, "log-level", "", "log at `LEVEL`: debug, info, warn, error or off (also CFPLAN_LOG; default warn)")
	p.StringVar(&f.logFormat, "log-format", "", "log as `FORMAT`: text or json (also CFPLAN_LOG_FORMAT)")
	p.StringVar(&f.logFile, "log-file", "", "append the log to `FILE` instead of writing it to stderr")
}

func (f *globalFlags) check() error {
	if f.parallelism < 1 {
		return usage("-parallelism must be at least 1")
	}
	if f.chdir == "" {
		return nil
	}
	if info, err := os.Stat(f.chdir); err != nil || !info.IsDir() {
		return usage("-chdir=%s: there is no such directory", f.chdir)
	}
	return nil
}

// dir is the directory of the configuration.
func (a *app) dir() string {
	if a.flags.chdir == "" {
		return "."
	}
	return a.flags.chdir
}

// path resolves a file named on the command line, which -chdir moves along.
func (a *app) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.dir(), name)
}

// getenv returns the last value of an environment variable, "" where unset.
func (a *app) getenv(name string) string {
	for i := len(a.env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(a.env[i], name+"="); ok {
			return value
		}
	}
	return ""
}

func (a *app) printf(format string, args ...any) { _, _ = fmt.Fprintf(a.out, format, args...) }
func (a *app) errorf(format string, args ...any) { _, _ = fmt.Fprintf(a.err, format, args...) }

// usageError is a mistake on the command line.
type usageError string

func (e usageError) Error() string { return string(e) }

func usage(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// noArgs refuses arguments with a sentence instead of cobra's terse one.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s takes no arguments, but was given %q", c.CommandPath(), args)
	}
	return nil
}

func atMostOne(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usage("%s takes one %s at most, but was given %q; flags come before or after it", c.CommandPath(), what, args)
		}
		return nil
	}
}
