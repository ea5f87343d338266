package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"pupitre/internal/demo/papers"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/intake"
)

// draw prepares what every family hands in, on all processors: drawing is most
// of what seeding costs.
func (s *seeding) draw() error {
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for _, f := range s.families {
		if f.fate != sends {
			continue
		}
		var codes []string
		if f.debit {
			codes = append(codes, "rib", "mandat")
		}
		if s.random.IntN(100) < 45 && f.login != Family {
			codes = append(codes, "quotient-familial")
		}
		f.papers = make([]paper, len(codes))
		for i, code := range codes {
			sheet, photo := s.sheet(f, code), s.random.IntN(15) == 0
			group.Go(func() (err error) {
				f.papers[i], err = drawn(code, sheet(), photo)
				return err
			})
		}
	}
	return group.Wait()
}

// depositAll hands in what was drawn for the family.
func (s *seeding) depositAll(f *family) error {
	for _, p := range f.papers {
		if err := s.depositFile(f, p); err != nil {
			return err
		}
	}
	return nil
}

// sheet tells how to draw the paper of that code, as the family has it.
func (s *seeding) sheet(f *family, code string) func() *papers.Sheet {
	g := f.household.Guardians[0]
	who := papers.Person{Name: g.FullName(), Address: f.household.Address, Town: f.household.Postcode + " " + f.household.Town}
	number := int(f.at.UnixMilli() % 100_000)
	switch code {
	case "rib":
		return func() *papers.Sheet { return papers.RIB(who, papers.IBAN(number)) }
	case "mandat":
		facts := s.mandate(f, who, number)
		return func() *papers.Sheet { return papers.Mandate(facts) }
	default:
		quotient := 250 + s.random.IntN(2200)
		return func() *papers.Sheet { return papers.QuotientFamilial(who, quotient, f.at.AddDate(0, -1, 0)) }
	}
}

func (s *seeding) mandate(f *family, who papers.Person, number int) papers.MandateFacts {
	return papers.MandateFacts{
		Creditor: papers.Creditor{Name: "École de musique Sèvre & Loire", Address: "44430 Le Loroux-Bottereau", ICS: "FR00ZZZ999999"},
		Debtor:   who, Reference: fmt.Sprintf("DEMO-%05d", number), IBAN: papers.IBAN(number), Signed: f.at.AddDate(0, 0, -2),
	}
}

// drawn is the sheet as a PDF, or as a photo taken with a telephone.
func drawn(code string, sheet *papers.Sheet, photo bool) (paper, error) {
	if photo {
		data, err := sheet.Photo(4821)
		return paper{code, code + ".jpg", data}, err
	}
	data, err := sheet.PDF()
	return paper{code, code + ".pdf", data}, err
}

func (s *seeding) depositFile(f *family, p paper) error {
	file, err := intake.Read(s.ctx, p.name, bytes.NewReader(p.data))
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	key := "deposits/" + db.NewID()
	if _, err := s.Blobs.Put(s.ctx, key, bytes.NewReader(file.Data)); err != nil {
		return err
	}
	sum := sha256.Sum256(file.Data)
	_, err = s.registrar.Deposit(s.ctx, f.actor, enrolment.Deposit{
		Household: f.household.ID, Paper: p.code,
		File: document.File{Name: file.OriginalName, BlobKey: key, MediaType: file.MediaType(), Size: file.Size(), Pages: int64(file.Pages), SHA256: hex.EncodeToString(sum[:])},
	})
	return err
}
