package sandbox

// Error codes of Cloudflare's API gateway, which answers before any service does.
const (
	codeInvalidToken     = 1000 // token verification: well-formed, unknown
	codeMissingBearer    = 1001 // token verification without a bearer token
	codeFreenom          = 1038 // free zones below the TLDs that Freenom gave away
	codeBadHeaders       = 6003 // carries one of the next three in its chain
	codeBadEmail         = 6102
	codeBadKey           = 6103
	codeBadAuthorization = 6111
	codeBadJSON          = 6007
	codeBadParameter     = 6008
	codeCouldNotRoute    = 7003
	codeUnknownKey       = 9103
	codeNoCredentials    = 9106
	codeForbidden        = 9109 // has several causes; the message says which one
	codeAuthentication   = 10000
	codeMethod           = 10405
	codeThrottled        = 971
)

// Error codes of the DNS service.
const (
	codeWrapper        = 1004 // wrapped each of the others until October 2024
	codeName           = 9000
	codeType           = 9002
	codeProxyTarget    = 9003
	codeNotProxiedType = 9004
	codeA              = 9005
	codeAAAA           = 9006
	codeCNAME          = 9007
	codePriority       = 9008
	codeMX             = 9009
	codeTTL            = 9021
	codeSelfCNAME      = 9039
	codeRecordSize     = 9015
	codeNotProxiable   = 9041 // in older reports; see Quirks.OldProxyRefusal
	codeTXT            = 9051
	codeMissingField   = 9100
	codeMissingData    = 9101
	codeContentType    = 9207
	codeJSONType       = 9208
	codeTagQuota       = 9300
	codeCommentLength  = 9313
	codeNoRecord       = 81044
	codeQuota          = 81045
	codeAddressExists  = 81053
	codeCNAMEExists    = 81054
	codeOthersExist    = 81055
	codeNSExists       = 81056
	codeIdentical      = 81058
	codeSetSize        = 83011
	codeEmailRouting   = 890190
)

// Made-up codes, for refusals whose codes neither the documentation nor a report gives. A client must not
// rely on them.
const (
	codeTypeChange = 990001 + iota
	codeDSWithoutNS
	codeBatchTooLarge
	codeCommentText
	codeTagSyntax
	codeFlattenOnFree
	codeTooManyNS
	codeOwnServers
	codeDataValue
	codeContent
	codeReadOnly
	codeSecondary
	codeNoAnnotations
)
