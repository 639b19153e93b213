package nameserver

// ReadAnswer reads a message from a server, which may be hostile.
var ReadAnswer = answer
