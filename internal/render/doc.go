// Package render shows plans and diagnostics to people: as text for a terminal and as Markdown
// for a pull request. The same plan always gives the same bytes.
//
// It decides nothing about the plan and reads no clock; ages are counted from the
// time at which the plan was made. The machine-readable form is the plan document
// itself, which is package plan's. Everything in a plan may have been written by
// somebody hostile, so every string of it passes through an escape on its way out.
package render
