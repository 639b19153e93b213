// Package risk says what the changes of a plan could break: mail, the site, a
// delegation, certificates. [Assess] is called once for each zone, when a plan is put
// together; the risks are part of the plan from then on.
//
// It knows the zone before and after the changes, and nothing else: what other zones
// or servers hold is unknown here. docs/risks.md lists the rules and is made from them.
package risk
