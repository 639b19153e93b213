package main

import (
	"errors"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/config"
)

// checkEndpoint reports a base_url that the files must not name. cfg may be incomplete.
func checkEndpoint(cfg *config.Config, env environment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, block := range blocksOf(cfg) {
		if err := configuredAPI(block).CheckBaseURL(env.get); err != nil {
			diags = append(diags, foreignEndpoint(block, err))
		}
	}
	return diags
}

// foreignEndpoint explains why a block must not name its base_url.
func foreignEndpoint(block config.Cloudflare, err error) *hcl.Diagnostic {
	const nothing = "Nothing was sent: anyone who can change this file could otherwise choose who gets the " +
		"credentials. "
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "base_url is not allowed here", Subject: &block.BaseURLRange}
	switch {
	case errors.Is(err, cloudflare.ErrLoopbackEndpoint):
		d.Detail = "This base_url is an address of this machine, where any process may listen. That is allowed " +
			"only if all credentials are in the files. Here a credential, or a variable in the address, comes " +
			"from outside of them: from the environment, a credentials file, -var or -var-file. " + nothing +
			"If you want this endpoint, set CLOUDFLARE_BASE_URL to it; then base_url may stay or go."
	case errors.Is(err, cloudflare.ErrEndpointDiffers):
		d.Detail = "This base_url is Cloudflare's own, but CLOUDFLARE_BASE_URL in the " +
			"environment names another endpoint. " + nothing +
			"Remove base_url, or unset CLOUDFLARE_BASE_URL."
	default:
		d.Detail = "This base_url is neither " + cloudflare.DefaultBaseURL + " nor the endpoint that the " +
			"environment names. " + nothing +
			"If you want this endpoint, set CLOUDFLARE_BASE_URL to it; then base_url may stay or go."
	}
	return d
}

// configuredAPI returns the settings of a cloudflare block.
func configuredAPI(block config.Cloudflare) cloudflare.Configured {
	return cloudflare.Configured{
		Account:     block.Name,
		Credentials: cloudflare.Credentials{Token: block.APIToken, Key: block.APIKey, Email: block.Email},
		BaseURL:     block.BaseURL,
		Outside:     block.Outside,
		Pending:     block.Pending,
	}
}
