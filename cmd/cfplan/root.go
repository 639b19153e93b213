package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/interrupt"
	"github.com/cfplan/cfplan/internal/parallel"
)

// services are the parts that commands work with. A command uses those that it needs.
type services struct {
	env      environment
	dir      *directory
	print    *printer
	log      *logging
	config   *configuration
	state    *states
	provider *provider
	now      func() time.Time
	// writing is the section of the run that an interrupt must not cut off.
	writing *interrupt.Section
}

// newServices wires the services together. Their flags are not parsed yet.
func newServices(st streams, env environment) *services {
	s := &services{env: env, dir: &directory{}, now: time.Now, writing: &interrupt.Section{}}
	st.err = &lineWriter{w: st.err}
	out, hidden := &output{w: st.out}, &hiding{}
	st.out = out
	s.print = &printer{streams: st, output: out, env: env, dir: s.dir, hidden: hidden, input: true}
	s.log = &logging{env: env, dir: s.dir, stderr: st.err, hidden: hidden}
	places := &locations{dir: s.dir, env: env, print: s.print}
	s.config = &configuration{dir: s.dir, env: env, print: s.print, withheld: places.withheld}
	s.state = &states{
		locations: places,
		dir:       s.dir,
		env:       env,
		print:     s.print,
		now:       s.now,
		writing:   s.writing,
		lock:      true,
	}
	s.provider = &provider{env: env, dir: s.dir, print: s.print, log: s.log, now: s.now}
	return s
}

// register declares the flags that every command has, each in the service that uses it.
func (s *services) register(root *cobra.Command) {
	flags := root.PersistentFlags()
	s.dir.register(flags)
	s.print.register(flags)
	s.log.register(flags)
	s.config.register(flags)
	s.state.register(flags)
	s.state.locations.register(flags)
	s.provider.register(flags)
}

func (s *services) check() error {
	if err := s.provider.check(); err != nil {
		return err
	}
	return s.dir.check()
}

// commandGroup is a part of the help: commands that serve one purpose, in the order in
// which a user needs them.
type commandGroup struct {
	title    string
	commands []*cobra.Command
}

// commands lists every command as the help and the README do. A new command is a file of
// its own and a line here.
func commands(s *services) []commandGroup {
	return []commandGroup{
		{"Main commands:", []*cobra.Command{
			initCommand(s),
			validateCommand(s),
			planCommand(s),
			applyCommand(s),
			showCommand(s),
			rollbackCommand(s),
			destroyCommand(s),
		}},
		{"Checks:", []*cobra.Command{
			doctorCommand(s),
			verifyCommand(s),
			explainCommand(s),
		}},
		{"State and history:", []*cobra.Command{
			stateCommand(s),
			refreshCommand(s),
			forceUnlockCommand(s),
		}},
		{"Import and export:", []*cobra.Command{
			importCommand(s),
			exportCommand(s),
		}},
		{otherCommands, []*cobra.Command{
			fmtCommand(s),
			consoleCommand(s),
			outputCommand(s),
			commentCommand(s),
			sandboxCommand(s),
			demoCommand(s),
			versionCommand(s),
		}},
	}
}

const otherCommands = "Other commands:"

// addGroups adds commands to a parent whose help shows them in their groups. The help
// keeps this order because main turns cobra's sorting off.
func addGroups(parent *cobra.Command, groups []commandGroup) {
	for _, g := range groups {
		parent.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, c := range g.commands {
			c.GroupID = g.title
			parent.AddCommand(c)
		}
	}
}

// run is all of cfplan except for the process. It returns the exit code.
func run(ctx context.Context, args []string, st streams, env environment) int {
	return newServices(st, env).run(ctx, args)
}

// run runs the command in args and returns its exit code. A panic is reported as a bug in cfplan.
func (s *services) run(ctx context.Context, args []string) (code int) {
	defer s.log.close()
	root := rootCommand(s)
	s.print.commands = commandsOf(root)
	if completing(args) {
		completions{s}.prepare(root, args)
	}
	args = longFlags(args)
	root.SetArgs(args)

	bug := parallel.Try(func() { code = s.execute(ctx, root) })
	if bug != nil {
		reportBug(s, commandOf(root, args), bug)
		return exitError
	}
	return code
}

