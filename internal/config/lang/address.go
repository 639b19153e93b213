package lang

import (
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func addressFunctions() map[string]fn {
	return map[string]fn{
		"cidrcontains": ofTexts(cty.Bool, func(args ...string) (cty.Value, error) {
			ok, err := cidrContains(args[0], args[1])
			return cty.BoolVal(ok), err
		}, "containing_prefix", "contained_ip_or_prefix"),
		"cidrhost":    cidrHostFunc,
		"cidrnetmask": textual(func(args ...string) (string, error) { return cidrNetmask(args[0]) }, "prefix"),
		"cidrsubnet":  cidrSubnetFunc,
		"cidrsubnets": cidrSubnetsFunc,
	}
}

var cidrHostFunc = dynamic([]function.Parameter{text("prefix"), number("hostnum")}, nil, cidrHost)

func cidrHost(args []cty.Value) (cty.Value, error) {
	p, err := prefix(args[0].AsString())
	if err != nil {
		return cty.NilVal, err
	}

	n, accuracy := args[1].AsBigFloat().Int(nil)
	if accuracy != big.Exact {
		return cty.NilVal, errors.New("the host number must be whole")
	}
	addr, err := host(p, n)
	return cty.StringVal(addr.String()), err
}

// host returns the n-th address of a prefix, counted from 0. A negative n counts from the last address.
func host(p netip.Prefix, n *big.Int) (netip.Addr, error) {
	size := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits()))
	if n.Sign() < 0 {
		n = new(big.Int).Add(size, n)
	}

	if n.Sign() < 0 || n.Cmp(size) >= 0 {
		return netip.Addr{}, fmt.Errorf("the prefix %s has no host with this number", p)
	}
	return plus(p.Addr(), n), nil
}

// plus adds n to an address. The sum must be an address of the same family.
func plus(a netip.Addr, n *big.Int) netip.Addr {
	sum := new(big.Int).SetBytes(a.AsSlice())
	sum.Add(sum, n)
	out, _ := netip.AddrFromSlice(sum.FillBytes(make([]byte, a.BitLen()/8)))
	return out
}

// prefix parses a prefix and clears its host bits.
func prefix(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(withoutZeros(s))
	if err != nil {
		return p, fmt.Errorf("%q is not an address prefix such as 192.0.2.0/24", s)
	}
	return p.Masked(), nil
}

// leadingZeros matches the leading zeros of the numbers in an IPv4 prefix.
var leadingZeros = regexp.MustCompile(`(^|[./])0+([0-9])`)

// withoutZeros drops leading zeros from an IPv4 prefix, because Terraform ignores them: 192.000.002.0/24
// is 192.0.2.0/24.
func withoutZeros(s string) string {
	if strings.Contains(s, ":") {
		return s
	}
	return leadingZeros.ReplaceAllString(s, "$1$2")
}

func cidrNetmask(s string) (string, error) {
	p, err := prefix(s)
	if err != nil {
		return "", err
	}
	if !p.Addr().Is4() {
		return "", errors.New("only IPv4 prefixes have a netmask")
	}
	mask := ^uint32(0) << (32 - p.Bits())
	return netip.AddrFrom4([4]byte{byte(mask >> 24), byte(mask >> 16), byte(mask >> 8), byte(mask)}).String(), nil
}

var cidrSubnetFunc = dynamic(
	[]function.Parameter{text("prefix"), number("newbits"), number("netnum")}, nil, cidrSubnet)

func cidrSubnet(args []cty.Value) (cty.Value, error) {
	p, err := prefix(args[0].AsString())
	if err != nil {
		return cty.NilVal, err
	}

	bits, ok := WholeNumber(args[1])
	n, accuracy := args[2].AsBigFloat().Int(nil)
	if !ok || accuracy != big.Exact {
		return cty.NilVal, errors.New("the numbers must be whole")
	}
	sub, err := subnet(p, bits, n)
	return cty.StringVal(sub.String()), err
}

// subnet returns the n-th prefix inside p, counting from 0 those that are longer by the given number of bits.
func subnet(p netip.Prefix, bits int, n *big.Int) (netip.Prefix, error) {
	length, err := longer(p, bits)
	if err != nil {
		return p, err
	}
	if n.Sign() < 0 || n.BitLen() > bits {
		return p, fmt.Errorf("%d more bits leave no room for this network number", bits)
	}
	offset := new(big.Int).Lsh(n, uint(p.Addr().BitLen()-length))
	return netip.PrefixFrom(plus(p.Addr(), offset), length), nil
}

// longer returns the length of a prefix that is longer than p by the given number of bits.
func longer(p netip.Prefix, bits int) (int, error) {
	if bits < 0 || bits > p.Addr().BitLen()-p.Bits() {
		return 0, fmt.Errorf("the prefix %s cannot be made longer by this number of bits", p)
	}
	return p.Bits() + bits, nil
}

var cidrSubnetsFunc = dynamic(
	[]function.Parameter{text("prefix")}, &function.Parameter{Name: "newbits", Type: cty.Number}, cidrSubnets)

func cidrSubnets(args []cty.Value) (cty.Value, error) {
	p, err := prefix(args[0].AsString())
	if err != nil {
		return cty.NilVal, err
	}
	if len(args) == 1 {
		return cty.ListValEmpty(cty.String), nil
	}
	var out []cty.Value
	used := new(big.Int)
	for _, a := range args[1:] {
		bits, ok := WholeNumber(a)
		if !ok {
			return cty.NilVal, errors.New("the numbers must be whole")
		}
		if bits < 1 {
			return cty.NilVal, errors.New("each subnet must be longer than the prefix by at least one bit")
		}
		sub, err := allot(p, bits, used)
		if err != nil {
			return cty.NilVal, err
		}
		out = append(out, cty.StringVal(sub.String()))
	}
	return cty.ListVal(out), nil
}

// allot returns the next free prefix inside p and adds its size to used. used counts the addresses of p
// that are taken, from the first one.
func allot(p netip.Prefix, bits int, used *big.Int) (netip.Prefix, error) {
	length, err := longer(p, bits)
	if err != nil {
		return p, err
	}

	size := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-length))
	n := new(big.Int).Add(used, new(big.Int).Sub(size, big.NewInt(1)))
	n.Div(n, size)
	if n.BitLen() > bits {
		return p, fmt.Errorf("the prefix %s has no room for so many subnets", p)
	}

	used.Mul(new(big.Int).Add(n, big.NewInt(1)), size)
	return subnet(p, bits, n)
}

// cidrContains reports whether a prefix contains an address or another prefix. Both must be of the same
// address family.
func cidrContains(outer, inner string) (bool, error) {
	p, err := prefix(outer)
	if err != nil {
		return false, err
	}

	q, err := addressOrPrefix(inner)
	if err != nil {
		return false, err
	}
	if p.Addr().BitLen() != q.Addr().BitLen() {
		return false, fmt.Errorf("%s and %s are not of the same address family", outer, inner)
	}
	return q.Bits() >= p.Bits() && p.Contains(q.Addr()), nil
}

// addressOrPrefix parses a prefix, or an address as a prefix that contains only that address.
func addressOrPrefix(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		return prefix(s)
	}
	a, err := netip.ParseAddr(withoutZeros(s))
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("%q is neither an address nor a prefix", s)
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}
