// Package importing is « Familles et élèves › Import » for the office: a file of
// families, pupils or courses is sent, its columns matched, its problems answered line by line, and what it
// would do is shown before it is done, all of it or nothing.
package importing

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/semaphore"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/importing"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/intake"
	"pupitre/internal/platform/sheet"
	"pupitre/internal/web/door"
	"pupitre/internal/web/households"
	"pupitre/internal/web/ui"
)

const path = "/bureau/import"

// The fields of the forms.
const (
	fieldKind    = "sorte"
	fieldSeason  = "saison"
	fieldFile    = "fichier"
	fieldVersion = "version"
	fieldSheet   = "feuille"
	fieldHeader  = "titres"
	fieldPage    = "page"
	fieldTakeOut = "retirer"
	fieldTake    = "prendre"
)

// Pages answers the routes.
type Pages struct {
	store   *db.Store
	imports *importing.Imports
	frame   func(*door.Visit, ui.Base) (ui.Base, error)
	reading *semaphore.Weighted // one file is read at a time: a bound of this machine's memory
}

// New opens the pages; frame adds the office's menu.
func New(store *db.Store, imports *importing.Imports, frame func(*door.Visit, ui.Base) (ui.Base, error)) *Pages {
	return &Pages{store: store, imports: imports, frame: frame, reading: semaphore.NewWeighted(1)}
}

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get(path, door.Office, actor.Imports, "import."+name, h)
	}
	post := func(act, name string, h door.Handler) door.Route {
		return door.Post(path+"/{import}/"+act, door.Office, actor.Imports, "import."+name, h)
	}
	return []door.Route{
		get(path, "index", p.Index),
		door.Upload(path, door.Office, actor.Imports, "import.start", sheet.MaxFile+1<<20, p.Start),
		get(path+"/{import}", "file", p.File),
		get(path+"/{import}/changements", "changes", p.Changes),
		get(path+"/{import}/problemes", "problems", p.Problems),
		post("feuille", "lay", p.Lay),
		post("colonnes", "match", p.Match),
		post("reponses", "answer", p.Answer),
		post("essai", "try", p.Try),
		post("faire", "do", p.Do),
		post("annuler", "undo", p.Undo),
		post("abandonner", "give-up", p.GiveUp),
	}
}

func urlOf(id string) string { return path + "/" + url.PathEscape(id) }

// base is the frame of a page: the menu, and the tabs under it.
func (p *Pages) base(v *door.Visit, title string) (ui.Base, error) {
	base, err := p.frame(v, v.Base(title))
	base.Path = "/bureau/foyers"
	return base, err
}

func tabs(base ui.Base) []ui.Tab { return households.Tabs(path, households.Changes(base)) }

type indexPage struct {
	ui.Base
	Recent  []importing.Import
	Kind    string
	Season  string          // of courses, as chosen
	Seasons []school.Season // that courses may go to
	Invalid *fault.Invalid
}

// recentOnes is how many imports the first page lists.
const recentOnes = 30

// Index takes a file, and lists the last ones.
func (p *Pages) Index(v *door.Visit) error {
	page := indexPage{Kind: v.Query(fieldKind)}
	if !slices.Contains(importing.Kinds, importing.Kind(page.Kind)) {
		page.Kind = ""
	}
	return p.index(v, 200, page)
}

func (p *Pages) index(v *door.Visit, status int, page indexPage) (err error) {
	if page.Base, err = p.base(v, "Import"); err != nil {
		return err
	}
	page.Base.Errors = door.FieldErrors(page.Invalid)
	if page.Kind == "" {
		page.Kind = string(importing.Families)
	}
	if page.Seasons, err = importing.Seasons(v.Ctx(), p.store); err != nil {
		return err
	}
	if page.Season == "" {
		page.Season = v.Season.ID
	}
	if page.Recent, err = importing.Recent(v.Ctx(), p.store, v.Actor, recentOnes); err != nil {
		return err
	}
	return v.Show(status, indexView(page))
}