// execute runs a command and reports its error. It returns the exit code.
func (s *services) execute(ctx context.Context, root *cobra.Command) int {
	err := unknownCommand(root, root.ExecuteContext(ctx))

	var status exitStatus
	if err == nil || errors.As(err, &status) {
		s.state.remember()
	}
	err = s.print.finish(err)
	if err != nil && !errors.As(err, &status) {
		s.print.report(err)
	}
	return exitCode(err)
}

func rootCommand(s *services) *cobra.Command {
	root := &cobra.Command{
		Use:   "cfplan",
		Short: "DNS as code for Cloudflare",
		Long: `cfplan keeps Cloudflare DNS records as code. HCL files declare the records;
cfplan plan shows what would change, cfplan apply changes it. If Cloudflare
refuses the credentials, cfplan plans against the last snapshot instead: that plan
is read-only and says how to fix the credentials.

New here? cfplan demo shows a plan, an apply and a refused token on a sandbox. It
needs no account.`,
		Version:           version,
		SilenceUsage:      true,
		SilenceErrors:     true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return s.check() },
	}
	root.SetIn(s.print.in)
	root.SetOut(s.print.out)
	root.SetErr(s.print.err)
	root.SetVersionTemplate("cfplan v{{.Version}}\n")
	root.DisableSuggestions = true // unknownCommand makes them
	root.SetFlagErrorFunc(flagError)
	root.SetUsageFunc(terraformUsage(root.UsageFunc()))
	s.register(root)

	addGroups(root, commands(s))
	root.SetHelpCommand(helpCommand())
	root.SetHelpCommandGroupID(otherCommands)
	root.SetCompletionCommandGroupID(otherCommands)
	root.AddCommand(exitCodesTopic(), credentialsTopic())
	completions{s}.register(root)
	return root
}

// usageError is a mistake on the command line.
type usageError string

func (e usageError) Error() string { return string(e) }

func usage(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// flagError describes a mistake in a flag. For an unknown flag it suggests a known one.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && len(unknown.GetSpecifiedName()) > 1:
		given := "-" + unknown.GetSpecifiedName()
		return usage("unknown flag: %s.%s", given, dns.DidYouMean(given, flagNames(c)))
	case errors.As(err, &unknown):
		return usage("unknown flag: -%s", unknown.GetSpecifiedName())
	case errors.As(err, &empty):
		value, _ := pflag.UnquoteUsage(empty.GetFlag())
		return usage("-%s needs a value: -%[1]s=%s", empty.GetSpecifiedName(), value)
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		return usage("-%s=%s is not %s", f.Name, invalid.GetValue(), or(valueKinds[f.Value.Type()], "a valid value"))
	}
	return usage("%v", err)
}

// valueKinds describes the values of flags, by the type that pflag gives them.
var valueKinds = map[string]string{
	"bool":     "true or false",
	"duration": "a duration, such as 30s or 5m",
	"int":      "a whole number",
	"int64":    "a whole number",
}

// flagNames returns the flags of a command that its help shows, each with a dash.
func flagNames(c *cobra.Command) []string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "-"+f.Name)
		}
	})
	return names
}

var noSuchCommand = regexp.MustCompile(`^unknown command ("(?:[^"\\]|\\.)*") for `)

// unknownCommand rewrites cobra's error about an unknown command.
func unknownCommand(root *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	m := noSuchCommand.FindStringSubmatch(err.Error())
	if m == nil {
		return err
	}
	given, _ := strconv.Unquote(m[1]) // cobra has quoted it
	if insteadOfTerraform[given] != "" {
		return noSuchTerraform(given)
	}
	return usage("there is no command %q.%s", given, dns.DidYouMean(given, topicNames(root)))
}

// noArgs refuses arguments with a clearer message than cobra's.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 && c.HasSubCommands() {
		return usage("%q has no command %q.%s", c.CommandPath(), args[0], dns.DidYouMean(args[0], topicNames(c)))
	}
	if len(args) > 0 {
		return usage("%s takes no arguments, but was given %q", c.CommandPath(), args)
	}
	return nil
}

func atMostOne(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usage("%s takes at most one %s, but was given %q", c.CommandPath(), what, args)
		}
		return nil
	}
}
