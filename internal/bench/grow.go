package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/demo"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/mail"
)

// seed is the made-up school in the middle of its campaign, as its export
// keeps it: dossiers in every state, papers, journal. A school of any size is
// many times this one.
type seed struct {
	dir      string
	pupils   int
	dossiers int
	fixed    map[string]bool // ids that all copies share: season, courses, texts…
	top      map[string]int64
}

// grownTables are the tables whose rows are copied with every family; those of
// dossierTables only as long as dossiers are wanted. All others are the school's own.
var (
	grownTables = []string{"household", "household_payment_mean", "guardian", "pupil", "pupil_household", "pupil_season", "pupil_note",
		"pupil_course_now", "account", "quotient"}
	dossierTables = []string{"deposit", "dossier", "request", "journal"}
	sharedTables  = []string{"season", "site", "school_text", "published_document", "discipline", "teacher", "programme", "course", "paper"}
)

var (
	uuid     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	counted  = regexp.MustCompile(`"(?:number|rank|seq)":[0-9]+`)
	loginsIn = regexp.MustCompile(`"login(?:_folded)?":"[^"]*`)
)

// sow plays the campaign of the made-up school and exports it.
func sow(ctx context.Context, d Deps, g *ground) (*seed, error) {
	l := lot{dir: filepath.Join(g.dir, "seed")}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, err
	}
	store, err := d.Open(ctx, filepath.Join(l.dir, "pupitre.db"))
	if err != nil {
		return nil, err
	}
	defer store.Close()
	blobs, err := blob.Disk(filepath.Join(l.dir, "documents"))
	if err != nil {
		return nil, err
	}
	defer blobs.Close()
	if err := demo.Seed(ctx, demo.Deps{
		Store: store, Blobs: blobs, Files: d.Files, Outbox: mail.NewMemory(5000), Log: slog.New(slog.DiscardHandler), Now: time.Now(),
		PublicURL: "http://ecole.exemple.fr", MailFrom: "portail@ecole.exemple.fr",
	}); err != nil {
		return nil, err
	}
	s := &seed{dir: filepath.Join(l.dir, "export"), fixed: map[string]bool{}, top: map[string]int64{}}
	if err := transfer.Export(ctx, store, blobs, s.dir); err != nil {
		return nil, err
	}
	if err := s.oneFileForAll(); err != nil {
		return nil, err
	}
	return s, s.read()
}

// oneFile is what every deposit of a grown school holds: pages read none.
const oneFile = "ecole.toml"

var sums = regexp.MustCompile(`"sha256":"[0-9a-f]*"`)

func (s *seed) oneFileForAll() error {
	data, err := os.ReadFile(filepath.Join(s.dir, oneFile))
	if err != nil {
		return err
	}
	deposits, err := s.table("deposit")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	deposits = sums.ReplaceAll(deposits, []byte(`"sha256":"`+hex.EncodeToString(sum[:])+`"`))
	return os.WriteFile(filepath.Join(s.dir, tableFile("deposit")), deposits, 0o600)
}

func tableFile(table string) string {
	if table == "journal" {
		return "journal.jsonl"
	}
	return path.Join("donnees", table+".jsonl")
}

func (s *seed) table(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.dir, tableFile(name)))
}

// read learns what the copies share and what they count.
func (s *seed) read() error {
	for _, t := range sharedTables {
		data, err := s.table(t)
		if err != nil {
			return err
		}
		for _, id := range uuid.FindAll(data, -1) {
			s.fixed[string(id)] = true
		}
	}
	for _, t := range []string{"pupil", "dossier", "request"} {
		data, err := s.table(t)
		if err != nil {
			return err
		}
		switch n := bytes.Count(data, []byte("\n")); t {
		case "pupil":
			s.pupils = n
		case "dossier":
			s.dossiers = n
		}
		for _, cell := range counted.FindAll(data, -1) {
			name, n := numberCell(cell)
			s.top[name] = max(s.top[name], n)
		}
	}
	return nil
}

