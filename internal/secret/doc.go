// Package secret recognises what must stay secret: files that a configuration must not read, and known
// credentials inside a text from others.
//
// A configuration may come from a stranger, such as the author of a pull request, and is evaluated by a job
// that has credentials. The package only decides; it does not open files or send anything. A reason is a
// clause that follows the name of the file, such as "it is inside .git". It never quotes the content of the
// file.
package secret
