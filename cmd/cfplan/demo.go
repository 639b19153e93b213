package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/sandbox"
)

func demoCommand(s *services) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Show a plan, an apply and a refused token on the sandbox",
		Long: `Starts the sandbox, plans and applies a sample configuration, edits a record as a
colleague in the dashboard would, and then lets Cloudflare refuse the token. Every
step shows the command that you would type. It needs no account and touches nothing
outside a temporary directory.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runDemo(c.Context(), s) },
	}
}

// demoConfig declares some records that the sample zone example.com already has, which cfplan adopts,
// and a few new ones.
const demoConfig = `zone "example.com" {
  defaults {
    ttl = 300
  }

  record "A" "shop" {
    content = ["192.0.2.40", "192.0.2.41"]
  }

  record "CNAME" "help" {
    content = "help.example.net"
  }

  record "TXT" "_dmarc.shop" {
    content = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
  }

  record "SRV" "_sip._tcp.shop" {
    priority = 10
    weight   = 5
    port     = 5060
    target   = "sip.example.com"
  }
}
`

// stage is the environment of the demo: a sandbox on loopback and a directory.
type stage struct {
	print *printer
	api   *sandbox.Server
	dir   string
	env   environment
}

func runDemo(ctx context.Context, s *services) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	d, err := buildStage(ctx, s)
	if err != nil {
		return failure("Demo could not start", "%v.", err)
	}
	defer func() { _ = os.RemoveAll(d.dir) }() // a temporary directory; the system clears it too

	for _, act := range []func(context.Context) error{d.first, d.drift, d.refusal} {
		if err := act(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	s.print.printf("\nThat was cfplan. To try it yourself: cfplan sandbox. To begin with your own zone: cfplan init.\n")
	return nil
}

func buildStage(ctx context.Context, s *services) (*stage, error) {
	dir, err := os.MkdirTemp("", "cfplan-demo-")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "dns.cf.hcl"), []byte(demoConfig), 0o644); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}

	api := sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()})
	go func() { _ = serve(ctx, listener, api) }() // ends with the demo
	return &stage{
		print: s.print,
		api:   api,
		dir:   dir,
		env: environment{
			"CLOUDFLARE_API_TOKEN=" + sandboxToken,
			"CLOUDFLARE_BASE_URL=http://" + listener.Addr().String() + "/client/v4",
			"CFPLAN_LOG=off",
			"TERM=" + s.env.get("TERM"),
			"NO_COLOR=" + s.env.get("NO_COLOR"),
			"CLICOLOR_FORCE=" + s.env.get("CLICOLOR_FORCE"),
		},
	}, nil
}

func (d *stage) first(ctx context.Context) error {
	d.say("1. A configuration, and what it would change. The zone has records already; those that\n" +
		"   cfplan does not own are left alone.")
	d.print.printf("\n$ cat dns.cf.hcl\n%s", demoConfig)
	if err := d.cfplan(ctx, exitDone, "plan", "-out=first.cfplan"); err != nil {
		return err
	}
	d.say("2. Exactly that plan is carried out: one request, all or nothing.")
	if err := d.cfplan(ctx, exitDone, "apply", "first.cfplan"); err != nil {
		return err
	}
	return d.cfplan(ctx, exitDone, "plan", "-detailed-exitcode")
}

func (d *stage) drift(ctx context.Context) error {
	d.say("3. A colleague edits a record in the dashboard. The next plan shows it.")
	for _, r := range d.api.Records("example.com") {
		if r.Type == "CNAME" && r.Name == "help.example.com" {
			if _, err := d.api.EditRecord("example.com", r.ID, func(r *sandbox.Record) { r.Content = "old-help.example.net" }); err != nil {
				return failure("Demo could not go on", "%v.", err)
			}
		}
	}
	if err := d.cfplan(ctx, exitChanges, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	return d.cfplan(ctx, exitDone, "apply", "-auto-approve")
}

func (d *stage) refusal(ctx context.Context) error {
	d.say("4. The token is used from an address that its filter does not allow: code 9109. cfplan\n" +
		"   plans against the last snapshot, read-only, and says how to fix the token.")
	edited := strings.Replace(demoConfig, "192.0.2.41", "192.0.2.42", 1)
	if err := os.WriteFile(filepath.Join(d.dir, "dns.cf.hcl"), []byte(edited), 0o644); err != nil {
		return failure("Demo could not go on", "%v.", err)
	}
	d.print.printf("\n$ sed -i s/192.0.2.41/192.0.2.42/ dns.cf.hcl\n")
	d.api.Fail(sandbox.RefuseIP("203.0.113.7"))
	if err := d.cfplan(ctx, exitReadOnly, "plan", "-detailed-exitcode", "-out=refused.cfplan"); err != nil {
		return err
	}
	d.say("5. A read-only plan is never applied.")
	return d.cfplan(ctx, exitError, "apply", "refused.cfplan")
}

func (d *stage) say(text string) { d.print.printf("\n── %s\n", text) }

// cfplan runs one command as a user would, and shows it.
func (d *stage) cfplan(ctx context.Context, want int, args ...string) error {
	d.print.printf("\n$ cfplan %s\n", strings.Join(args, " "))
	st := d.print.streams
	st.err = d.print.out // the order of the demo must not depend on two streams
	if d.print.noColor {
		args = append([]string{"-no-color"}, args...)
	}
	if got := run(ctx, append([]string{"-chdir=" + d.dir}, args...), st, d.env); got != want {
		return failure("Demo took an unexpected turn", "cfplan %s exited with %d, not %d.",
			strings.Join(args, " "), got, want)
	}
	d.print.printf("(exit code %d)\n", want)
	return nil
}
