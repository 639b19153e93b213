// Package clienttest runs other DNS tools against the sandbox: Cloudflare's own legacy SDK and lego's DNS
// provider. These clients were written for Cloudflare itself, so if one of them fails, the sandbox is wrong.
// The tests also find mistakes that cfplan's client and the sandbox have in common.
//
// The package is a separate module, so that these clients do not become dependencies of cfplan. It contains
// only tests.
package clienttest
