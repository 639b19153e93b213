package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

type outputOptions struct{ raw bool }

func outputCommand(s *services) *cobra.Command {
	o := &outputOptions{}
	c := &cobra.Command{
		Use:   "output [flags] [NAME]",
		Short: "Show the outputs of the configuration, with no network",
		Long: `Shows the values of all output blocks, or of the output NAME. They are evaluated from
the configuration, with no network and no state.

The list hides sensitive values. With NAME or -json, output shows them.`,
		Args: atMostOne("output"),
		RunE: func(_ *cobra.Command, args []string) error { return o.run(s, args) },
	}
	c.Flags().BoolVar(&o.raw, "raw", false, "print a text, number or bool as it is, for use in scripts")
	return c
}

func (o *outputOptions) run(s *services, args []string) error {
	switch {
	case o.raw && s.print.asJSON:
		return usage("-raw and -json cannot be used together")
	case o.raw && len(args) == 0:
		return usage("-raw prints one output: name it, as in cfplan output -raw NAME")
	}

	cfg, _, err := s.config.loadQuietly()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return showOutputs(s.print, cfg.Outputs, credentialsIn(cfg, s.env))
	}
	output, err := outputNamed(cfg.Outputs, args[0])
	if err != nil {
		return err
	}
	if containsAny(fmt.Sprint(output.Value), credentialsIn(cfg, s.env)) {
		return failure("Credential in an output",
			"The output %s holds a credential that cfplan uses. cfplan never shows credentials.",
			dns.Show(output.Name))
	}
	return o.showOne(s.print, output)
}

// outputNamed returns the output of that name.
func outputNamed(all []config.Output, name string) (config.Output, error) {
	names := make([]string, len(all))
	for i, o := range all {
		if o.Name == name {
			return o, nil
		}
		names[i] = o.Name
	}

	if len(all) == 0 {
		return config.Output{}, failure("Output not found",
			"The configuration has no outputs. An output block declares one: output %q { value = … }.", name)
	}
	return config.Output{}, failure("Output not found",
		"The configuration has no output %s.%s cfplan output lists them.",
		dns.Show(name), dns.DidYouMean(name, names))
}

// showOutputs lists all outputs. It shows no credential.
func showOutputs(p *printer, all []config.Output, credentials []string) error {
	if p.asJSON {
		document := map[string]outputJSON{}
		for _, o := range all {
			if containsAny(fmt.Sprint(o.Value), credentials) {
				o.Value = nil
			}
			document[o.Name] = outputJSON{Sensitive: o.Sensitive, Type: o.Type, Value: o.Value}
		}
		return p.json(document)
	}

	if len(all) == 0 {
		p.warn("No outputs", "The configuration has no output blocks.")
	}
	return render.OutputList(p.out, outputs(all))
}

// outputJSON is an output in the document of output -json. It has the same members as in Terraform.
type outputJSON struct {
	Sensitive bool            `json:"sensitive"`
	Type      json.RawMessage `json:"type"`
	Value     any             `json:"value"`
}

// showOne prints the value of a named output, even if it is sensitive.
func (o *outputOptions) showOne(p *printer, output config.Output) error {
	switch {
	case p.asJSON:
		return p.json(output.Value)
	case o.raw:
		return showRaw(p, output)
	default:
		p.printf("%s\n", render.OutputValue(plan.Output{Name: output.Name, Value: output.Value}))
		return nil
	}
}

// showRaw prints a value without quotes and without a line break, for scripts. It escapes what a
// terminal would obey only if stdout is a terminal.
func showRaw(p *printer, o config.Output) error {
	var text string
	switch v := o.Value.(type) {
	case string:
		text = v
	case bool, float64:
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		text = string(b)
	default:
		return failure("Output has no raw form",
			"The output %s is %s. -raw prints a text, a number or a bool; use -json.",
			dns.Show(o.Name), kindOf(v))
	}

	if isTerminal(p.out) {
		text = render.EscapeText(text)
	}
	_, err := fmt.Fprint(p.out, text)
	return err
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case []any:
		return "a list"
	default:
		return "a map or an object"
	}
}
