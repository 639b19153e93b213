// Package render shows plans and diagnostics to people: as text for a terminal and as Markdown
// for a pull request. The same plan always gives the same bytes.
//
// It decides nothing about the plan and reads no clock: ages are counted from the time at which the plan
// was made. The machine-readable form is the plan document itself, in package plan. Every string in a plan
// may come from an attacker, so every string is escaped before it is written.
package render
