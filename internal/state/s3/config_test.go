package s3_test

import (
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestConfigureR2FindsTheServer(t *testing.T) {
	const account = "0123456789abcdef0123456789abcdef"
	for jurisdiction, where := range map[string]string{
		"":        account,
		"default": account,
		"eu":      account + ".eu",
		"fedramp": account + ".fedramp",
	} {
		want := where + ".r2.cloudflarestorage.com"
		b, err := s3.ConfigureR2(statetest.Given(map[string]string{"bucket": "dns", "jurisdiction": jurisdiction},
			env("CLOUDFLARE_ACCOUNT_ID", account)))
		if err != nil {
			t.Errorf("ConfigureR2 with jurisdiction %q: %v", jurisdiction, err)
			continue
		}

		host, region, style := b.(*s3.Backend).Endpoint()
		if host != want || region != "auto" || style != minio.BucketLookupPath {
			t.Errorf("with jurisdiction %q R2 is %s, region %s, style %v; want %s", jurisdiction, host, region, style,
				want)
		}
		if got := b.Place(state.DocState); got != "r2://"+where+"/dns/cfplan.state.json" {
			t.Errorf("with jurisdiction %q Place = %q, want it in %s", jurisdiction, got, where)
		}
	}
}

func TestConfigureS3FindsTheServer(t *testing.T) {
	for _, c := range []struct {
		attrs        map[string]string
		env          func(string) string
		host, region string
		style        minio.BucketLookupType
	}{
		{map[string]string{"region": "eu-west-1"}, noEnv, "s3.amazonaws.com", "eu-west-1", minio.BucketLookupAuto},
		{nil, env("AWS_REGION", "eu-west-1", "AWS_DEFAULT_REGION", "us-west-1"), "s3.amazonaws.com", "eu-west-1", minio.BucketLookupAuto},
		{nil, env("AWS_DEFAULT_REGION", "cn-north-1"), "s3.cn-north-1.amazonaws.com.cn", "cn-north-1", minio.BucketLookupAuto},
		{map[string]string{"endpoint": "minio.example.com:9000", "use_path_style": "true"}, noEnv, "minio.example.com:9000", "us-east-1", minio.BucketLookupPath},
		{map[string]string{"endpoint": "https://s3.fr.example.com/", "region": "fr", "use_path_style": "false"}, noEnv, "s3.fr.example.com", "fr", minio.BucketLookupDNS},
		{nil, env("AWS_ENDPOINT_URL_S3", "https://one.example", "AWS_ENDPOINT_URL", "https://two.example"), "one.example", "us-east-1", minio.BucketLookupAuto},
		{map[string]string{"endpoint": "http://minio:9000", "allow_http": "true"}, noEnv, "minio:9000", "us-east-1", minio.BucketLookupAuto},
		{map[string]string{"endpoint": "http://[::1]:9000"}, noEnv, "[::1]:9000", "us-east-1", minio.BucketLookupAuto},
	} {
		attrs := map[string]string{"bucket": "dns"}
		for k, v := range c.attrs {
			attrs[k] = v
		}

		b, err := s3.Configure(statetest.Given(attrs, c.env))
		if err != nil {
			t.Errorf("Configure(%v): %v", attrs, err)
			continue
		}

		if host, region, style := b.(*s3.Backend).Endpoint(); host != c.host || region != c.region || style != c.style {
			t.Errorf("Configure(%v) = %s, %s, %v; want %s, %s, %v", attrs, host, region, style, c.host, c.region,
				c.style)
		}
	}
}

func TestConfigureReportsAllMistakesAtOnce(t *testing.T) {
	const secret = "do-not-show"
	for _, c := range []struct {
		name  string
		attrs map[string]string
		want  []string
	}{
		{"nothing", nil, []string{`needs the attribute "bucket"`, `needs the attribute "region", or the environment variable AWS_REGION or AWS_DEFAULT_REGION`}},
		{"unknown", map[string]string{"bukcet": "x", "dynamodb_table": "y", "bucket": "dns", "region": "x"},
			[]string{`no attribute "bukcet"; available: access_key, allow_http, bucket`, `no attribute "dynamodb_table"`}},
		{"bad values", map[string]string{"bucket": "a/b", "key": "/x", "region": "eu west", "use_path_style": "yes", "encrypt": "1", "access_key": "id"},
			[]string{`bucket = "a/b"`, `key = "/x"`, `region = "eu west"`, `use_path_style = "yes"`, `encrypt = "1"`, "half a key"}},
		{"an endpoint with a password", map[string]string{"bucket": "dns", "endpoint": "https://user:" + secret + "@minio"}, []string{"not the address of a server"}},
		{"an endpoint with a path", map[string]string{"bucket": "dns", "endpoint": "https://minio/dns"}, []string{"attributes of their own"}},
		{"another protocol", map[string]string{"bucket": "dns", "endpoint": "ftp://minio"}, []string{"not the address of a server"}},
		{"plain HTTP", map[string]string{"bucket": "dns", "endpoint": "http://minio:9000"}, []string{"http://minio:9000", "use https", "allow_http"}},
		{"two keys", map[string]string{"bucket": "dns", "region": "x", "kms_key_id": "k", "sse_customer_key": secret}, []string{"both kms_key_id and sse_customer_key"}},
		{"a key and no encryption", map[string]string{"bucket": "dns", "region": "x", "kms_key_id": "k", "encrypt": "false"}, []string{`encrypt = "false" and a key`}},
		{"a short key", map[string]string{"bucket": "dns", "region": "x", "sse_customer_key": secret}, []string{"32 bytes in base64"}},
		{"a key in the clear", map[string]string{"bucket": "dns", "endpoint": "http://127.0.0.1:1", "sse_customer_key": strings.Repeat("A", 43) + "="}, []string{"must not be sent over plain HTTP"}},
	} {
		_, err := s3.Configure(statetest.Given(c.attrs, noEnv))
		says(t, c.name, err, c.want...)
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error shows a secret: %v", c.name, err)
		}
	}

	_, err := s3.ConfigureR2(statetest.Given(map[string]string{
		"region":       "x",
		"jurisdiction": "moon",
		"account_id":   "me",
		"key":          "a//b",
		"secret_key":   secret,
	}, noEnv))
	says(t, "r2", err, `backend "r2" has no attribute "region"; available: access_key, account_id, bucket`,
		`needs the attribute "bucket"`,
		`jurisdiction = "moon"`, `account_id = "me"`, `key = "a//b"`, "half a key")

	_, err = s3.ConfigureR2(statetest.Given(nil, noEnv))
	says(t, "r2", err, `needs the attribute "account_id", or the environment variable CLOUDFLARE_ACCOUNT_ID`)
}

