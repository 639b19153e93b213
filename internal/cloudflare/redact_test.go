package cloudflare

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// leaks returns the first text of the error or the log that contains a secret, or "".
func leaks(e *Error, log string, secrets ...string) string {
	g := e.Guidance()
	texts := []string{log, e.Error(), e.Message, e.Path, e.RayID, g.Title, g.Meaning}
	texts = append(texts, strings.Join(g.Causes, "\n"), strings.Join(g.Steps, "\n"))
	for err := e.Err; err != nil; err = errors.Unwrap(err) {
		texts = append(texts, err.Error(), fmt.Sprintf("%+v", err))
	}

	for _, a := range e.All {
		texts = append(texts, a.Message)
	}

	for _, text := range texts {
		for _, secret := range secrets {
			encoded := base64.StdEncoding.EncodeToString([]byte("user:" + secret))
			for _, form := range []string{secret, encoded[8 : len(encoded)-4], strings.ToLower(percent(secret[2:12]))} {
				if strings.Contains(text, form) {
					return text
				}
			}
		}
	}

	return ""
}

// percent returns a text with each byte as %XX.
func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func TestEchoedCredentialsAreRedacted(t *testing.T) {
	key := Credentials{Key: "c2547eb745079dac9320b638f5e225cf483cc", Email: "admin@example.com"}
	echo := func(secret string) []answer {
		ray := refusal(403, 9109, "You sent "+secret+"!")
		ray.header = http.Header{"Cf-Ray": {secret}}
		escaped := refusal(400, 6003, "")
		escaped.body = `{"success":false,"errors":[{"code":6003,"message":"\u00` + fmt.Sprintf("%02x", secret[0]) + secret[1:] + `","error_chain":["` + secret + `"]}]}`
		return []answer{ray, escaped,
			{status: 200, body: secret, header: http.Header{"Content-Type": {secret}}},
			{status: 200, body: `{"success":true,"result":[{"id":"` + secret + `"}]}`},
			{status: 302, header: http.Header{"Location": {"http://127.0.0.1:1/" + secret}}},
			{status: 429, header: http.Header{"Retry-After": {secret}, "Ratelimit": {secret}}},
			{status: 502, body: secret},
			refusal(403, 10000, "Basic "+base64.StdEncoding.EncodeToString([]byte("user:"+secret+":x"))),
			refusal(403, 10000, "/?token="+url.QueryEscape(secret)+"&again="+strings.ToLower(percent(secret))),
			{cut: true, body: secret},
		}
	}

	for _, creds := range []Credentials{{Token: testToken}, key} {
		for _, secret := range []string{creds.Token, creds.Key, creds.Email} {
			if secret == "" {
				continue
			}
			for i, a := range echo(secret) {
				var log bytes.Buffer
				c := serve(t, a).client(func(o *Options) {
					o.Credentials = creds
					o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				})
				_, err := c.Records(context.Background(), zoneID)
				if text := leaks(asError(t, err), log.String(), creds.Token+creds.Key, secret); text != "" {
					t.Errorf("answer %d: %q contains a credential", i, text)
				}
				_, err = c.GetZone(context.Background(), secret)
				if text := leaks(asError(t, err), log.String(), secret); text != "" {
					t.Errorf("answer %d, with a zone of that name: %q contains a credential", i, text)
				}
			}
		}
	}
}

func TestTransportErrorIsRedacted(t *testing.T) {
	lost := roundTrip(func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("proxy said %q: %w", r.Header.Get("Authorization"), context.DeadlineExceeded)
	})
	c := newClient(Options{BaseURL: "https://api.example", Credentials: Credentials{Token: testToken},
		HTTPClient: &http.Client{Transport: lost}}, newFakeClock())
	_, err := c.Records(context.Background(), zoneID)
	e := asError(t, err)
	if text := leaks(e, "", testToken); text != "" {
		t.Errorf("the text %q contains a credential", text)
	}
	if !strings.Contains(e.Error(), "proxy said") || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v, want the proxy's text and a wrapped %v", e, context.DeadlineExceeded)
	}
}

func TestCredentialsStayWithTheirHost(t *testing.T) {
	other := serve(t, ok(`[]`))
	first := serve(t, answer{status: 307, header: http.Header{"Location": {other.URL + "/"}}})
	for _, creds := range []Credentials{{Token: testToken}, {Key: "c2547eb745079dac9320b638f5e225cf483cc", Email: "admin@example.com"}} {
		if _, err := first.client(func(o *Options) { o.Credentials = creds }).Records(context.Background(), zoneID); err == nil {
			t.Error("Records succeeded after a redirect, want an error")
		}
	}
	if got := other.requests(); len(got) != 0 {
		t.Errorf("sent %q to the other host, want nothing", got)
	}
}

func TestPresentableTextIsShortAndVisible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s") + strings.Repeat("x", rapid.IntRange(0, 400).Draw(t, "n"))
		got := presentable(s)
		if len([]rune(got)) > longestText || strings.ContainsAny(got, "\x00\x1b\n\r\t\u007f\u202e\u200b") {
			t.Fatalf("presentable(%q) = %q, want at most %d visible characters", s, got, longestText)
		}
		if again := presentable(got); again != got {
			t.Fatalf("presentable(%q) = %q, want no change to its own result", got, again)
		}
	})
}

func TestLogHasALineForEachRequestAndRefusal(t *testing.T) {
	refused := refusal(403, 9109, "Invalid access token")
	refused.header = http.Header{"Cf-Ray": {"8f1e2d3c4b5a6978-FRA"}}
	var log bytes.Buffer
	c := serve(t, answer{status: 502}, refused).client(func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})

	_, _ = c.Records(context.Background(), zoneID)
	if n := strings.Count(log.String(), "level=DEBUG"); n != 2 {
		t.Errorf("%d debug lines, want one for each of 2 requests:\n%s", n, &log)
	}

	_, line, _ := strings.Cut(log.String(), "level=INFO")
	for _, want := range []string{"/zones/" + zoneID + "/dns_records", "status=403", "code=9109", "ray=8f1e2d3c4b5a6978-FRA"} {
		if !strings.Contains(line, want) {
			t.Errorf("line %q lacks %s", line, want)
		}
	}
}
