package seal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pupitre/internal/platform/seal"
)

func key(t *testing.T, secret, purpose string) seal.Key {
	t.Helper()
	k, err := seal.NewKey(secret, purpose)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestWhatIsSealedOpensForItsOwnerOnly(t *testing.T) {
	const text = "JBSWY3DPEHPK3PXP"
	secret := strings.Repeat("s", seal.Shortest)
	k := key(t, secret, "essai")
	sealed, err := k.Seal(text, "one")
	if err != nil || !seal.IsSealed(sealed) || strings.Contains(sealed, text) || seal.IsSealed(text) {
		t.Fatalf("sealed: %q %v", sealed, err)
	}
	if again, _ := k.Seal(text, "one"); again == sealed {
		t.Error("sealed twice, it is the same")
	}
	for _, c := range []struct {
		what   string
		key    seal.Key
		sealed string
		owner  string
		opens  bool
	}{
		{"as it was", k, sealed, "one", true},
		{"by a key derived anew", key(t, secret, "essai"), sealed, "one", true},
		{"for another owner", k, sealed, "two", false},
		{"by the key of another purpose", key(t, secret, "autre"), sealed, "one", false},
		{"by another secret", key(t, secret+"x", "essai"), sealed, "one", false},
		{"cut", k, sealed[:len(sealed)-2], "one", false},
		{"changed", k, sealed[:len(sealed)-6] + "AAAAAA", "one", false},
		{"in clear", k, text, "one", false},
		{"by no key", seal.Key{}, sealed, "one", false},
	} {
		got, err := c.key.Open(c.sealed, c.owner)
		if c.opens && (err != nil || got != text) || !c.opens && (!errors.Is(err, seal.ErrNotOurs) || got != "") {
			t.Errorf("%s: %q, %v", c.what, got, err)
		}
	}
	if _, err := (seal.Key{}).Seal(text, "one"); err == nil {
		t.Error("no key seals")
	}
	if _, err := seal.NewKey(secret[1:], "essai"); err == nil {
		t.Error("a short secret is taken")
	}
}

func TestTheSecretIsMadeOnceForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	made, err := seal.SecretIn(path)
	if err != nil || len(made) < seal.Shortest {
		t.Fatalf("made: %d characters, %v", len(made), err)
	}
	if again, err := seal.SecretIn(path); err != nil || again != made {
		t.Errorf("read again: another one, or %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
	if err := os.WriteFile(path, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.SecretIn(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("an emptied file: %v", err)
	}
}
