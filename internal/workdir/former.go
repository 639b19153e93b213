package workdir

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/cfplan/cfplan/internal/state"
)

// MoveByHand says what to do if this machine cannot reach the old place.
const MoveByHand = "Or move it by hand: on a machine that can read the old place, with the old backend block, " +
	"cfplan state pull > state.json; then here, cfplan state push state.json."

// Former returns the place to move the state from: the place of the note, or a place of the given kind if
// kind is not empty. over overrides the attributes of the note. If there is no such place, the finding is a
// refusal.
func (d *Directory) Former(kind string, over ...state.Layer) (Note, state.Backend, *Finding) {
	known, damage := d.Note()
	if kind != "" {
		known = &Note{Backend: kind, Place: kind}
	}
	if known == nil {
		return Note{}, nil, nothingKnown(damage)
	}

	old := *known
	backend, err := d.openNoted(old, over...)
	if err != nil {
		return Note{}, nil, &Finding{
			Refusal: true,
			Summary: "Old place of the state cannot be used",
			Detail: fmt.Sprintf("%s: %s. Nothing was changed. Give its settings in the environment, or with "+
				"-from-backend-config. %s",
				old.Place, clause(err), MoveByHand),
		}
	}

	old.Place = backend.Place(state.DocState)
	if old.Backend == "local" {
		old.Place = state.NewSettings(nil, over...).Value("path").Value
		if old.Place == "" {
			old.Place = d.localPath(old.Attributes)
		}
	}

	return old, backend, nil
}

func nothingKnown(damage *Finding) *Finding {
	detail := "there is no " + filepath.FromSlash(NotePath) + " here"
	if damage != nil {
		detail = strings.TrimSuffix(damage.Detail, ".")
	}
	return &Finding{
		Refusal: true,
		Summary: "Nothing to move",
		Detail: fmt.Sprintf("It is not known where the state was before: %s. "+
			"Name the old place with -from-backend=KIND and -from-backend-config=NAME=VALUE. %s", detail, MoveByHand),
	}
}

// openNoted opens the place of a note. over overrides its attributes. An encrypted state is read with the
// keys of the environment. The note may have come with the repository, so its attributes are trusted as
// little as those of a configuration file.
func (d *Directory) openNoted(n Note, over ...state.Layer) (state.Backend, error) {
	noted := state.Layer{Origin: state.Origin{File: NotePath}, Attributes: n.Attributes}
	settings := d.settings.Over(noted).Over(over...)

	backend, err := d.open(Place{Kind: n.Backend, Settings: settings, IdentityFile: n.IdentityFile})
	if err != nil {
		if len(n.Withheld) > 0 {
			err = fmt.Errorf("%s; not remembered, because they are secret: %s", clause(err), strings.Join(n.Withheld, ", "))
		}
		return nil, err
	}

	fromFile := n.Version != 0
	if fromFile && n.Backend != "local" && len(over) == 0 && backend.Place(state.DocState) != n.Place {
		return nil, fmt.Errorf("with this environment, the settings in the note lead to %s", backend.Place(state.DocState))
	}

	return backend, nil
}

// SamePlace reports whether two states of the same kind are in one place. Two paths to one local file are one
// place, because they share its lock.
func SamePlace(kind string, a, b *state.Reader) bool {
	if kind != "local" {
		return a.String() == b.String()
	}
	x, errX := realPath(a.String())
	y, errY := realPath(b.String())
	return errX == nil && errY == nil && x == y
}

// realPath follows the symbolic links of a path, as far as the path exists.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}

	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real, nil
	}

	dir, name := filepath.Split(path)
	if name == "" {
		return path, nil
	}

	dir, err = realPath(filepath.Clean(dir))
	return filepath.Join(dir, name), err
}
