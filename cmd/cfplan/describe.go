package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/review"
	"github.com/cfplan/cfplan/internal/state"
)

// message is an error as people read it: what happened, then the details and what to do.
type message struct{ summary, detail string }

// messagef returns a message. An error of the file system in args appears without the system call that failed.
func messagef(summary, format string, args ...any) message {
	args = slices.Clone(args)
	for i, arg := range args {
		if err, ok := arg.(error); ok {
			args[i] = files.ErrorText(err)
		}
	}
	return message{summary, fmt.Sprintf(format, args...)}
}

func (m message) diagnostics(severity hcl.DiagnosticSeverity) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: severity, Summary: m.summary, Detail: m.detail}}
}

// messageError is an error with its own message.
type messageError struct{ message }

func (e *messageError) Error() string { return e.summary + ": " + e.detail }

// failure returns an error with a summary and the details.
func failure(summary, format string, args ...any) error {
	return &messageError{messagef(summary, format, args...)}
}

// describe returns the message for an error.
func describe(err error) message {
	var (
		usage   usageError
		refused *reconcile.RefusedError
		zone    *reconcile.ZoneError
		stale   *reconcile.StaleError
		write   *reconcile.WriteError
		unsaved *reconcile.UnsavedError
		limit   *reconcile.LimitError
		illicit *reconcile.InadmissibleError
		past    *reconcile.NoHistoryError
		idle    *reconcile.IdleTargetError
		locked  *state.LockedError
		edit    *state.EditError
		damaged *state.UnreadableError
		api     *cloudflare.Error
		forge   *review.Error
		target  *review.TargetError
		output  *outputError
		own     *messageError
	)
	switch {
	case errors.As(err, &own):
		return own.message
	case errors.As(err, &output):
		return messagef("Output could not be written", "%v. %s", output.err, output.consequence)
	case errors.As(err, &usage):
		return messagef("Wrong usage", "%s See cfplan help.", sentence(string(usage)))
	case errors.As(err, &refused):
		return describeRefusal(refused)
	case errors.As(err, &write):
		return describeWrite(write)
	case errors.As(err, &stale):
		return describeStale(stale)
	case errors.As(err, &unsaved):
		return describeUnsaved(unsaved)
	case errors.As(err, &past):
		return messagef(capital(past.Error()),
			"Nothing was changed. cfplan state history lists the applies that can be undone with this state: %s.",
			serials(past.Known))
	case errors.As(err, &idle):
		return messagef("Target matches nothing", "%s\n\nNothing was planned.", idle)
	case errors.As(err, &limit):
		return describeLimit(limit)
	case errors.As(err, &illicit):
		return describeInadmissible(illicit)
	case errors.As(err, &zone):
		return messagef(zone.Summary, "%s: %s", zone.Zone, zone.Detail)
	case errors.As(err, &locked):
		return describeLock(locked)
	case errors.As(err, &edit):
		return messagef(string(edit.Refusal), "%s. %s", capital(edit.Problem), edit.Next)
	case errors.As(err, &damaged):
		return messagef("State cannot be read", "%v.", damaged)
	case errors.As(err, &api):
		return describeAPI(err, api)
	case errors.As(err, &forge):
		return messagef("Comment could not be posted", "%s.\n\n%s",
			strings.TrimSuffix(err.Error(), "."), numbered(forge.Steps()))
	case errors.As(err, &target):
		return message{target.Summary, target.Detail}
	default:
		return describePlain(err)
	}
}

