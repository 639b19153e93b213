//go:build !unix

package main

// forbidCoreDumps does nothing: the system writes no core dumps unless an administrator has set it up to.
func forbidCoreDumps() {}
