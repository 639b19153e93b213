// Package secret recognises what must stay secret: files that a configuration must not
// read, and known credentials inside a text that others wrote.
//
// A configuration may come from a stranger, such as the author of a pull request, and is
// evaluated by a job that holds credentials. The package decides; it opens no file and
// sends nothing. A reason is a clause that follows the name of the file, such as "it is
// inside .git". It never quotes what is in the file.
package secret
