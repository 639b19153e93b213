// Package sandbox is Cloudflare's DNS API (version 4) in memory: zones, their
// records, batches and token checks behind an http.Handler. It serves
// `cfplan sandbox`, and it is the Cloudflare of every test, over real HTTP.
//
// It is a second opinion. It shares no code with the rest of cfplan: names,
// contents and limits are checked and normalised here once more, from what is
// known of Cloudflare's behaviour, so that a mistake made in package dns is not
// made here as well. It refuses what Cloudflare refuses, with Cloudflare's
// codes where they are known; the few made-up ones are marked in codes.go.
//
// It can also play Cloudflare's name servers for its zones, over real UDP and
// TCP: see [NameServer]. It resolves nothing, and it keeps nothing: what it holds
// is gone with the process.
//
// Things go wrong on request: see [Fault] for tests, and /_sandbox/ for people.
package sandbox
