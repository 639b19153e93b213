package workdir

import (
	"context"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/state"
)

// ifMeant is what to do if the state that was found is the right one.
const ifMeant = "If it is meant: cfplan init -reconfigure."

// Check compares the state that was found at a place with the note. found is blank if
// there was none. The finding is nil if there is nothing to report.
func (d *Directory) Check(ctx context.Context, p Place, store *state.Reader, found *state.State) *Finding {
	known, damage := d.Note()
	if known == nil {
		return damage
	}

	here := d.NoteOf(p, store)
	if found.Blank() && found.Lineage != known.Lineage {
		return d.checkMissing(ctx, *known, here)
	}
	return checkFound(*known, here, found)
}

// checkMissing explains why a place has no state: it never had one, it lost the one it
// had, or the state is at another place.
func (d *Directory) checkMissing(ctx context.Context, known, here Note) *Finding {
	if !known.same(here) {
		return d.checkLeft(ctx, known, here)
	}
	if known.Lineage == "" {
		return nil
	}

	return &Finding{
		Summary: "The state is gone",
		Detail: fmt.Sprintf("%s had one (lineage %s), and has none now. No record is lost with it: those whose "+
			"name, type and "+
			"content are declared are adopted again. If they differ in anything else, such as the TTL, plan shows "+
			"them as adopted "+
			"and changed. All others stay at Cloudflare as unmanaged: cfplan import ZONE -out=- prints a whole "+
			"zone as HCL, to be "+
			"declared again. If there is a copy of the state, cfplan state push brings it back.",
			here, known.Lineage),
	}
}

// checkLeft reports that the configuration names a place without a state, while the
// place in the note has one, or had one.
func (d *Directory) checkLeft(ctx context.Context, known, here Note) *Finding {
	refusal := &Finding{
		Refusal: true,
		Summary: "Backend has changed",
		Reason:  "the backend has changed, and the state has not been moved: cfplan init -migrate-state",
	}

	backend, err := d.openNoted(known)
	var st *state.State
	if err == nil {
		st, err = state.OpenReader(backend).Read(ctx)
	}

	switch {
	case err != nil:
		refusal.Detail = fmt.Sprintf("The state was at %s. The configuration now names %s, where there is none. "+
			"Whether the old place still has it cannot be seen: %s.\n\n"+
			"To move it: cfplan init -migrate-state, with what the old place needs in the environment or "+
			"-from-backend-config. %s\n"+
			"To leave the old one behind and begin anew: cfplan init -reconfigure.",
			known, here, clause(err), MoveByHand)
	case !st.Blank():
		refusal.Detail = fmt.Sprintf("The state is at %s, with %s owned. The configuration now names %s, where "+
			"there is none. "+
			"Nothing was changed.\n\n"+
			"To move it: cfplan init -migrate-state.\nTo leave the old one behind and begin anew: cfplan init "+
			"-reconfigure.",
			known, english.Count(st.Owned(), "record"), here)
	case known.Lineage == "" || known.Lineage == st.Lineage:
		return nil
	default:
		refusal.Detail = fmt.Sprintf("The state was at %s, and is gone from there. The configuration now names %s, "+
			"where there is none either. Nothing was changed.\n\n"+
			"If it was moved by hand: correct the backend block, which does not name the place that it was moved to.\n"+
			"If there is a copy of it: cfplan state push FILE.\n"+
			"To begin anew: cfplan init -reconfigure. Records that are equal to their declaration are adopted again.",
			known, here)
	}

	return refusal
}

// checkFound compares a state that is in use with the note. It may be another state
// than the one in the note, or an older copy of it.
func checkFound(known, here Note, found *state.State) *Finding {
	switch {
	case known.Lineage == "":
		return nil
	case known.Lineage != found.Lineage:
		return &Finding{
			Refusal: true,
			Summary: "State is another one",
			Detail: fmt.Sprintf("%s has a state of the lineage %s, with %s owned. This directory has used one of "+
				"the lineage %s, "+
				"at %s: it is the state of another project, or somebody has begun this one anew. "+
				"An apply would destroy what it owns and this configuration does not declare. Nothing was changed.\n\n"+
				"If it is another project's: correct the backend block, its path or its key. %s",
				here, found.Lineage, english.Count(found.Owned(), "record"), known.Lineage, known.Place, ifMeant),
			Reason: "it is not the state that this directory has used: cfplan init -reconfigure, if it is meant",
		}
	case known.Serial <= found.Serial:
		return nil // even at another place: the state was moved
	case known.same(here):
		return &Finding{
			Summary: "The state is an older one",
			Detail: fmt.Sprintf("%s has serial %d, and had %d when this directory used it last: somebody has put a "+
				"former one back, "+
				"or another branch is checked out. What was applied since then is not cfplan's for this state; "+
				"equal records are adopted again.", here, found.Serial, known.Serial),
		}
	default:
		return &Finding{
			Refusal: true,
			Summary: "State is an older copy",
			Detail: fmt.Sprintf("%s has an older copy of the state, with serial %d. This directory has used it "+
				"with serial %d at %s; "+
				"what was applied in between is not cfplan's for the copy. Nothing was changed.\n\n"+
				"To bring the newer one here: cfplan init -migrate-state. "+
				"To go on where it is: put the former backend block back. %s",
				here, found.Serial, known.Serial, known.Place, ifMeant),
			Reason: "it is an older copy of the state: cfplan init -migrate-state",
		}
	}
}

// clause returns an error as a part of a sentence.
func clause(err error) string { return strings.TrimSuffix(err.Error(), ".") }
