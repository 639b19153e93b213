package main

import (
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
		Short:             "Help about any command",
		ValidArgsFunction: completeTopics,
		RunE: func(c *cobra.Command, args []string) error {
			topic, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usage("there is no command or help topic %q.%s",
					strings.Join(args, " "), dns.DidYouMean(args[0], topicNames(c.Root())))
			}
			topic.InitDefaultHelpFlag()
			return topic.Help()
		},
	}
}

// completeTopics offers the commands and topics below those that are already typed.
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

Without -detailed-exitcode a read-only plan exits with 0 and warns.
-require-live turns every fallback into 1.`,
	}
}

func credentialsTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "credentials",
		Short: "Where cfplan takes its credentials from",
		Long: `cfplan reads, from the environment:

  CLOUDFLARE_API_TOKEN                      an API token; or
  CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL   the account's global key
  CLOUDFLARE_API_TOKEN_FILE                 a file with the token, or with JSON
                                            that has api_token, or api_key and email
  CLOUDFLARE_API_TOKEN_NAME                 the token of the account that the block
                                            cloudflare "NAME" declares (in upper case,
                                            - as _); or the same with _FILE after it
  CLOUDFLARE_BASE_URL                       another endpoint, such as a sandbox

or from a block whose values come from variables:

  variable "token" {
    type      = string
    sensitive = true
  }
  cloudflare { api_token = var.token }

Files do not decide where credentials go. base_url in the block may be Cloudflare's
own endpoint, the value of CLOUDFLARE_BASE_URL, or an address of this machine if
every credential comes from the files. If only the files name a backend's server, it
gets no credential from the environment or from this machine. To allow that, name the
server in the environment or with -backend-config too, or list it in

  CFPLAN_ALLOW_BACKEND_HOST                 HOST or HOST:PORT, separated by commas

A token needs Zone → Zone → Read and Zone → DNS → Edit for every zone that cfplan
manages.
This link fills in the form for a token of your user:

  ` + guidance.NewUserToken + `

and this one the form for a token that belongs to an account:

  ` + guidance.NewAccountToken + `

Without these links: My Profile → API Tokens (or Manage Account → Account API Tokens), Create
Token, template "Edit zone DNS". It grants Zone → DNS → Edit and nothing else: add
Zone → Zone → Read, and choose the zones. Or set id in the zone blocks: nothing is
then looked up by name, and Zone → DNS → Edit is enough.`,
	}
}
