package main

import (
	"errors"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/config"
)

// checkEndpoint reports a base_url that the files must not name. cfg may be incomplete.
func checkEndpoint(cfg *config.Config, env environment) hcl.Diagnostics {
	err := configuredAPI(cfg).CheckBaseURL(env.get)
	if err == nil {
		return nil
	}

	const nothing = "Nothing was sent. Whoever may change this file would otherwise choose who gets the credentials. "
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "base_url is not allowed here", Subject: &cfg.Cloudflare.BaseURLRange}
	switch {
	case errors.Is(err, cloudflare.ErrLoopbackEndpoint):
		d.Detail = "This base_url is an address of this machine, where any process may listen, and a credential comes from outside of the files, or a variable in the address does: " +
			"from the environment, a credentials file, -var or -var-file. " + nothing +
			"Set CLOUDFLARE_BASE_URL to the same address if it is meant, and remove base_url or leave it."
	case errors.Is(err, cloudflare.ErrEndpointDiffers):
		d.Detail = "This base_url is Cloudflare's own, but CLOUDFLARE_BASE_URL in the environment names another endpoint. " + nothing +
			"Remove base_url, or unset CLOUDFLARE_BASE_URL."
	default:
		d.Detail = "This base_url is neither " + cloudflare.DefaultBaseURL + " nor the endpoint that the environment names. " + nothing +
			"Set CLOUDFLARE_BASE_URL to the same address if it is meant; then base_url may stay or go."
	}
	return hcl.Diagnostics{d}
}

// configuredAPI returns what the cloudflare block says.
func configuredAPI(cfg *config.Config) cloudflare.Configured {
	if cfg == nil {
		return cloudflare.Configured{}
	}
	c := cfg.Cloudflare
	return cloudflare.Configured{
		Credentials: cloudflare.Credentials{Token: c.APIToken, Key: c.APIKey, Email: c.Email},
		BaseURL:     c.BaseURL,
		Outside:     c.Outside,
		Pending:     c.Pending,
	}
}
