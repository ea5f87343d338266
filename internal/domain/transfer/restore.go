package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/db"
)

// The folders of a full export, beside the files of a school.
const (
	dataFolder   = "donnees" // every row, for the restoration
	paperFolder  = "pieces"  // the deposits' files
	publicFolder = "publies" // what the school publishes
)

func refuse(file string, line int, message string) *Refused {
	return &Refused{Problems: []folder.Problem{{File: file, Line: line, Message: message}}}
}

// isExport tells whether the folder is a full export.
func isExport(files fs.FS) bool {
	if files == nil {
		return false
	}
	info, err := fs.Stat(files, dataFolder)
	return err == nil && info.IsDir()
}

// Restorable tells whether the folder is a full export and there is no school
// yet. It returns *Refused when accounts were made before it: an export brings
// its own.
func Restorable(ctx context.Context, deps Deps) (bool, error) {
	if !isExport(deps.Files) {
		return false, nil
	}
	schools, err := db.One[int64](ctx, deps.Store, `select count(*) from school`)
	if err != nil || schools > 0 {
		return false, err
	}
	accounts, err := db.One[int64](ctx, deps.Store, `select count(*) from account`)
	if err == nil && accounts > 0 {
		err = refuse(dataFolder, 0, "Un export se rétablit dans une base vide, et des comptes sont déjà créés dans celle-ci. Importez d’abord l’export, créez d’autres comptes ensuite.")
	}
	return true, err
}

// Restore writes a full export back, row by row and file by file, into an
// empty school; with dryRun it does the same and undoes it. It is the one place
// that writes rooms' tables for them: what they hold comes back as it was; only
// the desk of each dossier, which no export holds, is judged anew. It returns *Refused when the export is not whole, or its
// places do not add up.
func Restore(ctx context.Context, deps Deps, dryRun bool) (Report, error) {
	if err := whole(deps.Files); err != nil {
		return Report{}, err
	}
	report := Report{DryRun: dryRun, Restored: true}
	err := deps.Store.Write(ctx, func(tx *db.Tx) error {
		report.Counts = nil
		for _, t := range tables {
			n, err := t.restore(ctx, tx, deps.Files)
			if err != nil {
				return err
			}
			if what := restoredWords[t.name]; what != "" {
				report.Counts = append(report.Counts, Count{What: what, Created: int(n)})
			}
		}
		if err := sound(ctx, tx); err != nil {
			return err
		}
		if err := tx.Analyze(ctx); err != nil {
			return err
		}
		if err := enrolment.JudgeDesks(ctx, tx); err != nil {
			return err
		}
		var err error
		if report.Warnings, err = editedSince(deps.Files); err != nil {
			return err
		}
		if err := restoreFiles(ctx, deps, tx, dryRun); err != nil {
			return err
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return report, err
}

// whole refuses an export that lacks a file of rows.
func whole(files fs.FS) error {
	names := []string{sumsFile}
	for _, t := range tables {
		names = append(names, t.file())
	}
	for _, name := range names {
		_, err := fs.Stat(files, name)
		if errors.Is(err, fs.ErrNotExist) {
			return refuse(name, 0, "Ce fichier manque : l’export n’est pas entier.")
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
	return nil
}

// restoredWords names the tables that a report counts.
var restoredWords = map[string]string{
	"household": "familles", "pupil": "élèves", "account": "comptes", "course": "cours", "dossier": "dossiers",
	"request": "demandes de place", "deposit": "pièces déposées", "journal": "lignes du journal", "outgoing_mail": "courriels",
}

// sound refuses an export whose places do not add up: it was edited by hand.
func sound(ctx context.Context, r db.Reader) error {
	wrong, err := db.All[string](ctx, r, `select o.id from offering o
		where o.taken <> (select count(*) from request q where q.offering_id = o.id and q.state in ('place', 'offered'))`)
	if err != nil {
		return err
	}
	late, err := db.All[string](ctx, r, `select s.name from season s
		where exists (select 1 from dossier d where d.season_id = s.id and (d.rank >= s.next_rank or d.number >= s.next_number))`)
	if err != nil {
		return err
	}
	if len(wrong)+len(late) > 0 {
		return refuse(dataFolder, 0, "Les places et les rangs de cet export ne concordent pas : il a été modifié, ou n’est pas entier.")
	}
	return nil
}

// restoreFiles stores the deposits and what the school publishes. A file
// stored for a transaction that is then undone is an orphan, which is swept.
func restoreFiles(ctx context.Context, deps Deps, tx *db.Tx, dryRun bool) error {
	all, err := storedFiles(ctx, tx)
	if err != nil {
		return err
	}
	for _, one := range all {
		f, err := deps.Files.Open(one.path)
		if errors.Is(err, fs.ErrNotExist) {
			return refuse(one.path, 0, "Ce fichier manque : l’export n’est pas entier.")
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", one.path, err)
		}
		sum := sha256.New()
		if dryRun {
			_, err = io.Copy(sum, f)
		} else {
			_, err = deps.Blobs.Put(ctx, one.key, io.TeeReader(f, sum))
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		if !one.is(sum) {
			return refuse(one.path, 0, "Ce fichier n’est pas celui qui a été déposé : l’export a été abîmé.")
		}
	}
	return nil
}

// storedFile is one file of the document store and its place in an export.
type storedFile struct {
	key, path string
	sha256    string // of a deposit; what the school publishes has none
}

// is tells whether the content that was summed is the file's.
func (f storedFile) is(sum hash.Hash) bool {
	return f.sha256 == "" || f.sha256 == hex.EncodeToString(sum.Sum(nil))
}

func storedFiles(ctx context.Context, r db.Reader) ([]storedFile, error) {
	type row struct {
		Key  string `db:"blob_key"`
		Name string `db:"file_name"`
		Code string `db:"code"`
	}
	type deposited struct {
		Key    string `db:"blob_key"`
		SHA256 string `db:"sha256"`
	}
	deposits, err := db.All[deposited](ctx, r, `select blob_key, sha256 from deposit order by blob_key`)
	if err != nil {
		return nil, err
	}
	published, err := db.All[row](ctx, r, `select blob_key, file_name, code from published_document where blob_key <> '' order by code`)
	var all []storedFile
	for _, d := range deposits {
		all = append(all, storedFile{key: d.Key, path: path.Join(paperFolder, d.Key), sha256: d.SHA256})
	}
	for _, p := range published {
		all = append(all, storedFile{key: p.Key, path: publishedPath(p.Name)})
	}
	return all, err
}

func publishedPath(fileName string) string { return path.Join(publicFolder, path.Base(fileName)) }
