// Package clienttest lets DNS tools that are not ours work against the
// sandbox: Cloudflare's own legacy SDK and lego's DNS provider. They were
// written against Cloudflare itself, so what they cannot use is wrong with the
// sandbox, and no mistake that cfplan's client and the sandbox might share goes
// unseen.
//
// It is a module of its own, so that these clients do not become dependencies
// of cfplan. It holds tests only.
package clienttest
