package transfer

import (
	"reflect"
	"testing"
	"time"
)

// odd is a row of every type that a table keeps.
type odd struct {
	ID    string    `db:"id"`
	Named word      `db:"named"`
	Count int64     `db:"count"`
	Sure  bool      `db:"sure"`
	At    time.Time `db:"at"`
}

type word string

var oddTable = tableOf[odd]("odd").nullable("named", "count").always("secret", "")

// What is written is read by the quick reader, to the same values as by the
// slow one.
func TestALineIsReadAsItWasWritten(t *testing.T) {
	for _, row := range []odd{
		{},
		{ID: "a", Named: "b", Count: 1, Sure: true, At: time.Date(2027, 6, 1, 18, 0, 0, 123456000, time.UTC)},
		{ID: "Chœur, « l’été »", Named: `a "quoted" \ {word},`, Count: -9223372036854775808},
		{ID: "two\nlines\tand\u2028one", Named: "<&>\x00", Count: 9223372036854775807},
	} {
		line, err := oddTable.line(reflect.ValueOf(row))
		if err != nil {
			t.Fatal(err)
		}
		quick, ok := oddTable.reader()(string(line))
		slow, err := oddTable.parse(line)
		if !ok || err != nil || !reflect.DeepEqual(plain(quick), plain(slow)) {
			t.Errorf("%s\tquickly %v (%v), slowly %v (%v)", line, quick, ok, slow, err)
		}
	}
}

// plain drops the named types, which the database does not know.
func plain(row []any) []any {
	var out []any
	for _, v := range row {
		if w, ok := v.(word); ok {
			v = string(w)
		}
		out = append(out, v)
	}
	return out
}

// A line written otherwise is left to the slow reader.
func FuzzTheQuickReaderAgreesWithTheSlow(f *testing.F) {
	good := `{"id":"a","named":"b","count":1,"sure":true,"at":null}` + "\n"
	for _, line := range []string{
		good, good[:len(good)-1], good[:20], good + " ", "{}\n", "\n",
		`{"id":"a","named":"b","count":01,"sure":true,"at":null}` + "\n",
		`{"id":"a","named":"b","count":1.0,"sure":true,"at":null}` + "\n",
		`{"id":"a","named":"b","count":"1","sure":true,"at":null}` + "\n",
		`{"id":"a","named":"b","count":1,"sure":truest,"at":null}` + "\n",
		`{"id":"a","named":"b","count":1,"sure":true,"at":"2027-13-01T00:00:00.000000Z"}` + "\n",
		`{"id":"a","named":"b","count":1,"sure":true,"at":"2027-12-01T24:00:00.000000Z"}` + "\n",
		`{"id":"a","named":"b","count":1,"sure":true,"at":null}}` + "\n",
		`{"id":"a\q","named":"b","count":1,"sure":true,"at":null}` + "\n",
		`{"id":"\ud800","named":"\"","count":-0,"sure":false,"at":null}` + "\n",
		"{\"id\":\"\xff\",\"named\":\"b\",\"count\":1,\"sure\":true,\"at\":null}\n",
		"{\"id\":\"a\tb\",\"named\":\"b\",\"count\":1,\"sure\":true,\"at\":null}\n",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		quick, ok := oddTable.reader()(line)
		if !ok {
			return
		}
		slow, err := oddTable.parse([]byte(line))
		if err != nil || !reflect.DeepEqual(plain(quick), plain(slow)) {
			t.Errorf("%q: quickly %v, slowly %v (%v)", line, quick, slow, err)
		}
	})
}

// Every column of every table has its reader: none falls back to the slow one.
func TestEveryTableIsReadQuickly(t *testing.T) {
	for _, table := range tables {
		line, err := table.line(reflect.Zero(table.row))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := table.reader()(string(line)); !ok {
			t.Errorf("%s is parsed slowly: %s", table.name, line)
		}
	}
}
