// Package workdir remembers which state a working directory last used.
//
// The note is .cfplan/backend.json, beside the configuration. Without it, a changed backend block would
// look like an empty state, and a plan against an empty state would create every record again. The note
// belongs to one directory: a fresh checkout has none and needs none.
//
// The package compares the note with the state that a command found, and returns its findings. It prints
// nothing and does not know which command runs.
package workdir

import (
	"github.com/cfplan/cfplan/internal/state"
)

// Directory is a working directory with its note. It is not safe for concurrent use.
type Directory struct {
	path         string
	defaultState string
	settings     state.Settings
	open         Opener

	// note and damage are the result of reading the note file; both are nil if there is no note.
	note   *Note
	damage *Finding
	read   bool
}

// Opener returns the backend of a place. It reads and writes nothing. The directory calls it for the place
// in the note, whose kind may differ from the configuration's.
type Opener func(Place) (state.Backend, error)

// Open returns the directory at a path. A local backend block without a path means the file defaultState in
// it. The attributes of the note override settings.
func Open(path, defaultState string, settings state.Settings, open Opener) *Directory {
	return &Directory{path: path, defaultState: defaultState, settings: settings, open: open}
}

// Place is where a state is kept, as a backend block describes it.
type Place struct {
	// Kind names the backend, such as "s3".
	Kind string
	// Settings are the attributes of the block, overridden by -backend-config. They may contain secrets.
	Settings state.Settings
	// IdentityFile is the identity_file of the encryption block, if there is one.
	IdentityFile string
}

// Finding is something that the user should know about the state of this directory. It is not an error: the
// command that gets a refusal decides what to do.
type Finding struct {
	// Refusal means that a command that changes something must stop. A command that only reads shows the
	// finding as a warning and writes nothing.
	Refusal bool
	Summary string
	Detail  string
	// Reason is the error text for each attempt to write after the refusal was shown as a warning: a clause
	// without a full stop.
	Reason string
}
