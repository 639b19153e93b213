package sandbox

import (
	"net/http"
	"strings"
)

// permission is the name of an API permission group.
type permission string

const (
	zoneRead permission = "Zone Read"
	dnsRead  permission = "DNS Read"
	dnsWrite permission = "DNS Write"
)

// route is an endpoint. Path segments in braces match an identifier.
type route struct {
	method  string
	path    string
	service string // its name in rate limit headers
	needs   permission
	// verify reports whether the endpoint checks the credentials itself.
	verify bool
	handle func(*call) answer
}

func routes() []route {
	const records, record = "/zones/{zone}/dns_records", "/zones/{zone}/dns_records/{record}"
	return []route{
		{method: "GET", path: "/user/tokens/verify", verify: true, handle: verifyUserToken},
		{method: "GET", path: "/accounts/{account}/tokens/verify", verify: true, handle: verifyAccountToken},
		{method: "GET", path: "/accounts/{account}/dns_records/usage", service: "default", needs: dnsRead,
			handle: accountUsage},
		{method: "GET", path: "/zones", service: "list_zones", needs: zoneRead, handle: listZones},
		{method: "GET", path: "/zones/{zone}", service: "get_zone", needs: zoneRead, handle: getZone},
		{method: "GET", path: records, service: "default", needs: dnsRead, handle: listRecords},
		{method: "POST", path: records, service: "default", needs: dnsWrite, handle: createRecord},
		{method: "POST", path: records + "/batch", service: "default", needs: dnsWrite, handle: runBatch},
		{method: "GET", path: records + "/export", service: "default", needs: dnsRead, handle: export},
		{method: "GET", path: records + "/usage", service: "default", needs: dnsRead, handle: zoneUsage},
		{method: "GET", path: record, service: "default", needs: dnsRead, handle: getRecord},
		{method: "PUT", path: record, service: "default", needs: dnsWrite, handle: overwriteRecord},
		{method: "PATCH", path: record, service: "default", needs: dnsWrite, handle: editRecord},
		{method: "DELETE", path: record, service: "default", needs: dnsWrite, handle: deleteRecord},
	}
}

// find returns the endpoint for a request. A path with a malformed identifier counts as unknown. Cloudflare
// answers an unknown path with 400, not with 404.
func find(method, path string) (route, map[string]string, *refusal) {
	known := false
	for _, rt := range routes() {
		ids, ok := match(rt.path, path)
		if ok && rt.method == method {
			return rt, ids, nil
		}
		known = known || ok
	}
	if known {
		return route{}, nil, refuse(http.StatusMethodNotAllowed, codeMethod, "Method not allowed")
	}
	return route{}, nil, refuse(http.StatusBadRequest, codeCouldNotRoute,
		"Could not route to "+path+", perhaps your object identifier is invalid?")
}

// match compares a path with a pattern, segment by segment, and returns the identifiers.
func match(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}

	ids := map[string]string{}
	for i, w := range want {
		switch {
		case strings.HasPrefix(w, "{") && isIdentifier(got[i]):
			ids[strings.Trim(w, "{}")] = got[i]
		case w != got[i]:
			return nil, false
		}
	}

	return ids, true
}
