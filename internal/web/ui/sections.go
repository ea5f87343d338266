package ui

// SettingsTabs are the tabs of « Réglages », which several doors make up; here
// is the address of the current one.
func SettingsTabs(here string) []Tab {
	all := []Tab{
		{Label: "École", URL: "/bureau/reglages/ecole"},
		{Label: "Saisons", URL: "/bureau/reglages/saison"},
		{Label: "Campagne", URL: "/bureau/reglages/campagne"},
		{Label: "Pièces demandées", URL: "/bureau/reglages/pieces"},
		{Label: "Textes", URL: "/bureau/reglages/textes"},
		{Label: "Règles de l’école", URL: "/bureau/reglages/regles"},
		{Label: "Paiement", URL: "/bureau/reglages/paiement"},
		{Label: "Facturation", URL: "/bureau/reglages/facturation"},
		{Label: "Droits et comptes", URL: "/bureau/reglages/droits"},
	}
	for i := range all {
		all[i].Current = all[i].URL == here
	}
	return all
}
