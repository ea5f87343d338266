// Package upload takes in what families and the office import: one form, one
// set of limits, one way from the browser's files to a deposit.
package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime/multipart"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/intake"
	"pupitre/internal/web/door"
)

// MaxBody is the largest import, in bytes: several photographs of the pages of
// one document, each held to intake.MaxSize.
const MaxBody = 64 << 20

const (
	patience    = 5 * time.Second // how long an upload waits for the one before: a button pressed twice
	readingTime = time.Minute     // how long reading all files of an upload may take
)

// Uploads hands in the files that browsers send. It bounds what reading them
// may cost: one upload at a time for each account, each in a limited time.
type Uploads struct {
	store     *db.Store
	registrar *enrolment.Registrar
	blobs     blob.Store

	Patience time.Duration
	Time     time.Duration
	turns    sync.Map // of *semaphore.Weighted, by account
}

// New takes files in for the registrar.
func New(store *db.Store, registrar *enrolment.Registrar, blobs blob.Store) *Uploads {
	return &Uploads{store: store, registrar: registrar, blobs: blobs, Patience: patience, Time: readingTime}
}

// HandIn makes one document of the files, in their order, keeps it and deposits
// it. It returns *fault.Invalid with a message at the form's field, *fault.Busy
// when another upload of the account is still being read or the family has
// handed in too much today, or *fault.Unavailable when files cannot be stored.
func (u *Uploads) HandIn(v *door.Visit, d enrolment.Deposit, files []*multipart.FileHeader) error {
	release, err := u.turn(v.Ctx(), v.Actor.Account)
	if err != nil {
		return err
	}
	defer release()
	if err := document.MayDeposit(v.Ctx(), u.store, v.Actor, d.Household, v.Now); err != nil {
		return err
	}
	file, err := u.read(v.Ctx(), files)
	if invalid, ok := door.AsInvalid(err); ok {
		return atFile(invalid)
	}
	if err != nil {
		return err
	}
	if d.File, err = u.keep(v.Ctx(), file); err != nil {
		return err
	}
	_, err = u.registrar.Deposit(v.Ctx(), v.Actor, d)
	return err
}

// atFile puts what is wrong with the files at their field.
func atFile(invalid *fault.Invalid) *fault.Invalid {
	return &fault.Invalid{Message: invalid.Message, Fields: []fault.Field{{Name: fieldFile, Message: invalid.Message}}}
}

// turn waits for the account's turn, which release gives back. It returns
// *fault.Busy when another upload of the account is still being read.
//
// The turn is for the reading and not for the transfer: a phone that loses its
// network in the middle must not keep its own second try out.
func (u *Uploads) turn(ctx context.Context, account string) (release func(), err error) {
	kept, _ := u.turns.LoadOrStore(account, semaphore.NewWeighted(1))
	turn := kept.(*semaphore.Weighted)
	waiting, cancel := context.WithTimeout(ctx, u.Patience)
	defer cancel()
	if !turn.TryAcquire(1) && turn.Acquire(waiting, 1) != nil {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return nil, &fault.Busy{RetryAfter: time.Minute, Message: "Un envoi est déjà en cours pour votre compte. Attendez qu’il se termine, puis recommencez dans une minute."}
	}
	return func() { turn.Release(1) }, nil
}

// read makes one document of all files, in their order. It returns Invalid
// before reading any when they are too many, and as soon as those read are
// together too long, too heavy, or too slow to read.
func (u *Uploads) read(ctx context.Context, files []*multipart.FileHeader) (*intake.File, error) {
	if len(files) > intake.MaxPages {
		return nil, fault.Refuse(fmt.Sprintf("Vous avez choisi %d fichiers"+colon+"%d au plus pour un document. Déposez seulement les pages du document demandé.", len(files), intake.MaxPages))
	}
	limited, cancel := context.WithTimeout(ctx, u.Time)
	defer cancel()
	file, err := joined(limited, files)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, fault.Refuse("La lecture de ces fichiers prend trop de temps. Déposez moins de pages à la fois, ou des photos en qualité normale.")
	}
	return file, err
}

func joined(ctx context.Context, files []*multipart.FileHeader) (*intake.File, error) {
	read := make([]*intake.File, 0, len(files))
	for _, header := range files {
		file, err := readOne(ctx, header)
		if err != nil {
			return nil, err
		}
		read = append(read, file)
		if err := intake.Fit(read); err != nil {
			return nil, err
		}
	}
	return intake.Join(ctx, read)
}

func readOne(ctx context.Context, header *multipart.FileHeader) (*intake.File, error) {
	opened, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	file, err := intake.Read(ctx, header.Filename, opened)
	if invalid, ok := door.AsInvalid(err); ok {
		return nil, fault.Refuse(quoted(intake.CleanName(header.Filename)) + colon + invalid.Message)
	}
	return file, err
}

// keep stores the file under a name of ours. Its row comes after: a file
// without row is swept later.
func (u *Uploads) keep(ctx context.Context, file *intake.File) (document.File, error) {
	sum := sha256.Sum256(file.Data)
	key := "pieces/" + db.NewID() + file.Extension()
	if _, err := u.blobs.Put(ctx, key, bytes.NewReader(file.Data)); err != nil {
		return document.File{}, notStored(ctx, err)
	}
	return document.File{
		Name: file.OriginalName, BlobKey: key, MediaType: file.MediaType(), Size: file.Size(), Pages: int64(file.Pages),
		SHA256: hex.EncodeToString(sum[:]),
	}, nil
}

// notStored says that the files cannot be reached, unless the reader has left.
func notStored(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return &fault.Unavailable{
		RetryAfter: time.Minute, Cause: err,
		Message: "Les documents ne peuvent pas être enregistrés pour le moment. Recommencez dans une minute" + colon + "ce que vous aviez déjà envoyé est bien gardé.",
	}
}

// quoted puts the words between French quotation marks.
func quoted(s string) string { return "«" + french.Nbsp + s + french.Nbsp + "»" }

// colon is a colon with the space that French puts before it.
const colon = french.Nbsp + ": "
