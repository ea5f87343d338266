package letter

import (
	"reflect"
	"time"

	"pupitre/internal/platform/clock"
)

func paris(year int, month time.Month, d, h, m, s, milli int) time.Time {
	return time.Date(year, month, d, h, m, s, milli*1e6, clock.Paris).UTC()
}

var (
	sent    = paris(2027, time.June, 8, 22, 52, 7, 431)
	closing = paris(2027, time.June, 25, 23, 59, 0, 0)
	delay   = paris(2027, time.June, 16, 23, 59, 0, 0)
	link    = "https://portail.sevre-et-loire.example/eleves/lucie/reinscription"
)

var school = School{
	Name: "École de musique Sèvre & Loire", ShortName: "Sèvre & Loire",
	Phone: "02 40 00 12 34", Email: "secretariat@sevre-et-loire.example",
	Address: "1 place du Champ de foire, 44330 Vallet", URL: "https://portail.sevre-et-loire.example",
}

var places = []Place{
	{Course: "Violoncelle"},
	{Course: "Orchestre à cordes, mercredi 15 h", Standing: Waiting, Position: 3},
}

var lucie = Dossier{
	Pupil: "Lucie Moreau", Programme: "Cursus Instrumental Enfant / ados", Site: "Pôle Loire",
	Rank: 57, CompleteAt: sent, Places: places,
}

var elise = Dossier{
	Pupil: "Élise Moreau", Programme: "Parcours découverte", Site: "Pôle Loire",
	Missing: []string{"RIB", "Mandat de prélèvement"}, CompleteBefore: closing, GroupsLater: true,
	Places: []Place{{Course: "Parcours 1", Semester: 1}, {Course: "Parcours 4", Semester: 2}},
}

var missing = []MissingPapers{
	{Pupil: "Lucie Moreau", Documents: []string{"RIB"}},
	{Pupil: "Élise Moreau", Documents: []string{"RIB", "Mandat de prélèvement"}},
}

var offer = OfferFacts{
	School: school, Name: "Claire Moreau", Pupil: "Élise Moreau",
	Course: Place{Course: "Orchestre à cordes, mercredi 15 h", Standing: Proposed, Until: delay},
	At:     sent, Kept: []Place{{Course: "Violoncelle"}}, Link: "https://portail.sevre-et-loire.example/offre/k3Jd9",
}

var dueOn = []DueOn{{"2027-0148", paris(2027, time.October, 5, 0, 0, 0, 0), 138_40}, {"2027-0148", paris(2028, time.January, 5, 0, 0, 0, 0), 138_40}}

type mailRow struct {
	name  string // of the golden file: the template's name, then what is particular
	write func() (Mail, error)
	again func() (Mail, error) // with the school as it then is
}

func row[F any](name string, write func(F) (Mail, error), facts F) mailRow {
	return mailRow{name, func() (Mail, error) { return write(facts) }, func() (Mail, error) {
		reflect.ValueOf(&facts).Elem().FieldByName("School").Set(reflect.ValueOf(school))
		return write(facts)
	}}
}

const claire = "Claire Moreau"

