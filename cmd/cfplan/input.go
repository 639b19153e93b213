package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/cfplan/cfplan/internal/files"
)

// Files on the command line may be large, or never end: a device, or a pipe such as <(command).
// Each is read up to a limit, and an interrupt ends the wait.

// readInput reads a file, or standard input for "-", of at most limit bytes. Errors name
// the input.
func readInput(s *services, name string, limit int64) ([]byte, error) {
	if name != "-" {
		return readFile(s.dir, name, limit)
	}
	if isTerminal(s.print.in) {
		return nil, errors.New("standard input is a terminal: name a file, or pipe one in")
	}
	text, err := files.Read(s.print.in, limit)
	return text, tooLarge(inputName(name), err)
}

func inputName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// readFile reads a file or a pipe of at most limit bytes.
func readFile(dir *directory, name string, limit int64) ([]byte, error) {
	f, err := os.Open(dir.path(name))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading only

	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a directory; name a file", name)
	}
	text, err := files.ReadSized(f, limit, info.Size())
	return text, tooLarge(name, err)
}

// tooLarge adds the name of the input to an error about its size.
func tooLarge(name string, err error) error {
	var large *files.TooLargeError
	if errors.As(err, &large) {
		return fmt.Errorf("%s is %w, the most that is read of such a file", name, err)
	}
	return err
}
