package workdir

import (
	"context"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/state"
)

// ifMeant says what to do if the state that was found is the right one.
const ifMeant = "If it is the right state: cfplan init -reconfigure."

// Check compares the state that was found at a place with the note. found is blank if the place has no state.
// Check returns nil if there is nothing to report.
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
		Detail: fmt.Sprintf("%s had a state (lineage %s), and has none now. No record is lost: records whose "+
			"name, type and content are declared are adopted again. If they differ in anything else, such as the "+
			"TTL, plan shows them as adopted and changed. All other records stay at Cloudflare, unmanaged: "+
			"cfplan import ZONE -out=- prints a whole zone as HCL, so that you can declare them again. If you have "+
			"a copy of the state, restore it with cfplan state push.",
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
		refusal.Detail = fmt.Sprintf("The state was at %s. The configuration now names %s, which has no state. "+
			"cfplan could not check whether the old place still has it: %s.\n\n"+
			"To move it: cfplan init -migrate-state. Give the settings of the old place in the environment or with "+
			"-from-backend-config. %s\n"+
			"To leave the old state behind and start with a new one: cfplan init -reconfigure.",
			known, here, clause(err), MoveByHand)
	case !st.Blank():
		refusal.Detail = fmt.Sprintf("The state is at %s, with %s owned. The configuration now names %s, which "+
			"has no state. Nothing was changed.\n\n"+
			"To move it: cfplan init -migrate-state.\n"+
			"To leave the old state behind and start with a new one: cfplan init -reconfigure.",
			known, english.Count(st.Owned(), "record"), here)
	case known.Lineage == "" || known.Lineage == st.Lineage:
		return nil
	default:
		refusal.Detail = fmt.Sprintf("The state was at %s, and is gone from there. The configuration now names %s, "+
			"which has no state either. Nothing was changed.\n\n"+
			"If you moved the state by hand: correct the backend block, which does not name its new place.\n"+
			"If you have a copy of the state: cfplan state push FILE.\n"+
			"To start with a new state: cfplan init -reconfigure. Records that are equal to their declaration are adopted again.",
			known, here)
	}

	return refusal
}

// checkFound compares the state that was found with the note. It may be a different state than the one in the
// note, or an older copy of that one.
func checkFound(known, here Note, found *state.State) *Finding {
	switch {
	case known.Lineage == "":
		return nil
	case known.Lineage != found.Lineage:
		return &Finding{
			Refusal: true,
			Summary: "State is another one",
			Detail: fmt.Sprintf("%s has a state of the lineage %s, with %s owned. This directory last used a state of "+
				"the lineage %s, at %s. So it is the state of another project, or the state was created again. An "+
				"apply would destroy the records that this state owns and this configuration does not declare. "+
				"Nothing was changed.\n\n"+
				"If the state belongs to another project: correct the backend block, its path or its key. %s",
				here, found.Lineage, english.Count(found.Owned(), "record"), known.Lineage, known.Place, ifMeant),
			Reason: "it is not the state that this directory has used: cfplan init -reconfigure, if it is the right one",
		}
	case known.Serial <= found.Serial:
		return nil // even at another place: the state was moved
	case known.same(here):
		return &Finding{
			Summary: "The state is an older one",
			Detail: fmt.Sprintf("%s has serial %d, but had %d when this directory last used it: an older state was "+
				"restored, or another branch is checked out. This state does not own records that were created since "+
				"then; equal records are adopted again.", here, found.Serial, known.Serial),
		}
	default:
		return &Finding{
			Refusal: true,
			Summary: "State is an older copy",
			Detail: fmt.Sprintf("%s has an older copy of the state, with serial %d. This directory last used it "+
				"with serial %d at %s. The copy does not own records that were created in between. "+
				"Nothing was changed.\n\n"+
				"To move the newer state here: cfplan init -migrate-state. "+
				"To use the newer state where it is: restore the former backend block. %s",
				here, found.Serial, known.Serial, known.Place, ifMeant),
			Reason: "it is an older copy of the state: cfplan init -migrate-state",
		}
	}
}

// clause returns an error as a part of a sentence.
func clause(err error) string { return strings.TrimSuffix(err.Error(), ".") }