func describePlain(err error) message {
	switch {
	case errors.Is(err, reconcile.ErrInterrupted):
		return messagef("Interrupted", "%s.", err)
	case errors.Is(err, context.Canceled):
		return messagef("Interrupted", "The run was stopped before it was done.")
	case errors.Is(err, reconcile.ErrReadOnly):
		return messagef("Read-only plan cannot be applied",
			"This plan was not made from live state, so nothing was changed. "+
				"The beginning of the plan says how to fix that. Fix it, then make a new plan.")
	case errors.Is(err, reconcile.ErrApplied):
		return messagef("Saved plan has been applied already", "%s. Nothing was changed.", err)
	case errors.Is(err, reconcile.ErrOtherState):
		return messagef("Saved plan belongs to another state",
			"The plan was made with another state than the one in use here. Nothing was changed. "+
				"Make the plan again, in this directory and with this state.")
	case errors.Is(err, plan.ErrAltered):
		return messagef("Saved plan was altered", "%s. Nothing was changed. Make the plan again.", err)
	case errors.Is(err, state.ErrLockLost):
		return messagef("State lock was taken away",
			"%s: cfplan force-unlock was used while this run held the lock, so it stopped writing. What it did "+
				"before that is recorded.", err)
	default:
		summary, detail, _ := strings.Cut(files.ErrorText(err), "\n") // joined errors are on lines of their own
		return messagef(capital(summary), "%s", detail)
	}
}

