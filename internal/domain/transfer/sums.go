package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"pupitre/internal/domain/transfer/folder"
)

// sumsFile keeps what the school's own files were when they were exported.
const sumsFile = dataFolder + "/empreintes.json"

// sumsOf is the content of sumsFile for these files.
func sumsOf(files map[string][]byte) ([]byte, error) {
	sums := map[string]string{}
	for name, data := range files {
		sum := sha256.Sum256(data)
		sums[name] = hex.EncodeToString(sum[:])
	}
	data, err := json.MarshalIndent(sums, "", "  ")
	return append(data, '\n'), err
}

// editedSince warns of the school's files that are no longer those of the
// export: importing the folder once more takes them in.
func editedSince(files fs.FS) ([]folder.Problem, error) {
	data, err := fs.ReadFile(files, sumsFile)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", sumsFile, err)
	}
	var sums map[string]string
	if err := json.Unmarshal(data, &sums); err != nil {
		return nil, refuse(sumsFile, 0, "Ce fichier n’est pas celui d’un export : "+err.Error())
	}
	var edited []folder.Problem
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		sum, err := sumOfFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if sum != sums[name] {
			edited = append(edited, folder.Problem{File: name, Message: "Ce fichier a changé depuis l’export. L’export est rétabli tel quel : importez le dossier une seconde fois pour y ajouter ces changements."})
		}
	}
	return edited, nil
}

func sumOfFile(files fs.FS, name string) (string, error) {
	f, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), err
}
