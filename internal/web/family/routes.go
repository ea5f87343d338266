package family

import (
	"pupitre/internal/domain/actor"
	"pupitre/internal/web/door"
	"pupitre/internal/web/upload"
)

// Routes is the families' part of the site map.
func (p *Pages) Routes() []door.Route {
	var all []door.Route
	get := func(path, name string, h door.Handler) {
		all = append(all, door.Get(path, door.Family, actor.FamilyPages, "family."+name, h))
	}
	post := func(path, name string, h door.Handler) {
		all = append(all, door.Post(path, door.Family, actor.FamilyPages, "family."+name, h))
	}
	const pupil, wizard = "/eleves/{pupil}", "/eleves/{pupil}/reinscription"

	// Accueil.
	get("/accueil", "home", p.ShowHome)
	get("/telechargements/{code}", "download", p.ShowDownload)
	get("/textes/{text}", "text", p.ShowText)
	get("/factures", "invoices", p.ShowInvoices)
	get("/factures/{invoice}", "invoice", p.ShowInvoice)
	get("/factures/{invoice}/pdf", "invoice.paper", p.InvoicePaper)
	get("/paiements/{entry}", "receipt", p.Receipt)
	get("/attestations/{year}", "certificate", p.Certificate)
	get("/messages", "notices", p.ShowNotices)
	get("/messages/{message}", "notice", p.ShowNotice)
	post("/messages/{message}/lu", "notice.read", p.ReadNotice)

	// Famille.
	get("/famille", "household", p.ShowHousehold)
	get("/famille/identite", "identity", p.ShowIdentity)
	post("/famille/identite", "identity.save", p.SaveIdentity)
	get("/famille/documents", "papers", p.ShowPapers)
	get("/famille/importer", "deposit", p.ShowDeposit)
	all = append(all, door.Upload("/famille/importer", door.Family, actor.FamilyPages, "family.deposit.send", upload.MaxBody, p.SendDeposit))
	get("/famille/mandat.pdf", "mandate", p.ShowMandate)
	get("/famille/mandat-vierge.pdf", "mandate.blank", p.ShowBlankMandate)

	// Élèves.
	get("/eleves", "pupils", p.ShowPupils)
	get(newcomerPath, "newcomer", p.ShowNewcomer)
	post(newcomerPath, "newcomer.add", p.AddNewcomer)
	get(pupil, "pupil", p.ShowPupil)
	get(pupil+"/identite", "pupil.identity", p.ShowPupilIdentity)
	post(pupil+"/identite", "pupil.identity.save", p.SavePupilIdentity)
	get(pupil+"/cours", "pupil.courses", p.ShowPupilCourses)
	get(pupil+"/documents", "pupil.papers", p.ShowPupilPapers)

	// Réinscription, step by step.
	get(wizard, "registration", p.ShowRegistration)
	get(wizard+"/famille", "wizard.household", p.ShowWizardHousehold)
	post(wizard+"/famille", "wizard.household.confirm", p.ConfirmHousehold)
	get(wizard+"/eleve", "wizard.pupil", p.ShowWizardPupil)
	post(wizard+"/eleve", "wizard.pupil.save", p.SaveWizardPupil)
	post(wizard+"/revient", "wizard.returning", p.Return)
	get(wizard+"/cours", "wizard.courses", p.ShowWizardCourses)
	post(wizard+"/cours", "wizard.courses.save", p.SaveWizardCourses)
	get(wizard+"/pieces", "wizard.papers", p.ShowWizardPapers)
	get(wizard+"/prix", "wizard.price", p.ShowPrice)
	get(wizard+"/envoi", "wizard.send", p.ShowSend)
	post(wizard+"/envoi", "wizard.send.submit", p.Send)
	get("/reinscription/envoi", "send_all", p.ShowSendAll)
	post("/reinscription/envoi", "send_all.submit", p.SendAll)
	get(wizard+"/attente", "waiting", p.ShowWaiting)
	get("/reinscription/attente", "waiting_all", p.ShowWaitingAll)
	get(wizard+"/confirmation", "confirmation", p.ShowConfirmation)
	get("/reinscription/confirmation", "confirmation_all", p.ShowConfirmationAll)

	// After « Valider ».
	get(wizard+"/changer", "change", p.ShowChange)
	post(wizard+"/changer", "change.send", p.SendChange)
	get(wizard+"/renoncer", "withdraw", p.ShowWithdraw)
	post(wizard+"/renoncer", "withdraw.send", p.SendWithdraw)
	get(pupil+"/offres/{request}", "offer", p.ShowOffer)
	post(pupil+"/offres/{request}", "offer.answer", p.AnswerOffer)
	get(wizard+"/accuse.pdf", "acknowledgement", p.ShowAcknowledgement)
	get(wizard+"/formulaire.pdf", "form", p.ShowPedagogicalForm)

	// A deposited file: the family sees its own, the office all.
	all = append(all, door.Get("/pieces/{deposit}", door.Family, actor.Papers, "paper.file", p.ShowDeposited))

	// From a mail, without signing in: the link opens a page, its button acts.
	all = append(all,
		door.Get("/adresse/{token}", door.Public, actor.Everybody, "address", p.ShowAddress),
		door.Post("/adresse/{token}", door.Public, actor.Everybody, "address.confirm", p.ConfirmAddress),
		door.Get("/offre/{token}", door.Public, actor.Everybody, "offer.mail", p.ShowMailedOffer),
		door.Post("/offre/{token}", door.Public, actor.Everybody, "offer.mail.answer", p.AnswerMailedOffer),
	)
	return all
}
