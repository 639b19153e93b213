// Package clienttest runs other DNS tools against the sandbox: Cloudflare's own legacy SDK and lego's DNS
// provider. They were written for Cloudflare itself, so if they fail, the sandbox is wrong. This also finds
// mistakes that cfplan's client and the sandbox have in common.
//
// It is a separate module, so that these clients do not become dependencies of cfplan. It contains only tests.
package clienttest
