package cloudflare

import (
	"errors"
	"testing"
)

func TestBaseURLOfTheFiles(t *testing.T) {
	const own, named = DefaultBaseURL, "https://api.internal.example:8443/client/v4"
	inFiles := Credentials{Token: "token-of-the-files"}
	for name, c := range map[string]struct {
		given Configured
		env   map[string]string
		want  error
	}{
		"none":                          {Configured{}, map[string]string{"CLOUDFLARE_API_TOKEN": "t"}, nil},
		"Cloudflare's own":              {Configured{BaseURL: own}, map[string]string{"CLOUDFLARE_API_TOKEN": "t"}, nil},
		"Cloudflare's own, respelled":   {Configured{BaseURL: " HTTPS://API.Cloudflare.com:443/client/v4/ "}, nil, nil},
		"Cloudflare's own, env differs": {Configured{BaseURL: own}, map[string]string{"CLOUDFLARE_BASE_URL": named}, ErrEndpointDiffers},
		"Cloudflare's own, env broken":  {Configured{BaseURL: own}, map[string]string{"CLOUDFLARE_BASE_URL": "?"}, ErrEndpointDiffers},
		"Cloudflare's own, in clear":    {Configured{BaseURL: "http://api.cloudflare.com/client/v4"}, nil, ErrForeignEndpoint},
		"Cloudflare's own, other path":  {Configured{BaseURL: "https://api.cloudflare.com/client/v5"}, nil, ErrForeignEndpoint},
		"Cloudflare's own, other port":  {Configured{BaseURL: "https://api.cloudflare.com:8443/client/v4"}, nil, ErrForeignEndpoint},

		"the one of the environment":           {Configured{BaseURL: named + "/"}, map[string]string{"CLOUDFLARE_BASE_URL": named, "CLOUDFLARE_API_TOKEN": "t"}, nil},
		"the one of the environment, loopback": {Configured{BaseURL: "http://127.0.0.1:1/v4"}, map[string]string{"CLOUDFLARE_BASE_URL": "http://127.0.0.1:1/v4", "CLOUDFLARE_API_TOKEN": "t"}, nil},
		"another port than the environment's":  {Configured{BaseURL: "https://api.internal.example/client/v4"}, map[string]string{"CLOUDFLARE_BASE_URL": named}, ErrForeignEndpoint},
		"another path than the environment's":  {Configured{BaseURL: "https://api.internal.example:8443/steal"}, map[string]string{"CLOUDFLARE_BASE_URL": named}, ErrForeignEndpoint},

		"foreign":                                {Configured{BaseURL: "https://api.evil.test/client/v4"}, nil, ErrForeignEndpoint},
		"foreign, the files' own token":          {Configured{BaseURL: "https://api.evil.test/client/v4", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"Cloudflare's name as a prefix":          {Configured{BaseURL: "https://api.cloudflare.com.evil.test/client/v4"}, nil, ErrForeignEndpoint},
		"user information":                       {Configured{BaseURL: "https://api.cloudflare.com@evil.test/client/v4"}, nil, ErrForeignEndpoint},
		"user information before the real one":   {Configured{BaseURL: "https://evil.test@api.cloudflare.com/client/v4"}, nil, ErrForeignEndpoint},
		"a query":                                {Configured{BaseURL: own + "?x"}, nil, ErrForeignEndpoint},
		"only a space":                           {Configured{BaseURL: " "}, map[string]string{"CLOUDFLARE_BASE_URL": named}, ErrForeignEndpoint},
		"no address":                             {Configured{BaseURL: "127.0.0.1:8787"}, nil, ErrForeignEndpoint},
		"loopback, the files' own token":         {Configured{BaseURL: "http://127.0.0.1:8787/client/v4", Credentials: inFiles}, nil, nil},
		"loopback, with a token in the env":      {Configured{BaseURL: "http://[::1]:8787", Credentials: inFiles}, map[string]string{"CLOUDFLARE_API_TOKEN": "t", "CLOUDFLARE_API_TOKEN_FILE": "f"}, nil},
		"loopback, no token at all":              {Configured{BaseURL: "http://localhost:8787"}, nil, nil},
		"loopback, token of the environment":     {Configured{BaseURL: "http://localhost:8787"}, map[string]string{"CLOUDFLARE_API_TOKEN": "t"}, ErrLoopbackEndpoint},
		"loopback, token in a file":              {Configured{BaseURL: "http://localhost:8787"}, map[string]string{"CLOUDFLARE_API_TOKEN_FILE": "f"}, ErrLoopbackEndpoint},
		"loopback, a token without value":        {Configured{BaseURL: "http://localhost:8787", Pending: true}, map[string]string{"CLOUDFLARE_API_TOKEN": "t"}, nil},
		"loopback, key of the environment":       {Configured{BaseURL: "http://localhost:8787"}, map[string]string{"CLOUDFLARE_API_KEY": "k"}, ErrLoopbackEndpoint},
		"loopback, email of the environment":     {Configured{BaseURL: "http://localhost:8787", Credentials: Credentials{Key: "k"}}, map[string]string{"CLOUDFLARE_EMAIL": "e"}, ErrLoopbackEndpoint},
		"loopback, from a variable":              {Configured{BaseURL: "https://127.0.0.2/", Credentials: inFiles, Outside: true}, nil, ErrLoopbackEndpoint},
		"a name that begins like loopback":       {Configured{BaseURL: "http://127.0.0.1.evil.test/", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"loopback as user information":           {Configured{BaseURL: "http://127.0.0.1@evil.test/", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"loopback as user information and port":  {Configured{BaseURL: "http://127.0.0.1:80@evil.test/", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"loopback with user information":         {Configured{BaseURL: "http://evil.test@127.0.0.1/", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"loopback as one number":                 {Configured{BaseURL: "http://2130706433/", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"loopback in octal":                      {Configured{BaseURL: "http://0177.0.0.1/", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"loopback in short":                      {Configured{BaseURL: "http://127.1/", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"loopback in IPv6":                       {Configured{BaseURL: "http://[::ffff:127.0.0.1]/", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"every address of this machine":          {Configured{BaseURL: "http://0.0.0.0/", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"localhost with a final dot":             {Configured{BaseURL: "http://localhost./", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"a backslash, which browsers take for /": {Configured{BaseURL: `http://evil.test\@127.0.0.1/`, Credentials: inFiles}, nil, ErrForeignEndpoint},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.given.CheckBaseURL(func(name string) string { return c.env[name] })
			if !errors.Is(err, c.want) {
				t.Errorf("CheckBaseURL(%q) = %v, want %v", c.given.BaseURL, err, c.want)
			}
		})
	}
}

// A named account has its own variables. Only they decide whether its token may go to an address from the
// files.
func TestBaseURLOfAnAccount(t *testing.T) {
	const local = "http://127.0.0.1:8787"
	inFiles := Credentials{Token: "token-of-the-files"}
	for name, c := range map[string]struct {
		given Configured
		env   map[string]string
		want  error
	}{
		"foreign":                          {Configured{BaseURL: "https://api.evil.test/client/v4", Credentials: inFiles}, nil, ErrForeignEndpoint},
		"loopback, its variable":           {Configured{BaseURL: local}, map[string]string{"CLOUDFLARE_API_TOKEN_EU": "t"}, ErrLoopbackEndpoint},
		"loopback, its file":               {Configured{BaseURL: local}, map[string]string{"CLOUDFLARE_API_TOKEN_EU_FILE": "f"}, ErrLoopbackEndpoint},
		"loopback, the default account's":  {Configured{BaseURL: local}, map[string]string{"CLOUDFLARE_API_TOKEN": "t"}, nil},
		"loopback, another account's":      {Configured{BaseURL: local}, map[string]string{"CLOUDFLARE_API_TOKEN_US": "t"}, nil},
		"loopback, the files' own token":   {Configured{BaseURL: local, Credentials: inFiles}, map[string]string{"CLOUDFLARE_API_TOKEN_EU": "t"}, nil},
		"loopback, a variable from a job":  {Configured{BaseURL: local, Credentials: inFiles, Outside: true}, nil, ErrLoopbackEndpoint},
		"loopback, a key without its mail": {Configured{BaseURL: local, Credentials: Credentials{Key: "k"}}, map[string]string{"CLOUDFLARE_EMAIL": "e"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.given.Account = "eu"
			err := c.given.CheckBaseURL(func(name string) string { return c.env[name] })
			if !errors.Is(err, c.want) {
				t.Errorf("CheckBaseURL(%q) = %v, want %v", c.given.BaseURL, err, c.want)
			}
		})
	}
}