func mailRows() []mailRow {
	first := elise
	first.Rank, first.CompleteAt, first.Missing = 1, sent, nil
	return []mailRow{
		row("new_password", NewPassword, NewPasswordFacts{school, claire, "MOREAU-4821", "Kb7mQz2wPt", sent.Add(24 * time.Hour), school.URL + "/connexion"}),
		row("invitation", Invitation, RecoveryLinkFacts{school, "Maud Thibault", "maud.thibault@exemple.fr", school.URL + "/choisir/9fK2", sent.Add(7 * 24 * time.Hour)}),
		row("factor_reset", FactorReset, FactorResetFacts{school, "Maud Thibault", "maud.thibault@exemple.fr", sent, school.URL + "/connexion"}),
		row("message", Message, MessageFacts{School: school, Subject: "Il manque une pièce au dossier de Lucie", Link: school.URL + "/accueil", Lines: []MessageLine{
			{Text: "Bonjour " + claire + ","}, {Text: "Il manque :"}, {Text: "RIB", Item: true}, {Text: "Mandat", Item: true, Joined: true}, {Button: true}, {Text: "Le secrétariat"}}}),
		row("recovery_link", RecoveryLink, RecoveryLinkFacts{school, claire, "MOREAU-4821", school.URL + "/choisir/9fK2", sent.Add(24 * time.Hour)}),
		row("identifier", Identifier, IdentifierFacts{school, claire, "MOREAU-4821", school.URL + "/connexion", school.URL + "/mot-de-passe-perdu"}),
		row("confirm_address", ConfirmAddress, ConfirmAddressFacts{school, claire, "claire@exemple.example", school.URL + "/adresse/7aQ", delay}),
		row("confirm_application", ConfirmApplication, ApplicationLinkFacts{School: school, Name: claire, Pupil: "Noé", Link: school.URL + "/pre-inscription/lien/7aQ", KeptUntil: delay}),
		row("confirm_application-before", ConfirmApplication, ApplicationLinkFacts{School: school, Link: school.URL + "/pre-inscription/lien/7aQ", OpensAt: sent, KeptUntil: delay}),
		row("resume_application", ResumeApplication, ApplicationLinkFacts{School: school, Pupil: "Noé", Link: school.URL + "/pre-inscription/demande/7aQ/cours", KeptUntil: delay}),
		row("resume_application-sent", ResumeApplication, ApplicationLinkFacts{School: school, Name: claire, Pupil: "Noé", Link: school.URL + "/pre-inscription/lien/7aQ", Confirmed: true}),
		row("application_answer", ApplicationAnswer, ApplicationAnswerFacts{school, claire, "Noé Garnier", []string{"Il reste une place le samedi.", "- Est-ce que 10 h convient ?"}, ""}),
		row("application_refused", ApplicationRefused, ApplicationAnswerFacts{school, claire, "Noé Garnier", []string{"Cet élève a déjà un dossier."}, ""}),
		row("application_attached", ApplicationAttached, ApplicationAnswerFacts{school, claire, "Noé Garnier", nil, school.URL + "/connexion"}),
		row("address_changed", AddressChanged, AddressChangedFacts{school, claire, "MOREAU-4821", sent, true}),
		row("address_changed-by_family", AddressChanged, AddressChangedFacts{school, claire, "", sent, false}),
		row("received", Received, ReceivedFacts{school, claire, sent, []Dossier{lucie, elise}, link}),
		row("received-one", Received, ReceivedFacts{school, "", sent, []Dossier{first}, link}),
		row("became_complete", BecameComplete, BecameCompleteFacts{school, claire, lucie, "RIB", link}),
		row("not_ranked", NotRanked, NotRankedFacts{school, claire, "Lucie Moreau", "RIB", []string{"« Atelier jazz » n’est plus proposé. Choisissez un autre cours."}, closing, link}),
		row("not_ranked-nothing_deposited", NotRanked, NotRankedFacts{School: school, Name: claire, Pupil: "Élise Moreau", Left: []string{"« Éveil musical » est ouvert de 4 à 6 ans."}, Link: link}),
		row("entered_by_office", DossierEnteredByOffice, EnteredByOfficeFacts{school, claire, lucie, paris(2027, time.June, 4, 10, 0, 0, 0), link}),
		row("changed_choice", ChangedChoice, ChangedChoiceFacts{school, claire, lucie, []string{"Chœur d’enfants"}, sent, link}),
		row("enrolled", Enrolled, EnrolledFacts{School: school, Name: claire, Pupil: "Élise Moreau", Programme: first.Programme, Site: first.Site, Courses: first.Places, GroupsLater: true, Link: link}),
		row("enrolled-partly", Enrolled, EnrolledFacts{School: school, Name: claire, Pupil: "Lucie Moreau", Programme: lucie.Programme, Site: lucie.Site, Courses: places[:1], Partial: true, Reason: "l’orchestre ouvrira un second groupe en octobre", StillAsked: places[1:], Link: link}),
		row("on_waiting_list", OnWaitingList, OnWaitingListFacts{school, claire, lucie, paris(2027, time.July, 25, 23, 59, 0, 0), link}),
		row("course_cancelled", CourseCancelled, CourseCancelledFacts{school, claire, "Lucie Moreau", "Atelier jazz", "Trop peu de demandes.", 57, places[:1], link}),
		row("withdrawn", Withdrawn, WithdrawnFacts{school, claire, "Lucie Moreau", sent, false, []string{"Orchestre à cordes, mercredi 15 h"}, places[:1]}),
		row("withdrawn-whole", Withdrawn, WithdrawnFacts{school, claire, "Lucie Moreau", sent, true, []string{"Violoncelle", "Orchestre à cordes, mercredi 15 h"}, nil}),
		row("withdrawal_answered", WithdrawalAnswered, WithdrawalAnsweredFacts{school, claire, "Lucie Moreau", sent, true, true, nil, ""}),
		row("withdrawal_answered-no", WithdrawalAnswered, WithdrawalAnsweredFacts{school, claire, "Lucie Moreau", sent, false, false, []string{"Violoncelle", "Solfège"}, "Le trimestre est commencé."}),
		row("paper_refused", PaperRefused, PaperRefusedFacts{School: school, Name: claire, Document: "RIB", Reason: "Photo trop sombre : le numéro du compte ne se lit pas", Pupils: []string{"Lucie Moreau", "Élise Moreau"}, Until: delay, Link: link}),
		row("paper_refused-attestation", PaperRefused, PaperRefusedFacts{School: school, Name: claire, Document: "Attestation Quotient Familial", Reason: "Attestation de 2025", TopBracketOnly: true, Consequence: "En l’absence d’attestation, le tarif maximal (QF > 2200) sera appliqué.", Link: link}),
		row("paper_refused-no_rank", PaperRefused, PaperRefusedFacts{School: school, Name: claire, Document: "RIB", Reason: "Page coupée"}),
		row("paper_worthless", PaperWorthless, PaperWorthlessFacts{school, claire, "RIB", "Page blanche", []string{"Lucie Moreau"}, []string{"Violoncelle", "Orchestre à cordes, mercredi 15 h"}, false, closing, link}),
		row("delay_ended", DelayEnded, DelayEndedFacts{School: school, Name: claire, Pupil: "Lucie Moreau", Document: "RIB", EndedAt: delay, Lost: []string{"Violoncelle"}, Closed: true, Link: link}),
		row("newly_required", NewlyRequired, NewlyRequiredFacts{school, claire, "Mandat de prélèvement", "Vous avez choisi le prélèvement bancaire.", []string{"Lucie Moreau"}, delay, link}),
		row("invoice_issued", InvoiceIssued, InvoiceIssuedFacts{school, claire, "2027-0148", "2027-2028", 415_20, false, dueOn, link}),
		row("invoice_issued-debited", InvoiceIssued, InvoiceIssuedFacts{school, claire, "2027-0148", "2027-2028", 415_20, true, dueOn, link}),
		row("invoice_cancelled", InvoiceCancelled, InvoiceCancelledFacts{school, claire, "2027-A0003", "2027-0148", "élève parti avant la rentrée", link}),
		row("payment_received", PaymentReceived, PaymentFacts{School: school, Name: claire, On: sent, Means: "chèque, Crédit Mutuel, 1204417", Amount: 138_40, Left: 276_80, Link: link}),
		row("payment_received-all", PaymentReceived, PaymentFacts{School: school, Name: claire, On: sent, Means: "espèces", Amount: 276_80, Link: link}),
		row("payment_returned", PaymentReturned, PaymentFacts{School: school, Name: claire, On: sent, Means: "chèque, Crédit Mutuel, 1204417", Amount: 138_40, Left: 415_20, Reason: "sans provision", Link: link}),
		row("payment_reminder", PaymentReminder, PaymentReminderFacts{school, claire, 1, dueOn[:1], 138_40, link}),
		row("payment_reminder-last", PaymentReminder, PaymentReminderFacts{school, "", 3, dueOn, 276_80, link}),
		row("missing_papers", MissingPapersReminder, MissingPapersFacts{school, claire, missing, closing, link}),
		row("campaign_closed", CampaignClosedIncomplete, CampaignClosedFacts{school, claire, closing, missing}),
		row("place_offered", PlaceOffered, offer),
		row("offer_accepted", OfferAccepted, offer),
		row("offer_declined", OfferDeclined, offer),
		row("offer_ended", OfferEnded, offer),
		row("lists_closed", WaitingListsClosed, ListsClosedFacts{school, claire, "Lucie Moreau", []string{"Orchestre à cordes, mercredi 15 h"}, places[:1]}),
		row("partly_full", PartlyFullReminder, PartlyFullFacts{school, claire, "Lucie Moreau", lucie.Programme, places, paris(2027, time.July, 25, 23, 59, 0, 0), link}),
		row("turned_down", TurnedDown, TurnedDownFacts{school, claire, "Lucie Moreau", "Le dossier de l’an dernier n’est pas soldé.", []string{"Violoncelle"}}),
		row("partly_released", PartlyReleased, PartlyReleasedFacts{school, claire, "Lucie Moreau", lucie.Programme, []string{"Violoncelle"}, paris(2027, time.July, 25, 23, 59, 0, 0)}),
	}
}