func numberCell(cell []byte) (name string, n int64) {
	name, digits, _ := strings.Cut(string(cell), ":")
	n, _ = strconv.ParseInt(digits, 10, 64) // the expression found digits
	return strings.Trim(name, `"`), n
}

// copies is how many times the school is taken for so many pupils.
func (s *seed) copies(pupils int) int { return max(1, (pupils+s.pupils/2)/s.pupils) }

// mostDossiers is how many the largest schools have, or a few more.
const mostDossiers = 50_000

// grow is the export of a school of about so many pupils, whose rows are made
// as they are read. It keeps its few files of its own in a new folder; poured is
// told of rows that were read.
func (s *seed) grow(pupils int, dir string, poured func(rows int)) (grown, error) {
	all := s.copies(pupils)
	withDossiers := min(all, s.copiesOfDossiers())
	if err := os.CopyFS(dir, withoutPapers{os.DirFS(s.dir)}); err != nil {
		return grown{}, err
	}
	g := grown{FS: os.DirFS(dir), tables: map[string]copies{}, poured: poured}
	for _, part := range []struct {
		tables []string
		times  int
	}{{grownTables, all}, {dossierTables, withDossiers}} {
		for _, t := range part.tables {
			moulds, err := s.mouldsOf(t)
			if err != nil {
				return grown{}, err
			}
			g.tables[tableFile(t)] = copies{moulds, int64(part.times), s.top}
		}
	}
	return g, s.count(int64(withDossiers), dir)
}

// copiesOfDossiers is how many schools hold mostDossiers together.
func (s *seed) copiesOfDossiers() int { return (mostDossiers + s.dossiers - 1) / s.dossiers }

func (s *seed) mouldsOf(table string) ([]mould, error) {
	data, err := s.table(table)
	if err != nil {
		return nil, err
	}
	var moulds []mould
	for line := range bytes.Lines(data) {
		if table == "account" && !bytes.Contains(line, []byte(`"role":"family"`)) || table == "journal" && bytes.Contains(line, []byte(`"dossier_id":""`)) {
			continue // one of a kind
		}
		moulds = append(moulds, s.mouldOf(line))
	}
	return moulds, nil
}

// count makes room for the copies: places in every course, numbers of the season.
func (s *seed) count(times int64, dir string) error {
	scale := func(table string, names string, by func(name string, n int64) int64) error {
		file := filepath.Join(dir, tableFile(table))
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		cell := regexp.MustCompile(`"(?:` + names + `)":[0-9]+`)
		return os.WriteFile(file, cell.ReplaceAllFunc(data, func(c []byte) []byte {
			name, n := numberCell(c)
			return []byte(`"` + name + `":` + strconv.FormatInt(by(name, n), 10))
		}), 0o600)
	}
	err := scale("offering", "capacity|taken", func(_ string, n int64) int64 { return n * times })
	return errors.Join(err, scale("season", "next_rank|next_number|moves", func(name string, n int64) int64 {
		switch name {
		case "next_rank":
			return times*(s.top["rank"]+1) + n
		case "next_number":
			return times*(s.top["number"]+1) + n
		default:
			return n + times*(s.top["seq"]+1)/1000
		}
	}))
}

// raise restores the grown export into the lot.
func (s *seed) raise(ctx context.Context, l lot, store *db.Store, pupils int, b *bar) error {
	files, err := s.grow(pupils, filepath.Join(l.dir, "export"), b.add)
	if err != nil {
		return fmt.Errorf("grow the school: %w", err)
	}
	b.begin(fmt.Sprintf("%d pupils, rows", s.copies(pupils)*s.pupils), files.rows())
	deps := transfer.Deps{Store: store, Blobs: noBlobs{}, Accounts: account.New(store, clock.System()), Clock: clock.System(), Files: files}
	if _, err := transfer.Restore(ctx, deps, false); err != nil {
		return fmt.Errorf("restore the grown school: %w", err)
	}
	return store.Analyze(ctx)
}
