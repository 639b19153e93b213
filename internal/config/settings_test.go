package config

import (
	"slices"
	"testing"
)

func TestSettingsOfSeveralBlocksAddUp(t *testing.T) {
	r := newReport()
	d := declareText(t, r, `
cfplan {
  ignore_warnings = ["proxied-ttl"]
  backend "local" { path = "x" }
}
cfplan {
  ignore_warnings = ["spf-lookups"]
  encryption { recipients = ["age1x"] }
  limits { max_destroy = 3 }
}
`)
	s := readSettings(r, d.settings, "1.0.0")
	if len(r.diagnostics()) > 0 {
		t.Fatal(r.diagnostics())
	}
	if s.backend == nil || s.backend.Type != "local" || s.backend.Attributes["path"] != "x" {
		t.Errorf("the backend is %+v, want local with a path", s.backend)
	}
	if s.encryption == nil || !slices.Equal(s.encryption.Recipients, []string{"age1x"}) {
		t.Errorf("the encryption is %+v, want one recipient", s.encryption)
	}
	if s.maxDestroy == nil || !s.ignored["proxied-ttl"] || !s.ignored["spf-lookups"] {
		t.Errorf("the settings are %+v, want a limit and both warnings", s)
	}
}

func TestSettingsReportMistakes(t *testing.T) {
	for src, want := range map[string]string{
		`cfplan { required_version = ">= 2" }`:                                        "Unsupported cfplan version",
		`cfplan { required_version = "two" }`:                                         "Invalid version constraint",
		"cfplan {\n backend \"a\" {}\n}\ncfplan {\n backend \"b\" {}\n}":              "Duplicate backend",
		"cfplan {\n limits {}\n}\ncfplan {\n limits {}\n}":                            "Duplicate limits block",
		"cfplan {\n encryption {}\n}\ncfplan {\n encryption {}\n}":                    "Duplicate encryption block",
		`cfplan { ignore_warnings = ["nosuch"] }`:                                     "Invalid ignore_warnings",
		"variable \"v\" {}\ncfplan {\n limits {\n max_destroy = var.v\n }\n}":         "Variables not allowed",
		"variable \"v\" {}\ncfplan {\n backend \"s3\" {\n bucket = var.v\n }\n}":      "Variables not allowed",
		"variable \"v\" {}\ncfplan {\n encryption {\n identity_file = var.v\n }\n}":   "Variables not allowed",
		"cfplan {\n encryption {\n identity_file = \"AGE-SECRET-KEY-" + "1X\"\n }\n}": "Secret in a configuration file",
		"cfplan {\n encryption {\n recipients = [\"AGE-SECRET-KEY-" + "1X\"]\n }\n}":  "Secret in a configuration file",
		"cfplan {\n encryption {\n recipients = [null]\n }\n}":                        "Unsuitable value",
		"cfplan {\n backend \"postgres\" {\n conn_str = \"postgres://a:b@c/\"\n }\n}": "Secret in a configuration file",
		"cfplan {\n limits {\n max_destroy = \"many\"\n }\n}":                         "Invalid limit",
	} {
		r := newReport()
		d := declareText(t, r, src)
		readSettings(r, d.settings, "1.0.0")
		if got := summaries(r.diagnostics()); got != want {
			t.Errorf("%s: diagnostics are %q, want %q", src, got, want)
		}
	}
}
