package lang

// Pieces counts the words, signs and line ends of a source, including those in strings and comments. The
// parsers of HCL and JSON make about as many tokens, and never more than twice as many. Each token takes
// a few hundred bytes of memory, so the count predicts the memory before a parser uses it.
func Pieces(src []byte) int {
	pieces, last := 0, byte(' ')
	for _, c := range src {
		switch {
		case isDigit(c):
			if !isDigit(last) && !isLetter(last) {
				pieces++
			}
		case isLetter(c):
			if !isLetter(last) { // a number and a letter after it are two tokens
				pieces++
			}
		case c == ' ', c == '\t':
		case 0x80 <= c && c < 0xc0: // a further byte of the same character
		default:
			pieces++
		}
		last = c
	}
	return pieces
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