func TestConfigureChecksTheKey(t *testing.T) {
	for key, ok := range map[string]bool{
		"dns.json": true, "team/dns.json": true, "a b/ü": true, strings.Repeat("k", 800): true,
		"/dns": false, "dns/": false, "a//b": false, ".": false, "a/../b": false, "a\nb": false, "\xff": false, strings.Repeat("k", 801): false,
	} {
		_, err := s3.Configure(statetest.Given(map[string]string{"bucket": "dns", "region": "x", "key": key}, noEnv))
		if (err == nil) != ok {
			t.Errorf("Configure with key %.20q = %v, want ok: %v", key, err, ok)
		}
	}
}

func TestServerSideEncryption(t *testing.T) {
	key := strings.Repeat("A", 43) + "="
	const sse = "X-Amz-Server-Side-Encryption"
	for _, c := range []struct {
		attrs map[string]string
		env   func(string) string
		want  map[string]string
	}{
		{nil, noEnv, map[string]string{sse: "", sse + "-Customer-Key": ""}},
		{map[string]string{"encrypt": "true"}, noEnv, map[string]string{sse: "AES256"}},
		{map[string]string{"encrypt": "false"}, noEnv, map[string]string{sse: ""}},
		{map[string]string{"kms_key_id": "alias/dns"}, noEnv, map[string]string{sse: "aws:kms", sse + "-Aws-Kms-Key-Id": "alias/dns"}},
		{map[string]string{"encrypt": "true", "sse_customer_key": key}, noEnv, map[string]string{sse: "", sse + "-Customer-Key": key}},
		{nil, env("AWS_SSE_CUSTOMER_KEY", key), map[string]string{sse + "-Customer-Algorithm": "AES256", sse + "-Customer-Key": key}},
	} {
		attrs := map[string]string{"bucket": "dns", "region": "eu-west-1"}
		for k, v := range c.attrs {
			attrs[k] = v
		}

		b, err := s3.Configure(statetest.Given(attrs, c.env))
		if err != nil {
			t.Errorf("Configure(%v): %v", attrs, err)
			continue
		}

		for name, want := range c.want {
			if got := b.(*s3.Backend).Headers().Get(name); got != want {
				t.Errorf("with %v the store is asked for %s: %q, want %q", c.attrs, name, got, want)
			}
		}
	}
}
