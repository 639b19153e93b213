package cloudflare

// mostPages bounds every list: a hostile answer can promise pages without end.
const mostPages = 1000

// resultInfo says which part of a list an answer is. Any of it may be missing.
type resultInfo struct {
	PerPage    int  `json:"per_page"`
	TotalCount *int `json:"total_count"`
	TotalPages int  `json:"total_pages"`
}

// last reports whether the page was the last one; got is how many items it had,
// asked how many it could have had.
func (i resultInfo) last(page, got, asked int) bool {
	switch {
	case got == 0 || page >= mostPages:
		return true
	case i.TotalPages > 0:
		return page >= i.TotalPages
	case i.TotalCount != nil && i.PerPage > 0: // the server may give less than asked
		return page >= (*i.TotalCount+i.PerPage-1)/i.PerPage
	default:
		return got < asked
	}
}
