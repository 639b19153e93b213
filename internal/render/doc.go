// Package render shows plans and diagnostics to users: as text for a terminal, as Markdown for a pull request, as an
// HTML page, and as annotations of GitHub. The same plan always gives the same bytes.
//
// The package decides nothing about the plan and reads no clock: it counts ages from the time at which the plan was
// made. The machine-readable form is the plan document itself, in package plan. Every string in a plan may come from
// an attacker, so render escapes every string before it writes it.
package render