// sentence ends a text with a full stop, unless it ends like a sentence already.
func sentence(s string) string {
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// firstWord matches the first word of a sentence if it is not a name, URL or path.
var firstWord = regexp.MustCompile(`^[a-z]+(?:[ ,]|$)`)

// capital begins a sentence with a capital letter, and leaves names as they are.
func capital(s string) string {
	if s == "" {
		return "Unknown error"
	}
	if word := firstWord.FindString(s); word == "" || strings.TrimRight(word, " ,") == "cfplan" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func describeRefusal(e *reconcile.RefusedError) message {
	var b strings.Builder
	shown := map[string]bool{}
	for _, d := range e.Degraded {
		refusal := fmt.Sprintf("%q %d %q", d.Account, d.Code, d.Message)
		if shown[refusal] {
			continue // the zones are all named above
		}
		shown[refusal] = true
		fmt.Fprintf(&b, "\n\n%s\n%s", render.Refusal(d), steps(d.Cause, d.Guidance))
	}
	names := make([]string, len(e.Degraded))
	for i, d := range e.Degraded {
		names[i] = d.Zone
	}
	return messagef(render.RefusalTitle(e.Degraded), "%s: %s.%s", strings.Join(names, ", "), e.Wanted, b.String())
}

// describeAPI says what happened and what to do; the request comes last.
func describeAPI(err error, api *cloudflare.Error) message {
	entry := api.Guidance()
	title := entry.Title
	if api.InDoubt {
		title = "It is not known whether the change was made"
	}
	return messagef(title, "%s.\n\n%s%s", answered(err, api), steps(entry.Cause(), entry.Steps), requestLine(api))
}

// answered returns an error without its request, but with its context, such as the zone.
func answered(err error, api *cloudflare.Error) string {
	around, wrapped := strings.CutSuffix(err.Error(), api.Error())
	if !wrapped {
		return err.Error()
	}
	return around + api.Answer()
}

func requestLine(api *cloudflare.Error) string {
	if api.Request() == "" {
		return ""
	}
	return "\n\nRequest: " + api.Request()
}

func steps(cause string, list []string) string {
	return strings.TrimRight("Cause: "+cause+"\n"+numbered(list), "\n")
}

func numbered(list []string) string {
	var b strings.Builder
	for i, s := range list {
		fmt.Fprintf(&b, "  %d. %s\n", i+1, s)
	}
	return strings.TrimRight(b.String(), "\n")
}

func describeStale(e *reconcile.StaleError) message {
	var b strings.Builder
	for _, z := range e.Zones {
		for _, s := range z.Changes {
			fmt.Fprintf(&b, "\n  - %s: %s: %s", z.Name, render.Line(s.Change), s.Why)
		}
	}
	if e.Started {
		return messagef("Zone changed during the apply",
			"Records that the plan touches changed after the apply started, so cfplan stopped writing to their "+
				"zone. Other zones and earlier requests are not affected.%s\n\n"+
				"Run cfplan plan: it shows what is left.", b.String())
	}
	return messagef("Saved plan is stale",
		"Records that the plan touches have changed since it was made. Nothing was changed.%s\n\n"+
			"Make the plan again and have it reviewed.", b.String())
}

func describeWrite(e *reconcile.WriteError) message {
	if e.InDoubt {
		return messagef("It is not known whether changes of "+e.Zone+" were made",
			"The request was sent, but no answer says whether it was carried out. Run cfplan plan: it reads the "+
				"zone and shows what is left; nothing is done twice.\n\n%s", e.Err)
	}

	var b strings.Builder
	switch {
	case len(e.Suspects) == 1:
		fmt.Fprintf(&b, "\n\nIt is about %s.", place(e.Suspects[0]))
	case len(e.Suspects) > 1:
		b.WriteString("\n\nCloudflare does not say which record it is about. It is one of these:" + listed(e.Suspects))
	}

	var api *cloudflare.Error
	if !errors.As(e.Err, &api) {
		return messagef("Changes of "+e.Zone+" were not made", "%s%s", e.Err, b.String())
	}
	title := "Changes of " + e.Zone + " were refused"
	if api.Kind == guidance.Unreachable {
		title = "Changes of " + e.Zone + " were not made"
	}
	fmt.Fprintf(&b, "\n\nNothing of this request was changed.\n\n%s%s",
		steps(api.Guidance().Cause(), api.Guidance().Steps), requestLine(api))
	return messagef(title, "%s%s", answered(e.Err, api), b.String())
}

// mostListed keeps an error about 3,500 records readable.
const mostListed = 10

func listed(changes []plan.Change) string {
	var b strings.Builder
	for i, c := range changes {
		if i == mostListed {
			fmt.Fprintf(&b, "\n  - and %d more", len(changes)-i)
			break
		}
		b.WriteString("\n  - " + place(c))
	}
	return b.String()
}

func place(c plan.Change) string {
	if c.DeclaredAt == nil {
		return render.Line(c)
	}
	return fmt.Sprintf("%s (%s:%d)", render.Line(c), c.DeclaredAt.File, c.DeclaredAt.Line)
}

func describeUnsaved(e *reconcile.UnsavedError) message {
	return messagef("State could not be saved",
		"These changes of %s were made at Cloudflare, but the state does not know of them: %v.%s\n\n"+
			"Make the state writable and run cfplan apply again: it reads the zone first and records what was done.",
		e.Zone, e.Err, listed(e.Done))
}

func serials(list []uint64) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}

func describeLimit(e *reconcile.LimitError) message {
	var b strings.Builder
	for _, z := range e.Zones {
		for _, r := range z.Risks {
			fmt.Fprintf(&b, "\n  - %s", r.Text)
		}
	}
	return messagef("Plan destroys more than the limit",
		"Nothing was changed.%s\n\nIf you mean to destroy all of these, run it again with -allow-destroy=%d; "+
			"max_destroy in a limits block sets the limit.", b.String(), e.Most())
}

func describeInadmissible(e *reconcile.InadmissibleError) message {
	var b strings.Builder
	for _, z := range e.Zones {
		for _, v := range z.Violations {
			subject := z.Name + ": " + v.Subject
			if v.Subject == z.Name {
				subject = z.Name
			}
			fmt.Fprintf(&b, "\n  - %s: %s", render.Escape(subject), render.Escape(v.Why))
		}
	}
	return messagef("Plan is not allowed",
		"The configuration, the state or the live zones do not allow what this plan contains. Nothing was "+
			"changed.%s\n\nMake the plan again and have it reviewed. If you did not expect this, find out who "+
			"could write the plan file.", b.String())
}

func describeLock(e *state.LockedError) message {
	next := "delete its lock where the state is stored: the lock has no ID for cfplan force-unlock"
	if command := e.Holder.UnlockCommand(); command != "" {
		next = "break its lock with: " + command
	}
	return messagef("State is locked", "%s.\n\nWait for it with -lock-timeout=5m. If that run is dead, %s", e, next)
}
