// Package servertest starts real servers that can keep a state: an S3 server and PostgreSQL as programs,
// and a server for Terraform's HTTP protocol in memory. It is only for tests.
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
