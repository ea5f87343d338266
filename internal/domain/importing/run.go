package importing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/jobs"
)

// Job does what Ask asked for.
const Job = "import"

// Ask has the import done, away from the page that asks. *fault.Invalid while
// the trial leaves a question open.
func (im *Imports) Ask(ctx context.Context, a actor.Actor, id string, version int64) error {
	i, err := im.open(ctx, a, id, version)
	if err != nil {
		return err
	}
	switch {
	case i.Blocking > 0:
		return fault.Refuse(french.Count(i.Blocking, "problème empêche", "problèmes empêchent") + " l’import\u202f: répondez-y d’abord.")
	case !i.Ready():
		return fault.Refuse("Ce fichier ne change rien\u202f: il n’y a rien à importer.")
	}
	i.State, i.Failure, i.ChangedAt, i.ChangedBy = Running, "", im.clock.Now(), a.Name
	return im.store.Write(ctx, func(tx *db.Tx) error {
		if err := save(ctx, tx, i); err != nil {
			return err
		}
		return jobs.Enqueue(ctx, tx, jobs.New{Kind: Job, Key: fmt.Sprintf("import:%s:%d", i.ID, i.Version), Args: asked{i.ID, a}})
	})
}

// asked are the arguments of Job.
type asked struct {
	Import string      `json:"import"`
	By     actor.Actor `json:"by"`
}

// Run does the import that the job asks for; one that is not under way is left
// alone, so that the job bears being run again. What hinders it is kept in Failure.
func (im *Imports) Run(ctx context.Context, j jobs.Job) error {
	var args asked
	if err := j.Args(&args); err != nil {
		return err
	}
	i, err := ByID(ctx, im.store, actor.System, args.Import)
	switch {
	case err != nil:
		return err
	case i.Kind == Courses:
		err = im.runCourses(ctx, args)
	default:
		err = im.store.Write(ctx, func(tx *db.Tx) error { return im.run(ctx, tx, args) })
	}
	var why string
	if conflict, ok := err.(*fault.Conflict); ok {
		why = conflict.Message
	} else if invalid, ok := err.(*fault.Invalid); ok {
		why = invalid.Message
	}
	if why == "" {
		return err
	}
	return im.store.Write(ctx, func(tx *db.Tx) error { return fail(ctx, tx, args, why) })
}

// GaveUp notes, in the transaction that gives the job up, that it failed for good.
func (im *Imports) GaveUp(ctx context.Context, tx *db.Tx, j jobs.Job, _ error) error {
	var args asked
	if err := j.Args(&args); err != nil {
		return nil // nothing to name
	}
	return fail(ctx, tx, args, "L’import n’a pas pu se faire. Rien n’a été écrit\u202f: recommencez dans un moment.")
}

func fail(ctx context.Context, tx *db.Tx, args asked, why string) error {
	i, err := ByID(ctx, tx, actor.System, args.Import)
	if err != nil || i.State != Running {
		return err
	}
	i.State, i.Failure = Tried, why
	return save(ctx, tx, i)
}

var errMoved = &fault.Conflict{Message: "L’école a changé depuis l’essai\u202f: rien n’a été importé. Relancez l’essai et relisez ce qu’il ferait."}

func (im *Imports) run(ctx context.Context, tx *db.Tx, args asked) error {
	i, err := ByID(ctx, tx, actor.System, args.Import)
	if err != nil || i.State != Running {
		return err
	}
	p, err := im.judgedPeople(ctx, tx, args.By, i)
	if err != nil {
		return err
	}
	if p.digest() != i.Digest {
		return errMoved
	}
	if err := im.write(ctx, tx, args.By, p, i); err != nil {
		return err
	}
	return done(ctx, tx, args.By, im.clock.Now(), i)
}

// done notes that the import is done.
func done(ctx context.Context, tx *db.Tx, by actor.Actor, now time.Time, i Import) error {
	i.State, i.DoneAt, i.DoneBy, i.ChangedAt, i.ChangedBy = Done, now, by.Name, now, by.Name
	if err := save(ctx, tx, i); err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(by, now, journal.Line{Event: "import.done", Subject: Subject(i.ID), Before: i.Name, After: strings.Join([]string{i.Counts().Summary(), "import de " + i.Name}, ", ")}))
}
