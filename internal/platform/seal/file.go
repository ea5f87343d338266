package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SecretIn returns the installation's secret kept in the file, which is made
// when absent: random, and readable by its owner alone.
func SecretIn(path string) (string, error) {
	kept, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeSecret(path)
	}
	if err != nil {
		return "", fmt.Errorf("read the secret key: %w", err)
	}
	secret := strings.TrimSpace(string(kept))
	if len(secret) < Shortest {
		return "", fmt.Errorf("%s holds no secret key: put back the one that was saved", path)
	}
	return secret, nil
}

// makeSecret writes it whole under another name, then gives it its own, which
// fails when somebody was faster: then theirs is the secret.
func makeSecret(path string) (secret string, err error) {
	secret = rand.Text() + rand.Text()
	f, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // 0600
	if err != nil {
		return "", fmt.Errorf("make the secret key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(secret + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("make the secret key: %w", err)
	}
	err = os.Link(f.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return SecretIn(path)
	}
	if err != nil {
		return "", fmt.Errorf("make the secret key: %w", err)
	}
	return secret, syncFolder(filepath.Dir(path))
}

// syncFolder has the new name outlive a power cut; some systems cannot.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("make the secret key: %w", err)
	}
	_ = folder.Sync()
	return folder.Close()
}
