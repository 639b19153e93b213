package config

import (
	"math"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// editorWord describes an attribute or a block in the schema for editors.
type editorWord struct {
	// takes is the schema of the value of an attribute. It is nil for a block.
	takes object
	means string
}

// In JSON, a text is a template: "${var.x}" is the value of an expression, which may have any type. Therefore each
// attribute that is evaluated accepts a text with a template, and values that can be converted to its type.
const (
	expressionPattern = `[$%]\{`
	numberPattern     = `^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$|` + expressionPattern
)

var (
	takesAny        = object{}
	takesText       = object{"type": []any{"string", "number", "boolean", "null"}}
	takesFlag       = object{"type": []any{"boolean", "string", "null"}, "pattern": `^(true|false|1|0)$|` + expressionPattern}
	takesTexts      = object{"type": []any{"array", "string", "null"}, "items": takesElement, "pattern": expressionPattern}
	takesConstants  = object{"type": []any{"array", "null"}, "items": takesElement}
	takesElement    = object{"type": []any{"string", "number", "boolean"}}
	takesContent    = object{"type": []any{"string", "array", "number", "boolean", "null"}, "items": takesElement}
	takesRepetition = object{"type": []any{"object", "string", "null"}, "pattern": expressionPattern}
	takesElements   = object{"type": []any{"object", "array", "string"}, "pattern": expressionPattern}
	takesName       = object{"type": "string"}
	// takesNothing is for the attributes of other record types. It accepts null, or an expression that may be null.
	takesNothing = object{"type": []any{"null", "string"}, "pattern": expressionPattern}
	takesTTL     = object{
		"type":    []any{"integer", "string", "null"},
		"minimum": dns.AutoTTL,
		"maximum": dns.MaxTTL,
		"pattern": `^auto$|` + numberPattern,
	}
	takesCount     = takesNumber("integer", 0, maxCount)
	takesPriority  = takesNumber("integer", 0, math.MaxUint16)
	takesLabels    = object{"type": "array", "items": takesElement}
	takesOwnership = object{"anyOf": []any{
		object{"enum": []any{string(dns.Managed), string(dns.Exclusive), nil}},
		object{"type": "string", "pattern": expressionPattern},
	}}
	takesAdopt = object{"anyOf": []any{
		object{"enum": []any{adoptEqual, adoptReplace, nil}},
		object{"type": "string", "pattern": expressionPattern},
	}}
	takesZoneID  = object{"type": []any{"string", "null"}, "pattern": `^[0-9A-Fa-f]{32}$|` + expressionPattern}
	takesChanges = object{"anyOf": []any{
		object{"enum": []any{string(dns.AttrAll), nil}},
		object{"type": "array", "items": object{"type": "string"}},
	}}
)

// takesNumber returns the schema of a number from least to most.
func takesNumber(kind string, least, most float64) object {
	return object{"type": []any{kind, "string", "null"}, "minimum": least, "maximum": most, "pattern": numberPattern}
}

// takesField returns the schema of a field of structured data.
func takesField(f dns.Field) object {
	switch {
	case !f.Number:
		return takesText
	case f.Fraction:
		return takesNumber("number", f.Min, f.Max)
	}
	return takesNumber("integer", f.Min, f.Max)
}

// editorBody says how the schema describes a block.
type editorBody struct {
	schema *hcl.BodySchema
	// labeled is set if the block has a label, which may be any text.
	labeled bool
	// habits are the attributes that the table has only to give advice. The schema leaves them out.
	habits map[string]advice
}

// editorBodies are the blocks that a table describes completely. jsonschema_test.go makes the schemas of the other
// blocks: records, dynamic blocks, backends, accounts and so on.
var editorBodies = map[string]editorBody{
	"cfplan":              {schema: settingsSchema},
	"cfplan.encryption":   {schema: encryptionSchema},
	"cfplan.limits":       {schema: limitsSchema},
	"cfplan.scope":        {schema: scopeSchema},
	"moved":               {schema: movedSchema},
	"removed":             {schema: removedSchema},
	"removed.lifecycle":   {schema: removedLifecycle},
	"variable":            {schema: variableSchema, labeled: true},
	"variable.validation": {schema: validationSchema},
	"output":              {schema: outputSchema, labeled: true},
	"zone.defaults":       {schema: defaultsSchema},
	"zone.ignore":         {schema: ignoreSchema},
	"zone.limits":         {schema: limitsSchema},
	"zone.zonefile":       {schema: zonefileSchema},
	"record.lifecycle":    {schema: lifecycleSchema, habits: lifecycleHabits},
	"zone":                {schema: zoneSchema, labeled: true, habits: zoneHabits},
}

// editorWords describes the blocks and attributes. A key is the block, a dot, and the name. For a field of structured
// data, the record type takes the place of the block.
var editorWords = map[string]editorWord{
	"$schema":                           {takesName, "The schema with which editors check the file. cfplan does not read it."},
	"cfplan":                            {nil, "Settings of cfplan itself. All of them are constants."},
	"cfplan.required_version":           {takesText, "Conditions on the version of cfplan, such as \">= 0.1.0\"."},
	"cfplan.ignore_warnings":            {takesConstants, "Names of checks whose warnings are not shown."},
	"cfplan.backend":                    {nil, "Where the state is kept, by the type of the backend."},
	"cfplan.limits":                     {nil, "How much of a zone one plan may destroy."},
	"cfplan.limits.max_destroy":         {takesText, "A number of records, or a percentage such as \"30%\"."},
	"cfplan.encryption":                 {nil, "How the state is encrypted."},
	"cfplan.encryption.recipients":      {takesConstants, "Public keys of age, which begin with \"age1\"."},
	"cfplan.encryption.identity_file":   {takesText, "The path of a file with the secret key of age."},
	"cfplan.scope":                      {nil, "Which records this configuration may touch."},
	"cfplan.scope.zones":                {takesConstants, "Patterns for the names of zones."},
	"cfplan.scope.names":                {takesConstants, "Patterns for the names of records, relative to the zone or full."},
	"cfplan.scope.types":                {takesConstants, "Record types."},
	"cloudflare":                        {nil, "The credentials of the default account. An object inside it is an account with the name of the property."},
	"variable":                          {nil, "Variables, by name."},
	"variable.type":                     {takesName, "The type, such as \"string\", \"number\", \"bool\", \"list(string)\" or \"map(object({ip = string}))\"."},
	"variable.default":                  {takesAny, "The value if no other is given. Without it, a value is required."},
	"variable.description":              {takesText, "What the variable is for."},
	"variable.sensitive":                {takesFlag, "Whether cfplan masks the value in its output."},
	"variable.nullable":                 {takesFlag, "Whether the value may be null. The default is true."},
	"variable.validation":               {nil, "A condition on the value."},
	"variable.validation.condition":     {takesAny, "An expression that is true for the values that are allowed."},
	"variable.validation.error_message": {takesText, "What is shown if the condition is false."},
	"locals":                            {nil, "Local values, by name."},
	"output":                            {nil, "Outputs, by name: values for cfplan output, or for the caller of a module."},
	"output.value":                      {takesAny, "The value."},
	"output.description":                {takesText, "What the output is for."},
	"output.sensitive":                  {takesFlag, "Whether cfplan masks the value in its output."},
	"module":                            {nil, "Modules, by name: the configuration in another directory. Every other attribute is the value of a variable of the module."},
	"module.source":                     {takesName, "The directory of the module, such as \"./modules/mail\"."},
	"module.for_each":                   {takesRepetition, "A map or a set of strings. The module has one instance for each element."},
	"module.count":                      {takesCount, "How many instances the module has."},
	"moved":                             {nil, "Gives the records of one address a new address."},
	"moved.from":                        {takesText, "The old address, such as \"example.com/A/old\"."},
	"moved.to":                          {takesText, "The new address, such as \"example.com/A/new\"."},
	"removed":                           {nil, "What happens to records that are no longer declared."},
	"removed.from":                      {takesText, "An address, such as \"example.com/A/www\", or \"module.NAME\" for everything in a module."},
	"removed.lifecycle":                 {nil, "Whether the records are destroyed."},
	"removed.lifecycle.destroy":         {takesFlag, "false: the records are given up instead of destroyed. The default is true."},
	"zone":                              {nil, "Zones, by name."},
	"zone.for_each":                     {takesRepetition, "A map or a set of strings. There is one zone for each element."},
	"zone.name":                         {takesText, "The name of the zone, if the label is not its name, as with for_each."},
	"zone.id":                           {takesZoneID, "The ID of the zone. It pins the zone and saves the lookup by name."},
	"zone.ownership":                    {takesOwnership, "managed: cfplan leaves other records in the zone alone. exclusive: the zone is exactly what is declared."},
	"zone.cloudflare":                   {takesText, "The name of the account that the zone is in. Without it, the zone is in the default account."},
	"zone.defaults":                     {nil, "Values for the attributes that the records in this block do not set themselves."},
	"zone.defaults.ttl":                 {takesTTL, "Seconds, or \"auto\"."},
	"zone.defaults.proxied":             {takesFlag, "Whether Cloudflare answers with its own addresses (A, AAAA, CNAME)."},
	"zone.defaults.comment":             {takesText, "A note on each record."},
	"zone.defaults.tags":                {takesTexts, "Tags of each record."},
	"zone.record":                       {nil, "Records, by type and label. The label is the name: relative to the zone, or @ for the zone itself."},
	"zone.ignore":                       {nil, "A pattern for records that cfplan leaves alone."},
	"zone.ignore.name":                  {takesText, "A pattern for names, relative to the zone or full: * is any run of characters, ? is one character."},
	"zone.ignore.type":                  {takesText, "A record type."},
	"zone.ignore.content":               {takesText, "A pattern for contents."},
	"zone.zonefile":                     {nil, "A zone file whose records are declared."},
	"zone.zonefile.path":                {takesText, "The path of the file, relative to the configuration."},
	"zone.limits":                       {nil, "How much of this zone one plan may destroy."},
	"zone.limits.max_destroy":           {takesText, "A number of records, or a percentage such as \"30%\"."},
	"zone.dynamic":                      {nil, "Makes blocks of the zone, one for each element of a value."},
	"dynamic.for_each":                  {takesElements, "A map, an object, a list or a set. There is one block for each element."},
	"dynamic.iterator":                  {takesName, "The name of the element in expressions. The default is the type of the block."},
	"dynamic.labels":                    {takesLabels, "The labels of each block, such as [\"A\", \"${record.key}\"]."},
	"dynamic.content":                   {nil, "The content of each block. ${record.key} and ${record.value} are the element."},
	"record.name":                       {takesText, "The name, if the label is not the name: relative to the zone, or @ for the zone itself."},
	"record.content":                    {takesContent, "One value, or a list of values. There is one record for each value."},
	"record.ttl":                        {takesTTL, "Seconds, from 60 (30 in Enterprise zones) to 86400, or \"auto\". The TTL of a proxied record is always automatic."},
	"record.proxied":                    {takesFlag, "Whether Cloudflare answers with its own addresses (A, AAAA, CNAME)."},
	"record.private_routing":            {takesFlag, "Whether Cloudflare reaches the origin of a proxied record over a private network."},
	"record.priority":                   {takesPriority, "The priority of an MX, from 0 to 65535. Mail servers try the lowest first."},
	"record.comment":                    {takesText, "A note on the record. It has no effect on DNS."},
	"record.tags":                       {takesTexts, "Tags of the record, such as \"team:web\". They have no effect on DNS."},
	"record.settings":                   {nil, "Cloudflare's switches."},
	"settings.flatten_cname":            {takesFlag, "Whether Cloudflare answers with the addresses of the target. For a CNAME that is not proxied."},
	"settings.ipv4_only":                {takesFlag, "Whether Cloudflare answers with IPv4 addresses only. For proxied records."},
	"settings.ipv6_only":                {takesFlag, "Whether Cloudflare answers with IPv6 addresses only. For proxied records."},
	"record.for_each":                   {takesRepetition, "A map or a set of strings. The block has one instance for each element."},
	"record.count":                      {takesCount, "How many instances the block has."},
	"record.ignore_warnings":            {takesConstants, "Names of checks whose warnings about these records are not shown."},
	"record.lifecycle":                  {nil, "How plans treat the records of the block."},
	"record.lifecycle.prevent_destroy":  {takesFlag, "Whether a plan that would destroy a record of this block is an error."},
	"record.lifecycle.adopt":            {takesAdopt, "equal (the default): equal unmanaged records are adopted. replace: unmanaged records that conflict are replaced, too."},
	"record.lifecycle.destroy":          {takesFlag, "false: records of this block are given up instead of destroyed."},
	"record.lifecycle.enabled":          {takesFlag, "Whether the block has an instance at all."},
	"record.lifecycle.ignore_changes":   {takesChanges, "Attributes whose live values stay as they are. \"all\" stands for all of them."},
	"record.dynamic":                    {nil, "Makes blocks of the record, one for each element of a value."},
	"cloudflare.api_token":              {takesText, "The API token, from a variable: \"${var.token}\"."},
	"cloudflare.api_key":                {takesText, "The global API key, from a variable. It needs email."},
	"cloudflare.email":                  {takesText, "The email address that the API key belongs to."},
	"cloudflare.base_url":               {takesText, "Another endpoint of the API. docs/configuration.md says which ones are allowed."},
	"account.api_token":                 {takesText, "The API token, from a variable: \"${var.token}\"."},
	"account.api_key":                   {takesText, "The global API key, from a variable. It needs email."},
	"account.email":                     {takesText, "The email address that the API key belongs to."},
	"account.base_url":                  {takesText, "Another endpoint of the API. docs/configuration.md says which ones are allowed."},
	"record.A":                          {nil, "IPv4 addresses."},
	"record.AAAA":                       {nil, "IPv6 addresses."},
	"record.CAA":                        {nil, "Which authorities may issue certificates (RFC 8659)."},
	"record.CERT":                       {nil, "Certificates (RFC 4398)."},
	"record.CNAME":                      {nil, "Aliases: the content is the name of another host."},
	"record.DNSKEY":                     {nil, "Keys of DNSSEC (RFC 4034)."},
	"record.DS":                         {nil, "Digests of the keys of delegated zones (RFC 4034)."},
	"record.HTTPS":                      {nil, "How to reach a web site (RFC 9460)."},
	"record.LOC":                        {nil, "Positions on the Earth (RFC 1876)."},
	"record.MX":                         {nil, "Mail servers."},
	"record.NAPTR":                      {nil, "Rules that rewrite names (RFC 3403)."},
	"record.NS":                         {nil, "Name servers of delegated zones."},
	"record.OPENPGPKEY":                 {nil, "Keys of OpenPGP (RFC 7929)."},
	"record.PTR":                        {nil, "Names of addresses."},
	"record.SMIMEA":                     {nil, "Certificates of S/MIME (RFC 8162)."},
	"record.SRV":                        {nil, "Servers of services (RFC 2782)."},
	"record.SSHFP":                      {nil, "Fingerprints of SSH keys (RFC 4255)."},
	"record.SVCB":                       {nil, "How to reach a service (RFC 9460)."},
	"record.TLSA":                       {nil, "Certificates of TLS servers (RFC 6698)."},
	"record.TXT":                        {nil, "Texts, such as for SPF, DKIM and verification."},
	"record.URI":                        {nil, "Addresses of services (RFC 7553)."},
	"CAA.flags":                         {nil, "Flags from 0 to 255; 128 makes the property critical."},
	"CAA.tag":                           {nil, "The property: issue, issuewild, iodef, …"},
	"CAA.value":                         {nil, "The authority, or an address for iodef."},
	"CERT.type":                         {nil, "The type of certificate, by number."},
	"CERT.key_tag":                      {nil, "The tag of the key."},
	"CERT.algorithm":                    {nil, "The number of the DNSSEC algorithm."},
	"CERT.certificate":                  {nil, "The certificate in base64."},
	"DNSKEY.flags":                      {nil, "256 for a key that signs the zone, 257 for a key that signs keys."},
	"DNSKEY.protocol":                   {nil, "Always 3."},
	"DNSKEY.algorithm":                  {nil, "The number of the DNSSEC algorithm."},
	"DNSKEY.public_key":                 {nil, "The key in base64."},
	"DS.key_tag":                        {nil, "The tag of the key."},
	"DS.algorithm":                      {nil, "The algorithm of the key, by number."},
	"DS.digest_type":                    {nil, "How the digest was made: 2 for SHA-256, 4 for SHA-384."},
	"DS.digest":                         {nil, "The digest in hexadecimal."},
	"LOC.lat_degrees":                   {nil, "Degrees of latitude."},
	"LOC.lat_minutes":                   {nil, "Minutes of latitude."},
	"LOC.lat_seconds":                   {nil, "Seconds of latitude, to a thousandth."},
	"LOC.lat_direction":                 {nil, "N or S."},
	"LOC.long_degrees":                  {nil, "Degrees of longitude."},
	"LOC.long_minutes":                  {nil, "Minutes of longitude."},
	"LOC.long_seconds":                  {nil, "Seconds of longitude, to a thousandth."},
	"LOC.long_direction":                {nil, "E or W."},
	"LOC.altitude":                      {nil, "Meters above the reference ellipsoid."},
	"LOC.size":                          {nil, "The diameter of the object at the position, in meters."},
	"LOC.precision_horz":                {nil, "The horizontal precision, in meters."},
	"LOC.precision_vert":                {nil, "The vertical precision, in meters."},
	"NAPTR.order":                       {nil, "The order of the rules; the lowest comes first."},
	"NAPTR.preference":                  {nil, "The preference among rules of the same order; the lowest comes first."},
	"NAPTR.flags":                       {nil, "What clients do after the rule: S, A, U or P."},
	"NAPTR.service":                     {nil, "The service, such as SIP+D2T."},
	"NAPTR.regex":                       {nil, "The regular expression; empty if replacement is used."},
	"NAPTR.replacement":                 {nil, "The next name to ask for."},
	"SRV.priority":                      {nil, "The priority; the lowest is tried first."},
	"SRV.weight":                        {nil, "The share of this server among servers of the same priority."},
	"SRV.port":                          {nil, "The TCP or UDP port."},
	"SRV.target":                        {nil, "The name of the server. A lone dot says that there is no such service."},
	"SSHFP.algorithm":                   {nil, "The algorithm of the key: 1 RSA, 3 ECDSA, 4 Ed25519."},
	"SSHFP.type":                        {nil, "How the fingerprint was made: 1 SHA-1, 2 SHA-256."},
	"SSHFP.fingerprint":                 {nil, "The fingerprint in hexadecimal."},
	"URI.priority":                      {nil, "The priority; the lowest is tried first."},
	"URI.weight":                        {nil, "The share of this target among targets of the same priority."},
	"URI.target":                        {nil, "The address, such as \"https://www.example.com/\"."},
	"TLSA.usage":                        {nil, "What the certificate is: 0 to 3."},
	"TLSA.selector":                     {nil, "0 for the whole certificate, 1 for its public key."},
	"TLSA.matching_type":                {nil, "0 for the data itself, 1 for SHA-256, 2 for SHA-512."},
	"TLSA.certificate":                  {nil, "The data or its digest, in hexadecimal."},
	"SMIMEA.usage":                      {nil, "What the certificate is: 0 to 3."},
	"SMIMEA.selector":                   {nil, "0 for the whole certificate, 1 for its public key."},
	"SMIMEA.matching_type":              {nil, "0 for the data itself, 1 for SHA-256, 2 for SHA-512."},
	"SMIMEA.certificate":                {nil, "The data or its digest, in hexadecimal."},
	"HTTPS.priority":                    {nil, "0 for an alias, otherwise the priority; the lowest is tried first."},
	"HTTPS.target":                      {nil, "The name of the server. A lone dot means the record's own name."},
	"HTTPS.value":                       {nil, "The parameters, such as alpn=\"h2,h3\"."},
	"SVCB.priority":                     {nil, "0 for an alias, otherwise the priority; the lowest is tried first."},
	"SVCB.target":                       {nil, "The name of the server. A lone dot means the record's own name."},
	"SVCB.value":                        {nil, "The parameters, such as alpn=\"h2,h3\"."},
}
