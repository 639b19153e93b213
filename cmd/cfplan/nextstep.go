package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
)

// sayNextStep says what to do with a plan that was shown, and saved if out is not empty. It never
// recommends a command that would be refused.
func sayNextStep(s *services, conn *connection, p *plan.Plan, out string, targets targetOptions) {
	switch refused := conn.planner.Store.Stopped(); {
	case p.Mode != plan.Live && out != "":
		s.print.printf("\nTo look at it again, run:\n    %s\n", s.dir.command("show", out))
	case p.Mode != plan.Live || !p.HasChanges():
	case refused != nil:
		s.print.printf("\nApply would refuse this plan: %s.\n", s.print.inDirectory(refused.Error()))
	case out != "":
		s.print.printf("\n%s, run:\n    %s\n",
			purpose(p, "To perform exactly these actions"), s.dir.command(savedCommand(p, out)...))
		sayWithheld(s, conn.config.Variables)
	case s.env.get("TF_IN_AUTOMATION") != "":
	case len(p.BeyondLimit()) > 0:
		sayFresh(s, conn, purpose(p, ""), freshCommand(p, targets))
	default:
		sayFresh(s, conn, "Note: You didn't use -out to save this plan. To make a new plan and approve it",
			freshCommand(p, targets))
	}
}

// sayFresh recommends a command that reads the configuration again, and so needs the variables of
// this run.
func sayFresh(s *services, conn *connection, purpose string, command []string) {
	s.print.printf("\n%s, run:\n    %s\n", purpose, sameVariables(s, conn.config.Variables, command...))
	sayWithheld(s, conn.config.Variables)
}

// sayWithheld names the variables that a recommended command needs but does not contain.
func sayWithheld(s *services, known map[string]config.Variable) {
	if _, withheld := repeatedVariables(s.config, known); len(withheld) > 0 {
		s.print.printf("Add -var=NAME=VALUE for %s: sensitive values are not printed.\n", english.List(withheld, "and"))
	}
}

// sameVariables returns a command line that sets the variables of this run again, as far as they
// may be printed.
func sameVariables(s *services, known map[string]config.Variable, args ...string) string {
	flags, _ := repeatedVariables(s.config, known)
	return s.dir.command(append(args, flags...)...)
}

// repeatedVariables returns the flags of this run that set variables, for a command that needs the
// same variables. It leaves out the values of sensitive variables, and returns their names in
// withheld.
func repeatedVariables(c *configuration, known map[string]config.Variable) (flags, withheld []string) {
	for _, file := range c.varFiles {
		flags = append(flags, "-var-file="+file)
	}
	for _, given := range c.vars {
		name, _, _ := strings.Cut(given, "=")
		v, found := known[name]
		switch {
		case found && !v.Sensitive && !v.Hidden:
			flags = append(flags, "-var="+given)
		case !slices.Contains(withheld, name):
			withheld = append(withheld, name)
		}
	}
	return flags, withheld
}

// purpose returns the words before a recommended command: usual, or a warning if the plan destroys
// more than the limit.
func purpose(p *plan.Plan, usual string) string {
	if len(p.BeyondLimit()) > 0 {
		return "It destroys more than the limit, so apply refuses it. If you mean to destroy all of it"
	}
	return usual
}

// savedCommand returns the arguments that carry out a saved plan.
func savedCommand(p *plan.Plan, out string) []string {
	if strings.HasPrefix(out, "-") {
		out = "./" + out // otherwise it would be a flag
	}
	return append([]string{"apply"}, append(beyondLimit(p), out)...)
}

// freshCommand returns the arguments that plan the same again and carry it out.
func freshCommand(p *plan.Plan, targets targetOptions) []string {
	args := []string{"apply"}
	if p.Destroy {
		args = []string{"destroy"}
	}
	args = append(args, beyondLimit(p)...)
	for _, t := range targets.targets {
		args = append(args, "-target="+t)
	}
	for _, t := range targets.exclude {
		args = append(args, "-exclude="+t)
	}
	return args
}

// beyondLimit returns the flag that a plan needs if it destroys more than its limit.
func beyondLimit(p *plan.Plan) []string {
	zones := p.BeyondLimit()
	if len(zones) == 0 {
		return nil
	}
	most := (&reconcile.LimitError{Zones: zones}).Most()
	return []string{"-allow-destroy=" + strconv.Itoa(most)}
}

// sayBefore prints, before the plan of a destroy or a rollback, which limit applies and how to undo
// it.
func sayBefore(s *services, conn *connection, p *plan.Plan) {
	if s.print.asJSON || p.Mode != plan.Live || !p.HasChanges() || p.HasErrors() {
		return
	}
	undo := sameVariables(s, conn.config.Variables, "rollback")
	switch {
	case p.Destroy:
		s.print.printf(
			"Destroy has no limit: max_destroy does not apply to it. To undo it afterwards, run:\n    %s\n\n", undo)
	case p.Rollback > 0 && len(p.BeyondLimit()) > 0:
		again := append(append([]string{"rollback"}, beyondLimit(p)...), strconv.FormatUint(p.Rollback, 10))
		s.print.printf("This rollback destroys more than the limit (max_destroy) and is refused. If you mean to "+
			"destroy all of it, run:\n    %s\n\n",
			sameVariables(s, conn.config.Variables, again...))
	case p.Rollback > 0:
		s.print.printf("This rollback is within the limit (max_destroy). To undo it afterwards, run:\n    %s\n\n", undo)
	}
}
