package plan_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

const schemaFile = "../../docs/plan.schema.json"

// strictSchema returns the published schema with unknown members forbidden. Readers should ignore unknown members,
// but the schema must name all that cfplan writes.
func strictSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}

	forbidMore(document)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("plan.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func forbidMore(node any) {
	switch n := node.(type) {
	case map[string]any:
		if _, ok := n["properties"].(map[string]any); ok && n["additionalProperties"] == nil {
			n["additionalProperties"] = false
		}
		for _, v := range n {
			forbidMore(v)
		}
	case []any:
		for _, v := range n {
			forbidMore(v)
		}
	}
}

func validate(s *jsonschema.Schema, p *plan.Plan) error {
	var b bytes.Buffer
	if err := plan.Encode(&b, p); err != nil {
		return err
	}
	document, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		return err
	}
	return s.Validate(document)
}

func TestPlansFollowTheSchema(t *testing.T) {
	s := strictSchema(t)
	check(t, func(t *rapid.T) {
		z, diags := plan.Diff(genInput(t))
		p := plan.New("0.1.0", time.Unix(1767225600, 0), []plan.Zone{z}, nil, diags)
		p.Seal()
		if err := validate(s, p); err != nil {
			t.Fatal(err)
		}
	})
}

// full returns a plan in which every member is set.
func full() *plan.Plan {
	at := time.Unix(1767225600, 0).UTC()
	change := fullChange()
	z := plan.Zone{
		Name:      "example.com",
		ID:        "z",
		Account:   "eu",
		Tier:      "free",
		Ownership: dns.Exclusive,
		Source: plan.Source{
			Kind:       plan.SourceCache,
			FetchedAt:  at,
			AppliedAt:  at,
			Confidence: plan.Low,
			Since:      &plan.Since{Pending: 1, Configured: 1},
			Servers:    []string{"s"},
			NotShown:   []string{"u"},
		},
		Summary: plan.Summary{
			Add: 1, Change: 1, Destroy: 1, Adopt: 1, Forget: 1, Unchanged: 1, Unmanaged: 1, NotRefreshed: 1,
		},
		KeptBy:  map[string]int{"x": 1},
		Drift:   []plan.Change{change},
		Moved:   []plan.Move{{RecordID: "1", From: "a", To: "b"}},
		Marked:  []plan.Mark{{RecordID: "1", Sensitive: []dns.Attribute{dns.AttrTags}, LetGo: true}},
		LeftOut: 1,
		Risks:   change.Risks,
		Changes: []plan.Change{change},
	}

	degraded := plan.Degradation{
		Zone:       "example.com",
		Account:    "eu",
		Code:       9109,
		HTTPStatus: 403,
		Title:      "t",
		Message:    "m",
		Cause:      "c",
		Guidance:   []string{"g"},
		RayID:      "r",
	}
	diagnostic := plan.Diagnostic{
		Severity: dns.Warning,
		Summary:  "s",
		Detail:   "d",
		Address:  "a",
		Position: change.DeclaredAt,
	}

	p := plan.New("0.1.0", at, []plan.Zone{z}, []plan.Degradation{degraded}, []plan.Diagnostic{diagnostic})
	p.Destroy, p.RefreshOnly, p.AllowDestroy, p.Lineage, p.Rollback = true, true, 3, "l", 7
	p.Outputs = []plan.Output{{Name: "n", Value: []any{"v"}, Sensitive: true}}
	p.Variables = map[string]plan.Variable{"v": {
		Type:      []any{"list", "number"},
		Value:     []any{json.Number("12345678901234567890")},
		Sensitive: true,
		Default:   true,
		Hidden:    true,
	}}
	p.Masks, p.Salt = true, "s"
	p.Seal()
	return p
}

// fullChange returns a change in which every member is set.
func fullChange() plan.Change {
	priority := uint16(10)
	values := &plan.Values{
		Content:        "c",
		Priority:       &priority,
		TTL:            300,
		Proxied:        true,
		Comment:        "c",
		Tags:           []string{"t"},
		Settings:       dns.Settings{FlattenCNAME: true, IPv4Only: true, IPv6Only: true},
		PrivateRouting: true,
		Data:           map[string]any{"port": 1, "target": "x"},
	}
	return plan.Change{
		Action:        plan.Update,
		Address:       "a",
		Type:          dns.MX,
		Name:          "example.com",
		PreviousName:  "old.example.com",
		RecordID:      "1",
		Before:        values,
		After:         values,
		Forget:        true,
		LetGo:         true,
		Replaces:      true,
		Reason:        "r",
		Pending:       true,
		Risks:         []plan.Risk{{Level: plan.HighRisk, Rule: "apex", Text: "t", Check: "c"}},
		DeclaredAt:    &plan.Position{File: "f", Line: 1},
		Sensitive:     dns.Maskable(),
		MaskedChanges: []dns.Attribute{dns.AttrComment},
	}
}

func TestSchemaKnowsEveryMember(t *testing.T) {
	if err := validate(strictSchema(t), full()); err != nil {
		t.Error(err)
	}

	missing := map[string]bool{}
	unset(reflect.ValueOf(full()), "plan", missing)
	for name := range missing {
		t.Errorf("full leaves %s empty, so the test does not check it", name)
	}
}

// unset adds the names of all zero fields to missing.
func unset(v reflect.Value, name string, missing map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			unset(v.Elem(), name, missing)
		}
	case reflect.Slice:
		for i := range v.Len() {
			unset(v.Index(i), name, missing)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			member := name + "." + f.Name
			switch tag := f.Tag.Get("json"); {
			case tag == "" || strings.HasPrefix(tag, "-"):
			case v.Field(i).IsZero():
				missing[member] = true
			default:
				unset(v.Field(i), member, missing)
			}
		}
	}
}

func TestSchemaRefusesOtherDocuments(t *testing.T) {
	s := strictSchema(t)
	good, err := json.Marshal(full())
	if err != nil {
		t.Fatal(err)
	}

	for _, change := range [][2]string{
		{`"mode":"read_only"`, `"mode":"other"`},
		{`"format_version":"1.0"`, `"format_version":"2.0"`},
		{`"ttl":300`, `"ttl":0`},
		{`"level":"high"`, `"level":"worst"`},
		{`"zones":[`, `"areas":[`},
		{`"summary":{`, `"summary":{"more":1,`},
	} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(string(good), change[0], change[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(document) == nil {
			t.Errorf("the schema accepts %s instead of %s, want an error", change[1], change[0])
		}
	}
}
