package main

import "strings"

// longFlags gives one-dash flags as in Terraform (-out=x) the second dash that pflag needs. It
// rewrites every one-dash word of more than one letter, so that a typo is reported as an unknown
// flag with its whole name. It changes nothing after `--`.
func longFlags(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		if arg == "--" {
			copy(out[i:], args[i:])
			return out
		}
		if len(arg) > 2 && arg[0] == '-' && arg[1] != '-' && isLetter(arg[1]) {
			arg = "-" + arg
		}
		out[i] = arg
	}
	return out
}

func isLetter(c byte) bool { return strings.IndexByte("abcdefghijklmnopqrstuvwxyz", c|0x20) >= 0 }
