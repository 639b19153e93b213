// Package sandbox is Cloudflare's DNS API (version 4) in memory: zones, their records, batches and token
// checks behind an http.Handler. It serves `cfplan sandbox`, and all tests use it in place of Cloudflare,
// over real HTTP.
//
// It is a second opinion and shares no code with the rest of cfplan. It checks and normalises names,
// contents and limits by itself, from what is known about Cloudflare's behaviour, so that a mistake in
// package dns is not repeated here. It refuses what Cloudflare refuses, with Cloudflare's codes if they are
// known; codes.go marks the few that are made up.
//
// It can also play Cloudflare's name servers for its zones, over real UDP and TCP: see [NameServer]. It
// does not resolve other names, and its content is lost when the process ends.
//
// It can produce failures on request: tests use [Fault], and people send requests to /_sandbox/.
package sandbox
