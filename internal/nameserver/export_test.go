package nameserver

// ReadAnswer processes a message from a foreign server.
var ReadAnswer = answer
