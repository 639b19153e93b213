package nameserver

// ReadAnswer is what a foreign message goes through.
var ReadAnswer = answer