// Start reads the file that was sent and tries it.
func (p *Pages) Start(v *door.Visit) error {
	form, err := v.Form()
	id := ""
	if err == nil {
		id, err = p.start(v, form)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		if len(invalid.Fields) == 0 {
			invalid = &fault.Invalid{Message: invalid.Message, Fields: []fault.Field{{Name: fieldFile, Message: invalid.Message}}}
		}
		return p.index(v, 422, indexPage{Invalid: invalid, Kind: form.Value(fieldKind), Season: form.Value(fieldSeason)})
	}
	if err != nil {
		return err
	}
	return v.Redirect(urlOf(id))
}

func (p *Pages) start(v *door.Visit, form door.Form) (string, error) {
	files := form.Files(fieldFile)
	if len(files) == 0 {
		return "", &fault.Invalid{Message: "Le formulaire n’est pas complet.", Fields: []fault.Field{{Name: fieldFile, Message: "Choisissez un fichier CSV ou XLSX."}}}
	}
	if err := p.reading.Acquire(v.Ctx(), 1); err != nil {
		return "", err
	}
	defer p.reading.Release(1)
	opened, err := files[0].Open()
	if err != nil {
		return "", err
	}
	defer opened.Close()
	data, err := io.ReadAll(io.LimitReader(opened, sheet.MaxFile+1))
	if err != nil {
		return "", err
	}
	book, err := sheet.Read(data)
	if err != nil {
		return "", err
	}
	id, err := p.imports.Start(v.Ctx(), v.Actor, importing.Kind(form.Value(fieldKind)), form.Value(fieldSeason), intake.CleanName(files[0].Filename), book)
	if err != nil {
		return "", err
	}
	return id, p.imports.Try(v.Ctx(), v.Actor, id, 1)
}

// filePage is one import: its columns, what it would do, its problems.
type filePage struct {
	ui.Base
	importing.Import
	Columns  []column
	Problems []importing.Problem
	Answers  []givenAnswer
	Page     int64
	Held     []string // what hinders the undo, of an import of fewChanges
	Lines    []journal.Line
	Invalid  *fault.Invalid
	Refused  string            // why what was asked was not done
	Typed    map[string]string // of the answers
	matching []string          // as it was typed, when it was not kept

	SeasonName string // that courses go to
}

type column struct {
	importing.Column
	Field string // the name of its select
	Code  string
	State columnState
	Error string
}

type columnState struct {
	Kind ui.StateKind
	Word string
}

type givenAnswer struct {
	Group string
	importing.Answer
}

// fewChanges is up to how many changes the page says itself what hinders the
// undo; beyond, the undo says it when it is asked for.
const fewChanges = 2000

func (p *Pages) read(v *door.Visit) (importing.Import, error) {
	return importing.ByID(v.Ctx(), p.store, v.Actor, v.PathValue("import"))
}

// File shows an import, however far it has come.
func (p *Pages) File(v *door.Visit) error {
	i, err := p.read(v)
	if err != nil {
		return err
	}
	return p.file(v, 200, filePage{Import: i, Page: number(v.Query(fieldPage))})
}

// seasonName names a season; one that is gone has no name any more.
func (p *Pages) seasonName(v *door.Visit, id string) (string, error) {
	s, err := school.SeasonByID(v.Ctx(), p.store, id)
	if errors.Is(err, fault.ErrNotFound) {
		return "", nil
	}
	return s.Name, err
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 1
	}
	return n
}

