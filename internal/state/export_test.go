package state

// FoldAfter makes a log that has begun fold after the given number of bytes of parts.
func (l *Log) FoldAfter(bytes int) { l.limit = bytes }

// FoldAfterParts makes a log fold after so many parts.
func (l *Log) FoldAfterParts(parts int) { l.most = parts }
