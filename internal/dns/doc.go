// Package dns holds the words of the field: zones, records, their canonical
// form, and what makes two records equal. What else may be wrong with a record is
// for package lint to say.
//
// It is the bottom of the house: it imports none of our packages, opens no
// file, asks no network and reads no clock. It is not a resolver and not a
// zone-file reader; presentation forms are parsed with miekg/dns, names with
// x/net/idna.
//
// Live, cached and declared records are one type, [Record]. Whoever makes one
// (config from HCL, cloudflare from API answers) hands it over in canonical
// form, so that comparing is ==.
package dns
