package family

import (
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/intake"
	"pupitre/internal/web/door"
)

// uploads bounds what reading the files of families may cost: one upload at a
// time for each account, each in a limited time.
type uploads struct {
	turns    sync.Map      // of *semaphore.Weighted, by account
	patience time.Duration // how long an upload waits for the one before: a button pressed twice
	time     time.Duration // how long reading all files of an upload may take
}

func newUploads() *uploads { return &uploads{patience: 5 * time.Second, time: time.Minute} }

// take waits for the account's turn, which release gives back. It returns
// *fault.Busy when another upload of the account is still being read.
//
// The turn is for the reading and not for the transfer: a phone that loses its
// network in the middle must not keep its own second try out.
func (u *uploads) take(ctx context.Context, account string) (release func(), err error) {
	kept, _ := u.turns.LoadOrStore(account, semaphore.NewWeighted(1))
	turn := kept.(*semaphore.Weighted)
	waiting, cancel := context.WithTimeout(ctx, u.patience)
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
func (u *uploads) read(ctx context.Context, files []*multipart.FileHeader) (*intake.File, error) {
	if len(files) > intake.MaxPages {
		return nil, fault.Refuse(fmt.Sprintf("Vous avez choisi %d fichiers"+colon+"%d au plus pour un document. Déposez seulement les pages du document demandé.", len(files), intake.MaxPages))
	}
	limited, cancel := context.WithTimeout(ctx, u.time)
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
		file, err := readUpload(ctx, header)
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

func readUpload(ctx context.Context, header *multipart.FileHeader) (*intake.File, error) {
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
