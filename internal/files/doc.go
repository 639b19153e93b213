// Package files reads input within a bound and writes whole files.
//
// Everything that cfplan reads was written by others, so every read names the most
// that it takes. Everything that cfplan writes may be interrupted, so a file is
// either the old one or the new one, never half of one.
package files
