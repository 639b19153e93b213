package risk

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// services lists services at which anyone can claim a name that its owner has given up. An alias that still points
// to the name then serves a stranger's pages. The list is a selection from the public list of subdomain takeovers
// known as "can I take over".
var services = []string{
	"azurewebsites.net", "cloudapp.net", "cloudapp.azure.com", "trafficmanager.net", "azureedge.net", "azure-api.net",
	"azurefd.net", "blob.core.windows.net", "azurestaticapps.net", "elasticbeanstalk.com",
	"github.io", "gitlab.io", "bitbucket.io", "herokuapp.com", "herokudns.com", "netlify.app", "netlify.com", "vercel.app",
	"vercel-dns.com", "surge.sh", "readthedocs.io", "ghost.io", "myshopify.com", "pantheonsite.io", "wordpress.com", "wpengine.com",
	"zendesk.com", "helpscoutdocs.com", "helpjuice.com", "unbouncepages.com", "webflow.io", "proxy-ssl.webflow.com",
	"cargocollective.com", "launchrock.com", "intercom.help", "uservoice.com", "fly.dev", "onrender.com", "pages.dev",
	"firebaseapp.com", "web.app", "appspot.com", "ngrok.io", "statuspage.io", "agilecrm.com", "tumblr.com", "strikingly.com",
}

// buckets matches the hosts of S3 buckets, with and without a region. Other names below amazonaws.com, such as load
// balancers, cannot be claimed.
var buckets = regexp.MustCompile(`(^|\.)s3([.-][a-z0-9-]+)*\.amazonaws\.com$`)

func service(host string) string {
	if buckets.MatchString(host) {
		return "an S3 bucket"
	}
	i := slices.IndexFunc(services, func(s string) bool { return host == s || strings.HasSuffix(host, "."+s) })
	if i < 0 {
		return ""
	}
	return services[i]
}

func claimable(_ *scene, c plan.Change) string {
	if c.Type != dns.CNAME || c.After == nil || !hostname(c.Name) {
		return ""
	}
	if c.Before != nil && c.Before.Content == c.After.Content {
		return ""
	}

	at := service(c.After.Content)
	if at == "" {
		return ""
	}
	return fmt.Sprintf("%s leads to %s, where anyone can claim a free name.", c.Name, at)
}

// proofs lists the prefixes of names at which services look for the proof that a domain belongs to a customer.
var proofs = []string{
	"asuid.", "_github-pages-challenge-", "_vercel.", "_netlify.", "_gitlab-pages-verification-code.", "_heroku.",
}

func lostProof(s *scene, c plan.Change) string {
	if c.Type != dns.TXT || !s.removes(c) {
		return ""
	}

	for _, p := range proofs {
		if !strings.HasPrefix(c.Name, p) {
			continue
		}

		_, name, _ := strings.Cut(strings.TrimPrefix(c.Name, p), ".")
		for _, host := range []string{strings.TrimPrefix(c.Name, p), name} {
			for _, r := range s.after.at(host).of(dns.CNAME) {
				if at := service(r.Content); at != "" {
					return fmt.Sprintf("%s still leads to %s, but loses the proof that the name is yours.", host, at)
				}
			}
		}
	}
	return ""
}

func lostACME(s *scene, c plan.Change) string {
	// A TXT record answers a challenge of the past. Only an alias or a delegation answers future challenges.
	if !strings.HasPrefix(c.Name, "_acme-challenge.") || !s.removes(c) || c.Type == dns.TXT {
		return ""
	}
	return fmt.Sprintf("Certificate renewals for %s that rely on this record fail.",
		strings.TrimPrefix(c.Name, "_acme-challenge."))
}

// verifications lists the prefixes of texts that prove to a service who owns a domain.
var verifications = []string{
	"google-site-verification=", "ms=", "facebook-domain-verification=", "apple-domain-verification=", "apple-domain=",
	"atlassian-domain-verification=", "docusign=", "stripe-verification=", "adobe-idp-site-verification=",
	"dropbox-domain-verification=", "globalsign-domain-verification=", "zoom-domain-verification=",
	"slack-domain-verification=", "mongodb-site-verification=", "have-i-been-pwned-verification=",
	"openai-domain-verification=", "anthropic-domain-verification=", "notion-domain-verification=",
	"miro-verification=", "yandex-verification:", "pinterest-site-verification=", "teamviewer-sso-verification=",
	"onetrust-domain-verification=", "cisco-ci-domain-verification=", "webexdomainverification",
	"h1-domain-verification=", "postman-domain-verification=", "hubspot-developer-verification=",
	"protonmail-verification=",
}

func lostProofOfSite(s *scene, c plan.Change) string {
	value := strings.ToLower(text(c.Type, c.Before))
	if value == "" || !s.removes(c) {
		return ""
	}
	for _, v := range verifications {
		if strings.HasPrefix(value, v) {
			return fmt.Sprintf("The service that verifies %s with %q may stop working.",
				c.Name, strings.TrimRight(v, "=:"))
		}
	}
	return ""
}
