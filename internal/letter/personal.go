package letter

import (
	"bytes"
	"fmt"
	"html/template"
	"time"
)

var pages = template.Must(template.New("").Funcs(template.FuncMap(functions)).ParseFS(files, "templates/page/*.html"))

// PersonalDataFacts: what the school keeps about a household, for the household.
type PersonalDataFacts struct {
	School   School
	Made     time.Time
	Files    int // documents beside the page
	Sections []PersonalSection
}

// PersonalSection is one kind of data, record by record. What is empty is left out.
type PersonalSection struct {
	Title   string
	Records [][]PersonalField
}

// PersonalField is one value and what it is.
type PersonalField struct{ Label, Said string }

// PersonalData writes the page that opens in any browser, without the portal.
func PersonalData(f PersonalDataFacts) ([]byte, error) {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, "personal_data.html", f); err != nil {
		return nil, fmt.Errorf("write the personal data: %w", err)
	}
	return out.Bytes(), nil
}
