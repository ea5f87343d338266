package door

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/google/uuid"
)

// Proxies are the networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
type Proxies []netip.Prefix

// ParseProxies reads networks and addresses separated by commas or blanks
// (« 10.0.0.0/8, 127.0.0.1 »).
func ParseProxies(list string) (Proxies, error) {
	var proxies Proxies
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(word)
		if err != nil {
			address, alone := netip.ParseAddr(word)
			if alone != nil {
				return nil, fmt.Errorf("trusted proxies: %q is neither a network nor an address", word)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		proxies = append(proxies, prefix.Masked())
	}
	return proxies, nil
}

func (p Proxies) trusts(address string) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, prefix := range p {
		if prefix.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// Client returns the address of the client and whether it speaks https. Behind
// trusted proxies the address is the last one in X-Forwarded-For that is not
// theirs: what stands before it, anybody may have written.
func (p Proxies) Client(r *http.Request) (address string, https bool) {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	https = r.TLS != nil
	if !p.trusts(address) {
		return address, https
	}
	if proto := r.Header.Get("X-Forwarded-Proto"); proto != "" {
		https = strings.EqualFold(proto, "https")
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		address = hop
		if !p.trusts(hop) {
			break
		}
	}
	return address, https
}

// Number returns the request's number: that of the trusted proxy in front
// (X-Request-Id, when it is a UUID), so that its log and ours tell of the same
// request, else a new one.
func (p Proxies) Number(r *http.Request) string {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if given, bad := uuid.Parse(r.Header.Get("X-Request-Id")); bad == nil && err == nil && p.trusts(address) {
		return given.String()
	}
	return uuid.Must(uuid.NewV7()).String()
}
