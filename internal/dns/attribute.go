package dns

// Attribute names a property of a record, as the configuration, plans and Cloudflare's
// API do. The fields of structured data ("port", "weight", …) are attributes too; see
// [Fields] for those of a type.
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
	// AttrPrivateRouting is of proxied A and AAAA records alone.
	AttrPrivateRouting Attribute = "private_routing"
)

// AttrAll stands for all attributes where a configuration lists some.
const AttrAll Attribute = "all"

// The attributes inside of settings.
const (
	AttrFlattenCNAME Attribute = "flatten_cname"
	AttrIPv4Only     Attribute = "ipv4_only"
	AttrIPv6Only     Attribute = "ipv6_only"
)
