// Package axe embeds axe-core, the accessibility checker, for browser tests.
// Only tests import it: the product does not carry it.
package axe

import _ "embed"

// Source is the script to evaluate in a page before calling axe.run().
//
//go:embed axe.min.js
var Source string
