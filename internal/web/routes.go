package web

import (
	"pupitre/internal/domain/actor"
	"pupitre/internal/web/access"
	"pupitre/internal/web/allocation"
	"pupitre/internal/web/application"
	"pupitre/internal/web/billing"
	"pupitre/internal/web/catalogue"
	"pupitre/internal/web/door"
	"pupitre/internal/web/family"
	"pupitre/internal/web/figures"
	"pupitre/internal/web/households"
	"pupitre/internal/web/importing"
	"pupitre/internal/web/lists"
	"pupitre/internal/web/merging"
	"pupitre/internal/web/messages"
	"pupitre/internal/web/office"
	"pupitre/internal/web/personal"
	"pupitre/internal/web/public"
	"pupitre/internal/web/quotients"
	"pupitre/internal/web/settings"
	"pupitre/internal/web/tariffs"
	"pupitre/internal/web/trail"
)

// Pages are what answers the routes, one audience each.
type Pages struct {
	Public     *public.Pages
	Family     *family.Pages
	Office     *office.Pages
	Access     *access.Pages
	Settings   *settings.Pages
	Lists      *lists.Pages
	Figures    *figures.Pages
	Households *households.Pages
	Messages   *messages.Pages

	Catalogue   *catalogue.Pages // what the school teaches, for the office
	Application *application.Pages
	Allocation  *allocation.Pages // waiting lists and dry runs
	Merging     *merging.Pages    // of two households
	Importing   *importing.Pages  // families and pupils out of a spreadsheet
	Trail       *trail.Pages      // the journal of accesses
	Personal    *personal.Pages   // what is kept about a household, as an archive
	Tariffs     *tariffs.Pages    // what the season costs
	Quotients   *quotients.Pages  // the quotient of a household
	Billing     *billing.Pages    // what is invoiced and paid
}

// SiteMap is every page and act of the site: who may ask for what. What is
// not listed does not exist.
func SiteMap(p Pages) []door.Route {
	var routes []door.Route
	for _, group := range [][]door.Route{
		publicRoutes(p.Public),
		ownAccountRoutes(p.Public),
		waitingRoutes(p.Public),
		p.Family.Routes(),
		p.Office.Routes(),
		p.Access.Routes(),
		p.Settings.Routes(),
		p.Lists.Routes(),
		p.Figures.Routes(),
		p.Households.Routes(),
		p.Messages.Routes(),
		p.Catalogue.Routes(),
		p.Application.Routes(),
		p.Allocation.Routes(),
		p.Merging.Routes(),
		p.Importing.Routes(),
		p.Trail.Routes(),
		p.Personal.Routes(),
		p.Tariffs.Routes(),
		p.Quotients.Routes(),
		p.Billing.Routes(),
	} {
		routes = append(routes, group...)
	}
	return routes
}

// Everyone, with or without a session.
func publicRoutes(p *public.Pages) []door.Route {
	return []door.Route{
		door.Get("/{$}", door.Public, actor.Everybody, "home", p.Home),

		// Signing in (R2). /extranet/usager is the address families know.
		door.Get("/extranet/usager", door.Public, actor.Everybody, "extranet", p.Extranet),
		door.Get("/extranet/usager/{$}", door.Public, actor.Everybody, "extranet.slash", p.Extranet),
		door.Get("/connexion", door.Public, actor.Everybody, "signin.form", p.SignInForm),
		door.Post("/connexion", door.Public, actor.Everybody, "signin", p.SignIn),
		door.Post("/deconnexion", door.Public, actor.Everybody, "signout", p.SignOut),

		// Lost passwords and first sign-in (R3, R4).
		door.Get("/mot-de-passe-perdu", door.Public, actor.Everybody, "lost.form", p.LostPasswordForm),
		door.Post("/mot-de-passe-perdu", door.Public, actor.Everybody, "lost", p.LostPassword),
		door.Get("/mot-de-passe-perdu/envoi", door.Public, actor.Everybody, "lost.answer", p.LostPasswordAnswer),
		door.Get("/mot-de-passe/lien/{token}", door.Public, actor.Everybody, "link.form", p.LinkForm),
		door.Post("/mot-de-passe/lien/{token}", door.Public, actor.Everybody, "link", p.Link),

		// What the law asks for.
		door.Get("/accessibilite", door.Public, actor.Everybody, "accessibility.form", p.AccessibilityForm),
		door.Post("/accessibilite", door.Public, actor.Everybody, "accessibility", p.Accessibility),
		door.Get("/mentions-legales", door.Public, actor.Everybody, "legal", p.Legal),
		door.Get("/donnees-personnelles", door.Public, actor.Everybody, "privacy", p.Privacy),
		door.Get("/couleur/{colour}", door.Public, actor.Everybody, "colour", p.Colour),
		door.Get("/contact", door.Public, actor.Everybody, "contact", p.Contact),
	}
}

// Everyone signed in, at his own account (R5). The first two are all that a
// session opened with a mailed password may reach.
func ownAccountRoutes(p *public.Pages) []door.Route {
	return []door.Route{
		door.Get("/mot-de-passe", door.Public, actor.OwnAccount, "password.form", p.PasswordForm).OpenAt(actor.ChoosePassword),
		door.Post("/mot-de-passe", door.Public, actor.OwnAccount, "password", p.Password).OpenAt(actor.ChoosePassword),
		door.Post("/mot-de-passe/identifiant", door.Public, actor.OwnAccount, "login", p.Login),
	}
}

// Roles whose screens are not open yet.
func waitingRoutes(p *public.Pages) []door.Route {
	return []door.Route{
		door.Get("/enseignant", door.Teacher, actor.Classes, "teacher.home", p.Waiting),
	}
}
