// Package sandbox is Cloudflare's DNS API (version 4) in memory: zones, their records, batches and token
// checks behind an http.Handler. `cfplan sandbox` serves it, and all tests use it in place of Cloudflare,
// over real HTTP.
//
// It is a second, independent implementation and shares no code with the rest of cfplan. It checks and
// normalizes names, contents and limits with its own code, written from what is known about Cloudflare's
// behavior, so that it does not repeat a mistake of package dns. It refuses what Cloudflare refuses, with
// Cloudflare's codes if they are known; codes.go marks the few that are made up.
//
// It can also act as Cloudflare's name servers for its zones, over real UDP and TCP: see [NameServer]. The
// name server does not resolve other names. The sandbox's content is lost when the process ends.
//
// It can produce failures on request: tests set a [Fault], and users send requests to /_sandbox/.
package sandbox
