package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

var (
	// durations matches TTLs in the forms of zone files and other tools, such as 5m, 1h30m or "2 hours".
	durations = regexp.MustCompile(`^(?:\s*[0-9]{1,6}\s*[a-z]+)+\s*$`)
	duration  = regexp.MustCompile(`([0-9]+)\s*([a-z]+)`)
)

// unitSeconds are the units of durations, in seconds.
var unitSeconds = map[string]int{
	"s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
	"m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
	"h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600,
	"d": 86_400, "day": 86_400, "days": 86_400,
	"w": 604_800, "week": 604_800, "weeks": 604_800,
}

// ttlHint says how to write a TTL that is given as a duration, or with another word for automatic. It returns
// "" for any other text.
func ttlHint(text string) string {
	text = strings.ToLower(text)
	if strings.TrimSpace(text) == "auto" || strings.TrimSpace(text) == "automatic" {
		return ` Write "auto".`
	}
	if !durations.MatchString(text) {
		return ""
	}

	total := 0
	for _, m := range duration.FindAllStringSubmatch(text, -1) {
		unit, known := unitSeconds[m[2]]
		n, err := strconv.Atoi(m[1])
		if !known || err != nil {
			return ""
		}
		total += n * unit
	}
	if total < dns.MinTTL || total > dns.MaxTTL {
		return fmt.Sprintf(" Cloudflare accepts %d to %d seconds.", dns.MinTTL, dns.MaxTTL)
	}
	return fmt.Sprintf(" Write %d.", total)
}
