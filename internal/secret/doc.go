// Package secret recognizes what must stay secret: files that a configuration must not read, and known
// credentials inside a text from outside, such as a server's answer.
//
// A configuration may come from a stranger, such as the author of a pull request, and is evaluated by a job
// that has credentials. The package only decides; it does not open files or send anything.
//
// The functions return the reason why a file must not be read as a clause that follows the name of the file,
// such as "it is inside .git". A reason never quotes the content of the file.
package secret
