// Package files reads input up to a limit and writes complete files.
//
// Others wrote everything that cfplan reads, so every read has a limit. Everything that cfplan writes may be
// interrupted, so a file is either the old one or the new one, but never half of one.
package files
