package main

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/state"
)

// completions offers values to a shell that completes a command line. It uses no network: it reads
// the configuration, and the state if it is a file.
type completions struct{ s *services }

// register sets the completion functions of the commands and flags below root.
func (c completions) register(root *cobra.Command) {
	for path, list := range map[string]func(context.Context) []string{
		"explain":    codes,
		"output":     c.outputs,
		"rollback":   c.serials,
		"state mv":   c.owned,
		"state rm":   c.owned,
		"state show": c.owned,
		"doctor":     c.zones,
		"export":     c.zones,
		"verify":     c.zones,
	} {
		command, _, err := root.Find(strings.Fields(path))
		if err != nil {
			panic(err) // the commands are in root.go
		}
		command.ValidArgsFunction = completeFrom(list)
	}

	for flag, list := range map[string]func(context.Context) []string{
		"target":   c.declared,
		"exclude":  c.declared,
		"fail-on":  levels,
		"fallback": fallbacks,
	} {
		for _, command := range root.Commands() {
			if command.Flags().Lookup(flag) != nil {
				_ = command.RegisterFlagCompletionFunc(flag, completeFrom(list)) // the flag is there
			}
		}
	}
	_ = root.RegisterFlagCompletionFunc("log-level", completeFrom(logLevels))
	_ = root.RegisterFlagCompletionFunc("log-format", completeFrom(logFormats))
}

// safeWord matches words that a shell takes literally. Values from others may contain anything, and
// shells evaluate some of it.
var safeWord = regexp.MustCompile(`^[A-Za-z0-9@*_][A-Za-z0-9@*_.:/-]*$`)

// completeFrom offers the safe words of a list that begin with what is typed.
func completeFrom(list func(context.Context) []string) cobra.CompletionFunc {
	return func(command *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		var out []string
		for _, word := range list(command.Context()) {
			if strings.HasPrefix(word, typed) && safeWord.MatchString(word) {
				out = append(out, word)
			}
		}
		slices.Sort(out)
		return slices.Compact(out), cobra.ShellCompDirectiveNoFileComp
	}
}

func logLevels(context.Context) []string  { return []string{"debug", "info", "warn", "error", "off"} }
func logFormats(context.Context) []string { return []string{"text", "json"} }
func fallbacks(context.Context) []string {
	return []string{"cache,dns", "cache", "dns", "none", "sample"}
}

func levels(context.Context) []string {
	var out []string
	for _, l := range plan.RiskLevels() {
		out = append(out, string(l))
	}
	return out
}

// codes returns the codes and names that explain knows.
func codes(context.Context) []string {
	var out []string
	for _, e := range guidance.All() {
		if len(e.Codes) == 0 {
			out = append(out, e.Name())
		}
		for _, code := range e.Codes {
			out = append(out, strconv.Itoa(code))
		}
	}
	return out
}

// configuration reads as much of the configuration as possible.
func (c completions) configuration() *config.Config {
	o := c.s.config.options()
	o.Unset = true
	cfg, _, _ := c.s.config.read(o)
	if cfg == nil {
		return &config.Config{}
	}
	return cfg
}

func (c completions) zones(context.Context) []string {
	var out []string
	for _, z := range c.configuration().Zones {
		out = append(out, z.Name)
	}
	return out
}

func (c completions) outputs(context.Context) []string {
	var out []string
	for _, o := range c.configuration().Outputs {
		out = append(out, o.Name)
	}
	return out
}

// declared returns the zones and the addresses of their records.
func (c completions) declared(context.Context) []string {
	var out []string
	for _, z := range c.configuration().Zones {
		out = append(out, z.Name)
		for _, r := range z.Records {
			if r.Declared != nil {
				out = append(out, r.Declared.Address)
			}
		}
	}
	return out
}

// localState returns the state if it is a file, and otherwise nil, because a shell must not wait
// for a server.
func (c completions) localState() *state.Reader {
	cfg := c.configuration()
	if cfg.Backend != nil && cfg.Backend.Type != "local" {
		return nil
	}
	r, err := c.s.state.forReading(cfg)
	if err != nil {
		return nil
	}
	return r
}

// owned returns the addresses in the state, if it is a file.
func (c completions) owned(ctx context.Context) []string {
	store := c.localState()
	if store == nil {
		return nil
	}
	st, err := store.Read(ctx)
	if err != nil {
		return nil
	}
	var out []string
	for _, r := range st.OwnedRecords() {
		out = append(out, r.Address)
	}
	return out
}

// serials returns the applies that rollback can undo.
func (c completions) serials(ctx context.Context) []string {
	store := c.localState()
	if store == nil {
		return nil
	}
	list, err := reconcile.History(ctx, store)
	if err != nil {
		return nil
	}
	var out []string
	for _, h := range list {
		out = append(out, strconv.FormatUint(h.Serial, 10))
	}
	return out
}

// completing reports whether a shell requests completions; the scripts of cobra call the program
// like this.
func completing(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// prepare prepares the services for the request of a shell. Messages are dropped. A shell only
// accepts values that begin with what was typed, so if the user typed one dash, flags are offered
// with one dash.
func (c completions) prepare(root *cobra.Command, args []string) {
	c.s.print.err = io.Discard
	root.SetErr(io.Discard)
	if last := args[len(args)-1]; strings.HasPrefix(last, "-") && !strings.HasPrefix(last, "--") {
		root.SetOut(oneDash{c.s.print.out})
	}
}

// oneDash removes the first dash of lines that begin with two. Each write is a line.
type oneDash struct{ w io.Writer }

func (o oneDash) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(p, []byte("--")) {
		return o.w.Write(p)
	}
	n, err := o.w.Write(p[1:])
	return n + 1, err
}
