// Package files reads input up to a limit and writes complete files.
//
// A stranger may have written any file that cfplan reads, so every read has a limit. A write may be
// interrupted at any moment, so afterwards the file is either the old one or the new one, never a part of one.
package files
