package config

import "testing"

func TestSecretsAreRecognizedByNameAndValue(t *testing.T) {
	for _, name := range []string{"password", "secret_key", "secret_access_key", "access_key", "session_token", "sse_customer_key", "client_private_key_pem"} {
		if !SecretAttribute(name) {
			t.Errorf("SecretAttribute(%q) = false, want true", name)
		}
	}
	for _, name := range []string{"key", "path", "bucket", "account_id", "conn_str", "address", "username", "kms_key_id", "lock_method"} {
		if SecretAttribute(name) {
			t.Errorf("SecretAttribute(%q) = true, want false", name)
		}
	}
	for value, want := range map[string]bool{
		"postgres://me:pw@db/x": true, "https://u:p@h/state?x=1": true, "postgres://me:p%zz@db/x": true, "host=db password=pw": true, "host=db PASSWORD = 'pw'": true,
		"postgres://me@db/x?password=pw": true, "postgres://me@db/x?sslmode=require&sslpassword=pw": true, " postgres://me:pw@db/x": true, "postgres://me:p/w@db/x": true,
		"https://h/state?private_token=glpat-x": true, "https://h/state?ref=main;X-Amz-Signature=00": true, "https://me@h/state?%73ig=00": true, "https://h/state#access_token=x": true,
		"https://h/state?api_key=x": true, "https://h/state?auth=x": true, "user=me pwd=pw": true,
		"postgres://me@db/x?sslmode=verify-full&sslkey=/home/me/key.pem&passfile=/home/me/pass": false,
		"postgres://me@db/x?require_auth=scram-sha-256":                                         false,
		"https://h/state?ref=main&page=1":                                                       false, "https://h/state?token=": false,
		"postgres://me@db/x": false, "https://h/state": false, "dns/cfplan.state.json": false, "a@b": false, "https://h/a:b@c": false, "": false,
	} {
		if CarriesSecret(value) != want {
			t.Errorf("CarriesSecret(%q) = %v, want %v", value, !want, want)
		}
	}
}
