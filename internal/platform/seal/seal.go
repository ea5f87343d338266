// Package seal keeps secrets unreadable in the database: sealed under a key
// that is kept elsewhere (AES-256-GCM).
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrNotOurs says that a text was sealed under another key, for something else,
// or changed since.
var ErrNotOurs = errors.New("sealed under another key, or changed since")

// Shortest is how many characters an installation's secret has at least.
const Shortest = 32

// prefix begins what is sealed, so that it is told from what lies in clear.
const prefix = "sealed1:"

// Key seals and opens; the zero Key does neither.
type Key struct{ aead cipher.AEAD }

// NewKey derives the key of one purpose from the installation's secret. Two
// purposes open nothing of each other. It refuses a secret that is too short.
func NewKey(secret, purpose string) (Key, error) {
	if utf8.RuneCountInString(secret) < Shortest {
		return Key{}, fmt.Errorf("the secret key must have %d characters at least", Shortest)
	}
	derived, err := hkdf.Key(sha256.New, []byte(secret), nil, "pupitre "+purpose, 32)
	if err != nil {
		return Key{}, fmt.Errorf("derive a key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return Key{}, fmt.Errorf("derive a key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Key{}, fmt.Errorf("derive a key: %w", err)
	}
	return Key{aead}, nil
}

// Seal returns the text sealed. It opens under the same key and for the same
// owner only, so that a row given another's sealed text opens nothing.
func (k Key) Seal(text, owner string) (string, error) {
	if k.aead == nil {
		return "", errors.New("no key to seal with")
	}
	return prefix + base64.RawStdEncoding.EncodeToString(k.aead.Seal(nil, nil, []byte(text), []byte(owner))), nil
}

// Open returns what was sealed for the owner, or ErrNotOurs.
func (k Key) Open(sealed, owner string) (string, error) {
	coded, ok := strings.CutPrefix(sealed, prefix)
	if !ok || k.aead == nil {
		return "", ErrNotOurs
	}
	bytes, err := base64.RawStdEncoding.DecodeString(coded)
	if err != nil {
		return "", ErrNotOurs
	}
	text, err := k.aead.Open(nil, nil, bytes, []byte(owner))
	if err != nil {
		return "", ErrNotOurs
	}
	return string(text), nil
}

// IsSealed tells whether the text is sealed, under whatever key.
func IsSealed(text string) bool { return strings.HasPrefix(text, prefix) }
