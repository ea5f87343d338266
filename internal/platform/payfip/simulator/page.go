package simulator

import (
	"html/template"
	"net/http"
	"slices"

	"pupitre/internal/platform/payfip"
)

type end struct {
	Result payfip.Result
	Label  string
}

// ends are the payer's choices, in the order of the page's buttons.
var ends = []end{
	{payfip.PaidByCard, "Payer par carte"},
	{payfip.PaidByDebit, "Payer par prélèvement unique"},
	{payfip.CardRefused, "Carte refusée"},
	{payfip.DebitRefused, "Prélèvement refusé"},
	{payfip.Abandoned, "Abandonner"},
}

var page = template.Must(template.New("").Parse(`<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>PayFiP (simulation)</title></head>
<body><main><h1>PayFiP (simulation)</h1>
<p>Aucun argent ne bouge. {{with .Asked}}Montant : {{.Cents}} centimes. Objet : {{.Object}}. Référence : {{.Reference}}.{{end}}</p>
<form method="post"><input type="hidden" name="idop" value="{{.ID}}">
{{range .Ends}}<p><button name="result" value="{{.Result}}">{{.Label}}</button></p>{{end}}
</form></main></body></html>`))

// waiting returns what was asked of a payment that has not ended.
func (s *Simulator) waiting(id string) (createArgs, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.operations[id]
	if o == nil || o.purged || o.result != "" {
		return createArgs{}, false
	}
	return o.asked, true
}

func (s *Simulator) page(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("idop")
	asked, ok := s.waiting(id)
	if !ok {
		http.Error(w, "Ce paiement n’existe pas ou est terminé.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, map[string]any{"ID": id, "Asked": asked, "Ends": ends})
}

func (s *Simulator) choose(w http.ResponseWriter, r *http.Request) {
	id, result := r.PostFormValue("idop"), payfip.Result(r.PostFormValue("result"))
	asked, ok := s.waiting(id)
	if !ok {
		http.Error(w, "Ce paiement n’existe pas ou est terminé.", http.StatusNotFound)
		return
	}
	if !slices.ContainsFunc(ends, func(e end) bool { return e.Result == result }) {
		http.Error(w, "Choisissez une issue.", http.StatusUnprocessableEntity)
		return
	}
	// A notification that does not arrive stops no payer: PayFiP sends him back all the same.
	_ = s.End(r.Context(), id, result)
	http.Redirect(w, r, asked.Return, http.StatusSeeOther)
}
