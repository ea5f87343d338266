package bench

import (
	"fmt"
	"io"

	"pupitre/internal/platform/db"
)

// RushResult is what a rush measured. Ratio is submissions to raw commits;
// RegistrarRatio the registrar alone to raw commits.
type RushResult struct {
	Engine         db.Engine `json:"engine"`
	Machines       int       `json:"machines"`
	Families       int       `json:"families"`
	Courses        int       `json:"courses"`
	Clients        int       `json:"clients"`
	Submissions    float64   `json:"submissions_per_s"`
	P50            float64   `json:"p50_ms"`
	P99            float64   `json:"p99_ms"`
	PeakRSS        float64   `json:"peak_rss_mb"`
	RawCommits     float64   `json:"raw_commits_per_s"`
	Ratio          float64   `json:"ratio"`
	Registrar      float64   `json:"registrar_per_s"`
	RegistrarRatio float64   `json:"registrar_ratio"`
	BarePages      float64   `json:"bare_pages_per_s"`
	SignIns        float64   `json:"sign_ins_per_s"`
	SignInSeconds  float64   `json:"sign_in_seconds"`
	TurnedAway     int       `json:"turned_away"` // told to come back, and came
	Mails          int       `json:"mails_delivered"`
	MailSeconds    float64   `json:"mail_seconds"` // after the last answer
	Inversions     int       `json:"inversions"`
	Breaches       int       `json:"breaches"`
	Broken         []string  `json:"broken,omitempty"` // the first of them, in words
	Machine        string    `json:"machine"`
}

// Write prints the result for a reader.
func (x RushResult) Write(w io.Writer) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-28s %s\n", name, fmt.Sprintf(format, args...))
	}
	row("engine", "%s, %d machine(s); %s", x.Engine, x.Machines, x.Machine)
	row("played", "%d families, %d courses, %d clients", x.Families, x.Courses, x.Clients)
	row("sign-ins", "%.0f/s, %.1f s for all, one argon2id each", x.SignIns, x.SignInSeconds)
	row("submissions", "%.0f/s, p50 %.1f ms, p99 %.1f ms, %d told to come back", x.Submissions, x.P50, x.P99, x.TurnedAway)
	row("peak memory of a machine", "%.0f MB", x.PeakRSS)
	row("raw one-row commits", "%.0f/s", x.RawCommits)
	row("registrar alone", "%.0f/s", x.Registrar)
	row("bare 20 kB page", "%.0f/s", x.BarePages)
	row("submissions / commits", "%.2f", x.Ratio)
	row("registrar / commits", "%.2f", x.RegistrarRatio)
	row("receipts delivered", "%d, the last %.1f s after the last answer", x.Mails, x.MailSeconds)
	row("inversions", "%d dossiers ranked behind one that arrived later", x.Inversions)
	row("breaches", "%d", x.Breaches)
	for _, line := range x.Broken {
		fmt.Fprintln(w, "  "+line)
	}
}