func (p *Pages) file(v *door.Visit, status int, page filePage) (err error) {
	if page.Base, err = p.base(v, "Importer "+page.Kind.French()); err != nil {
		return err
	}
	if page.Import.Season != "" {
		if page.SeasonName, err = p.seasonName(v, page.Import.Season); err != nil {
			return err
		}
	}
	page.Base.Errors = door.FieldErrors(page.Invalid)
	if page.State == importing.Running {
		page.Base.Refresh = 2
	}
	page.Columns = columnsOf(page)
	page.Answers = answersOf(page.Import)
	if page.State.Open() {
		if page.Problems, err = importing.ProblemsOf(v.Ctx(), p.store, v.Actor, page.ID, page.Page-1); err != nil {
			return err
		}
	}
	if page.State == importing.Done && page.Import.Changes <= fewChanges {
		if page.Held, err = importing.HoldsUp(v.Ctx(), p.store, v.Actor, page.ID); err != nil {
			return err
		}
	}
	if page.Lines, err = journal.About(v.Ctx(), p.store, importing.Subject(page.ID), 20); err != nil {
		return err
	}
	return v.Show(status, fileView(page))
}

// Changes lists what the import would make and change, or made and changed.
func (p *Pages) Changes(v *door.Visit) error {
	i, err := p.read(v)
	if err != nil {
		return err
	}
	page := changesPage{Import: i, Page: number(v.Query(fieldPage))}
	if page.Base, err = p.base(v, "Ce que l’import change"); err != nil {
		return err
	}
	if page.Changes, err = importing.ChangesOf(v.Ctx(), p.store, v.Actor, i.ID, page.Page-1); err != nil {
		return err
	}
	return v.Show(200, changesView(page))
}

type changesPage struct {
	ui.Base
	importing.Import
	Changes []importing.Change
	Page    int64
}

// Problems answers the problems of the last trial as a file.
func (p *Pages) Problems(v *door.Visit) error {
	i, err := p.read(v)
	if err != nil {
		return err
	}
	all, err := importing.AllProblems(v.Ctx(), p.store, v.Actor, i.ID)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	table := sheet.Table{Name: "Problèmes", Columns: []sheet.Column{{Title: "Ligne"}, {Title: "Colonne"}, {Title: "Valeur lue"}, {Title: "Bloque"}, {Title: "Problème"}, {Title: "Pour avancer"}}}
	table.Rows = func(yield func([]any, error) bool) {
		for _, q := range all {
			way := ""
			if len(q.Ways) > 0 {
				way = q.Ways[0].Label
			}
			if !yield([]any{int64(q.Line), q.Column, q.Value, q.Blocks, q.What, way}, nil) {
				return
			}
		}
	}
	if err := sheet.Write(&file, sheet.CSV, table); err != nil {
		return err
	}
	mediaType, _ := sheet.CSV.MediaType()
	return v.Attach(mediaType, "problemes.csv", len(all), file.Bytes())
}

// patience is how long the page waits for a small import before it shows a bar.
const patience = time.Second

// settled waits until the import is no longer under way, or patience ends.
func (p *Pages) settled(v *door.Visit, id string) {
	for range int(patience / (50 * time.Millisecond)) {
		i, err := importing.ByID(v.Ctx(), p.store, v.Actor, id)
		if err != nil || i.State != importing.Running {
			return
		}
		select {
		case <-v.Ctx().Done():
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// asRefused is the sentence of an error that the page can show.
func asRefused(err error) (sentence string, status int) {
	var conflict *fault.Conflict
	if errors.As(err, &conflict) {
		return conflict.Message, 409
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return invalid.Message, 422
	}
	return "", 0
}

// pager leads through the pages of a list of so many things.
func pager(at string, page, total int64) ui.Pager {
	link := func(n int64) string { return at + "?" + fieldPage + "=" + strconv.FormatInt(n, 10) }
	first := (page - 1) * importing.LinesOfAPage
	p := ui.Pager{From: int(min(first+1, total)), To: int(min(first+importing.LinesOfAPage, total)), Total: int(total)}
	if page > 1 {
		p.PreviousURL = link(page - 1)
	}
	if first+importing.LinesOfAPage < total {
		p.NextURL = link(page + 1)
	}
	return p
}

func count(n int64) string { return strconv.FormatInt(n, 10) }
