package actor

// Degree is how far a right goes.
type Degree string

// The degrees. The last two end at the actor's own pole (Actor.Site).
const (
	None       Degree = ""
	Sees       Degree = "sees"
	Changes    Degree = "changes"
	SeesOwn    Degree = "sees-own"
	ChangesOwn Degree = "changes-own"
)

// reaches tells whether the degree is enough for what asks for Sees or Changes.
func (d Degree) reaches(asked Degree) bool {
	if asked == Changes {
		return d == Changes || d == ChangesOwn
	}
	return d != None
}

// EndsAtPole tells whether the degree ends at the actor's own pole.
func (d Degree) EndsAtPole() bool { return d == SeesOwn || d == ChangesOwn }

// Right is a line of the table of rights: what each role may do of one subject.
// Routes name theirs and the doors ask it; the screen « Droits et comptes »
// shows the same lines.
type Right struct {
	Code    string // as the site map prints it
	Words   string // as the screen says it; "" is a right that the screen need not show
	Open    bool   // to anybody, with or without a session
	grants  map[Role]Degree
	limited Degree // of a secretary limited to a pole
}

// Degree is how far the right goes for the actor.
func (r *Right) Degree(a Actor) Degree {
	if a.IsLimited() {
		return r.limited
	}
	return r.grants[a.Role]
}

// Admits tells whether the actor may see, or change, the subject.
func (r *Right) Admits(a Actor, asked Degree) bool { return r.Open || r.Degree(a).reaches(asked) }

// IsLimited tells whether the actor works for one pole only.
func (a Actor) IsLimited() bool { return a.Role == Secretary && a.Site != "" }

// May tells whether the actor may see, or change, the subject of the right.
func (a Actor) May(asked Degree, r *Right) bool { return r.Admits(a, asked) }

// offices is a right of secretariat, direction and administration alike, and
// that of a secretary limited to a pole.
func offices(d, limited Degree) *Right {
	return &Right{grants: map[Role]Degree{Secretary: d, Director: d, Administrator: d}, limited: limited}
}

// staffs is a right of every account of the school's own; signedIn that of families too.
func staffs(d Degree) *Right {
	r := offices(d, d)
	r.grants[Teacher], r.grants[Bursar] = d, d
	return r
}

func signedIn(d Degree) *Right { return staffs(d).with(Family, d) }

// only is a right of these roles.
func only(d Degree, roles ...Role) *Right {
	r := &Right{grants: map[Role]Degree{}}
	for _, role := range roles {
		r.grants[role] = d
	}
	return r
}

func (r *Right) with(role Role, d Degree) *Right {
	r.grants[role] = d
	return r
}

func (r *Right) named(code, words string) *Right {
	r.Code, r.Words = code, words
	return r
}

// The rights. A page of a new subject gets a line here and in Rights.
var (
	Everybody   = (&Right{Open: true}).named("everybody", "")
	OwnAccount  = signedIn(Changes).named("own-account", "")
	OwnFactor   = staffs(Changes).named("own-factor", "")
	FamilyPages = only(Changes, Family).named("family", "")

	Office      = offices(Sees, SeesOwn).named("office", "Tableau de bord, recherche")
	Households  = offices(Changes, ChangesOwn).named("households", "Identité, coordonnées")
	Merges      = offices(Changes, None).named("merges", "Fusionner deux foyers")
	Newcomers   = offices(Changes, None).named("newcomers", "Ajouter un foyer, un élève") // it shows who resembles them, of all poles
	Papers      = offices(Changes, ChangesOwn).with(Family, Sees).named("papers", "Papiers déposés")
	Mails       = offices(Changes, ChangesOwn).named("mails", "Courriers")
	Messages    = offices(Changes, None).named("messages", "Écrire à une sélection de familles")
	Identifiers = offices(Changes, None).named("identifiers", "Identifiants de toutes les familles")
	Imports     = offices(Changes, None).named("imports", "Importer un fichier de familles et d’élèves")

	Dossiers     = offices(Changes, ChangesOwn).named("dossiers", "Vérifier et valider les dossiers")
	Applications = offices(Changes, None).named("applications", "Pré-inscriptions")
	Places       = offices(Changes, ChangesOwn).named("places", "Ouvrir des places, attribuer")
	Queues       = offices(Changes, None).named("queues", "Listes d’attente, déplacer une demande") // an act on one reaches courses of all poles
	Jumps        = offices(Changes, None).named("jumps", "Passer hors de l’ordre, avec motif")
	Allocation   = offices(Changes, None).named("allocation", "Essais à blanc des places, publication")
	Opening      = only(Sees, Director, Administrator).named("opening", "Suivre le jour de l’ouverture")
	Lists        = offices(Sees, SeesOwn).named("lists", "Listes, impressions, chiffres")

	Catalogue = offices(Changes, Sees).named("catalogue", "Cours, formules, pôles, enseignants")
	Classes   = only(Sees, Teacher).named("classes", "Ses cours et ses élèves")

	Quotients = offices(Changes, ChangesOwn).with(Bursar, Changes).named("quotients", "Quotient familial des foyers")
	Tariffs   = only(Changes, Bursar, Director, Administrator).named("tariffs", "Tarifs de la saison")
	Billing   = only(Changes, Bursar).with(Director, Sees).with(Administrator, Sees).named("billing", "Factures, encaissements, clôtures")

	Settings = only(Changes, Director, Administrator).named("settings", "École, saisons, campagne, pièces, règles")
	Accounts = only(Changes, Administrator).with(Director, Sees).named("accounts", "Comptes et droits")
	Accesses = only(Sees, Director, Administrator).named("accesses", "Journal des accès")

	PersonalData = only(Sees, Director, Administrator).named("personal-data", "Données d’une famille, à lui remettre")
)

// RightGroup is rights that the screen shows together.
type RightGroup struct {
	Title  string
	Rights []*Right
}

// Rights are all the rights, as the screen groups them. The last group is of
// what everybody or one's own account opens, which the screen leaves out.
var Rights = []RightGroup{
	{"Familles et élèves", []*Right{Office, Households, Newcomers, Merges, Papers, Mails, Messages, Identifiers, Imports}},
	{"Inscriptions", []*Right{Dossiers, Applications, Places, Queues, Jumps, Allocation, Opening, Lists}},
	{"Enseignement", []*Right{Catalogue, Classes}},
	{"Argent", []*Right{Quotients, Tariffs, Billing}},
	{"Réglages", []*Right{Settings, Accounts, Accesses, PersonalData}},
	{"", []*Right{Everybody, OwnAccount, OwnFactor, FamilyPages}},
}

// Column is whom a column of the table of rights is about.
type Column struct {
	Title string
	Who   Actor
}

// Columns are those of the staff, as the screen shows them.
var Columns = []Column{
	{"Secrétariat", Actor{Role: Secretary}},
	{"Secrétariat, un pôle", Actor{Role: Secretary, Site: "pole"}},
	{"Direction", Actor{Role: Director}},
	{"Enseignant", Actor{Role: Teacher}},
	{"Régie", Actor{Role: Bursar}},
	{"Administration", Actor{Role: Administrator}},
}
