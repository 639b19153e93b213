package dns

// Attribute is the name of a record's property in the configuration, in plans and in Cloudflare's
// API. The fields of structured data ("port", "weight", …) are attributes too; [Fields] lists
// those of a type.
type Attribute string

// The attributes that are not fields of structured data.
const (
	AttrType     Attribute = "type"
	AttrName     Attribute = "name"
	AttrContent  Attribute = "content"
	AttrPriority Attribute = "priority"
	AttrTTL      Attribute = "ttl"
	AttrProxied  Attribute = "proxied"
	AttrComment  Attribute = "comment"
	AttrTags     Attribute = "tags"
	AttrSettings Attribute = "settings"
	// AttrPrivateRouting is for proxied A and AAAA records only.
	AttrPrivateRouting Attribute = "private_routing"
)

// AttrAll stands for all attributes in a list of attributes.
const AttrAll Attribute = "all"

// The attributes inside settings.
const (
	AttrFlattenCNAME Attribute = "flatten_cname"
	AttrIPv4Only     Attribute = "ipv4_only"
	AttrIPv6Only     Attribute = "ipv6_only"
)
