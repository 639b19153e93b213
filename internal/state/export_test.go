package state

// FoldAfter makes a log that has begun fold after so many bytes of parts.
func (l *Log) FoldAfter(bytes int) { l.limit = bytes }
