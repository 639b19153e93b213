package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// Staleness makes lists of records lag behind writes. No report says that Cloudflare's lists lag, but nothing
// promises that they do not. A list shows a write only after the time For has passed and the server has
// answered Reads more lists of the zone's records. With the zero value, lists never lag. Records that are
// read by their ID are always current.
type Staleness struct {
	For   time.Duration
	Reads int
}

// past is a zone as it was before a write.
type past struct {
	at      time.Time
	reads   int
	records []*stored
}

// maxPasts limits the number of earlier versions that a zone remembers, for writes that come faster than
// versions expire. The oldest version is dropped first.
const maxPasts = 1000

// SetStale makes the lists of all zones lag behind later writes. With the zero value, every list is current
// again at once.
func (s *Server) SetStale(stale Staleness) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = stale
	for _, z := range s.zones {
		z.pasts = nil
	}
}

// before returns the zone's current records if the request is a write that lists may have to hide for a
// while, else nil.
func (s *Server) before(c *call) []*stored {
	if c.zone == nil || !c.write() || s.stale == (Staleness{}) {
		return nil
	}
	return c.zone.all()
}

// remember stores what a zone's list showed before a committed write.
func (s *Server) remember(z *zone, before []*stored) {
	if len(z.pasts) >= maxPasts {
		z.pasts = z.pasts[1:]
	}
	z.pasts = append(z.pasts, past{at: s.opts.Now(), reads: s.stale.Reads, records: before})
}

// listed returns the records that a list shows: the current ones, or the ones before the earliest write that
// lists still hide. The caller owns the slice.
func (s *Server) listed(z *zone) []*stored {
	now := s.opts.Now()

	for len(z.pasts) > 0 && z.pasts[0].reads <= 0 && !now.Before(z.pasts[0].at.Add(s.stale.For)) {
		z.pasts = z.pasts[1:]
	}
	if len(z.pasts) == 0 {
		return z.all()
	}
	for i := range z.pasts {
		z.pasts[i].reads--
	}
	return append([]*stored(nil), z.pasts[0].records...)
}

// knobStale sets the staleness of lists from the parameters "for" and "reads".
func (s *Server) knobStale(w http.ResponseWriter, r *http.Request) {
	var bad string
	q := query{r.URL.Query(), &bad}
	stale := Staleness{For: q.duration("for"), Reads: q.number("reads", 0)}
	if bad == "" && stale == (Staleness{}) {
		bad = "say for how long, for=2s, or for how many lists, reads=1"
	}
	if bad != "" {
		reply(w, http.StatusBadRequest, bad+"\n")
		return
	}
	s.SetStale(stale)
	reply(w, http.StatusOK, fmt.Sprintf("lists show a write after %v and %d further lists; POST /_sandbox/heal clears this\n",
		stale.For, stale.Reads))
}
