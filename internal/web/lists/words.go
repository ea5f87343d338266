package lists

import (
	"pupitre/internal/domain/report"
	"pupitre/internal/web/ui"
)

// says tells what the list holds.
func says(l report.List) string {
	switch l {
	case report.ListDossiers:
		return "Rang, état, élève, formule, cours, pièces à fournir et famille de chaque dossier, dans l’ordre de la file."
	case report.ListEnrolments:
		return "Une ligne par élève et par cours\u202f: qui a une place, à qui une place est proposée, qui attend et à quel rang."
	case report.ListPupils:
		return "Tous les élèves, avec leur niveau, leur dossier de la saison et leur famille."
	case report.ListFamilies:
		return "Adresses, téléphones et adresses mail des familles."
	case report.ListPlaces:
		return "Chaque cours, ses places, ce qui est pris, proposé, libre, et combien attendent."
	case report.ListNoAnswer:
		return "Les élèves dont rien n’est venu\u202f: ni dossier envoyé, ni «\u202fNe se réinscrit pas\u202f»."
	case report.ListSurvey:
		return "Une ligne par élève de rang, sans nom ni adresse\u202f: âge, commune, formule, disciplines. À recopier dans l’enquête annuelle."
	default:
		return "Les familles qui n’ont encore jamais demandé de mot de passe."
	}
}

// narrows tells whether the list may be narrowed so.
func narrows(l report.List, by string) bool {
	switch l {
	case report.ListDossiers, report.ListFamilies:
		return true
	case report.ListPupils:
		return by != "cours"
	case report.ListEnrolments:
		return by != "formule"
	case report.ListPlaces:
		return by == "pole"
	case report.ListSurvey:
		return by != "cours"
	}
	return false
}

func groups() []ui.Option {
	var all []ui.Option
	for _, g := range report.Groups {
		all = append(all, ui.Option{Value: string(g), Label: g.French()})
	}
	return all
}
