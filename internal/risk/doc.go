// Package risk finds what the changes of a plan could break: mail, the site, a
// delegation, certificates. [Assess] runs once for each zone when a plan is made; the
// risks it finds are part of the plan from then on.
//
// The rules see only the zone before and after the changes, not other zones or servers. docs/risks.md lists the
// rules; a test generates it from them.
package risk
