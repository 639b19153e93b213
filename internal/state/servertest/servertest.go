// Package servertest starts the real servers that a state can be kept on: an S3 server
// and PostgreSQL as programs, and one for Terraform's HTTP protocol in memory. It is
// for tests only.
package servertest

import "os"

// Stop ends the servers that this process has started. It is for TestMain.
func Stop() {
	for _, g := range gateways.byArgs {
		_ = g.process.Process.Kill()
		<-g.ended
	}
	for _, s := range clusters {
		s.stop()
	}
	for _, dir := range gateways.dirs {
		_ = os.RemoveAll(dir)
	}
}
