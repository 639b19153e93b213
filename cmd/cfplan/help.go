package main

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
)

// helpCommand shows the help of a command or a topic. Unlike cobra's own, it fails if there is no
// such command or topic.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND]",
		Short:             "Show the help of a command or topic",
		ValidArgsFunction: completeTopics,
		RunE: func(c *cobra.Command, args []string) error {
			topic, rest, err := c.Root().Find(args)
			if err != nil && insteadOfTerraform[args[0]] != "" {
				return noSuchTerraform(args[0])
			}
			if err != nil || len(rest) > 0 {
				return usage("there is no command or help topic %q.%s",
					strings.Join(args, " "), dns.DidYouMean(args[0], topicNames(c.Root())))
			}
			topic.InitDefaultHelpFlag()
			return topic.Help()
		},
	}
}

// completeTopics offers the commands and topics below the one that was typed.
func completeTopics(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	parent, _, err := c.Root().Find(args)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return topicNames(parent), cobra.ShellCompDirectiveNoFileComp
}

func topicNames(parent *cobra.Command) []string {
	var names []string
	for _, c := range parent.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

var (
	// dashesInUsage matches the dashes of a flag in the usage that cobra writes.
	dashesInUsage = regexp.MustCompile(`(?m)(^ +(?:-\w, )?| \[command\] )--`)
	// valueInUsage matches a flag and the name of its value, such as -out FILE, but not NAME=VALUE.
	valueInUsage = regexp.MustCompile(`(?m)^( +-[\w-]+) ([A-Z/]+  )`)
)

// terraformUsage writes the usage of a command like the given function of cobra, but writes flags as
// in Terraform, in the documentation and in all messages: -out=FILE.
func terraformUsage(usage func(*cobra.Command) error) func(*cobra.Command) error {
	return func(c *cobra.Command) error {
		var text bytes.Buffer
		out := c.OutOrStderr()
		c.SetOut(&text)
		defer c.SetOut(out)

		if err := usage(c); err != nil {
			return err
		}
		shown := dashesInUsage.ReplaceAll(text.Bytes(), []byte("$1-"))
		_, err := out.Write(valueInUsage.ReplaceAll(shown, []byte("$1=$2")))
		return err
	}
}

// To cobra, a command without Run is a help topic: `cfplan help exit-codes`.

func exitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What cfplan's exit codes mean",
		Long: `Exit codes:

    0  done
    1  an error; stderr says which. Also if the output could not be written
    2  plan -detailed-exitcode: the plan is live and has changes
       plan -refresh-only: there is drift
       verify: a name server does not serve what is declared
       fmt: a file could not be parsed
    3  plan -detailed-exitcode: the plan is read-only, whatever it contains,
       because it was not made from live state
       plan -refresh-only: a zone could not be read live, so drift is not known
       fmt -check: a file is not formatted
  130  interrupted (SIGINT or SIGTERM)

Any other code, such as 134, means that cfplan crashed. It says nothing about
zones or changes.

Without -detailed-exitcode, a read-only plan exits with 0 and warns. With
-require-live, every fallback is an error and exits with 1.`,
	}
}

func credentialsTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "credentials",
		Short: "Where cfplan takes its credentials from",
		Long: `cfplan reads, from the environment:

  CLOUDFLARE_API_TOKEN                      an API token; or
  CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL   a global API key, and the email of its user
  CLOUDFLARE_API_TOKEN_FILE                 a file with the token, or with JSON
                                            that has api_token, or api_key and email
  CLOUDFLARE_API_TOKEN_NAME                 the token of the account in the block
                                            cloudflare "NAME": NAME is in upper case,
                                            with _ instead of -
  CLOUDFLARE_API_TOKEN_NAME_FILE            a file with that token
  CLOUDFLARE_BASE_URL                       another endpoint, such as a sandbox

or from a block whose values come from variables:

  variable "token" {
    type      = string
    sensitive = true
  }
  cloudflare { api_token = var.token }

Configuration files cannot choose where credentials are sent. base_url in the block
may be Cloudflare's own endpoint, the value of CLOUDFLARE_BASE_URL, or an address of
this machine if every credential comes from the files. If only the files name the
server of a backend, that server gets no credentials from the environment or from this
machine. To allow it, name the server in the environment or with -backend-config too,
or list it in

  CFPLAN_ALLOW_BACKEND_HOST                 HOST or HOST:PORT, separated by commas

A token needs Zone → Zone → Read and Zone → DNS → Edit for every zone that cfplan
manages.
This link fills in the form for a token of your user:

  ` + guidance.NewUserToken + `

and this one the form for a token that belongs to an account:

  ` + guidance.NewAccountToken + `

Without these links: My Profile → API Tokens (or Manage Account → Account API Tokens), Create
Token, template "Edit zone DNS". It grants only Zone → DNS → Edit: add
Zone → Zone → Read, and choose the zones. If every zone block sets id, cfplan looks up
no zone by its name, and Zone → DNS → Edit is enough.`,
	}
}
