package web_test

import (
	"testing"

	"pupitre/internal/domain/actor"
	"pupitre/internal/web"
	"pupitre/internal/web/door"
)

// TestRoutesNameTheirRight holds that each route names a line of the table that
// « Droits et comptes » shows, and that each line of it opens a route.
func TestRoutesNameTheirRight(t *testing.T) {
	lines, used := map[*actor.Right]bool{}, map[*actor.Right]bool{}
	for _, group := range actor.Rights {
		for _, right := range group.Rights {
			lines[right] = true
		}
	}
	for _, r := range web.SiteMap(pages(nil, nil)) {
		used[r.Right] = true
		if !lines[r.Right] {
			t.Errorf("%s names no line of the table of rights", r.Pattern())
		}
		if r.Method != "GET" && r.Asked() != actor.Changes {
			t.Errorf("%s acts, and asks for %q only", r.Pattern(), r.Asked())
		}
	}
	for right := range lines {
		if !used[right] {
			t.Errorf("no route asks for %s", right.Code)
		}
	}
}

// roleOf is the actor that a visitor of the authorisation table is.
func roleOf(who visitor) actor.Actor {
	switch who {
	case nobody:
		return actor.Actor{}
	case stranger, ownFamily:
		return actor.Actor{Role: actor.Family}
	default:
		return actor.Actor{Role: actor.Role(who)}
	}
}

// TestAnswersFollowFromTheRights holds the authorisation table, which is asked
// of the running site, against the table of rights: who has the right is never
// turned away for his role, and who has not always is.
func TestAnswersFollowFromTheRights(t *testing.T) {
	routes := map[string]door.Route{}
	for _, r := range web.SiteMap(pages(nil, nil)) {
		routes[r.Pattern()] = r
	}
	for _, row := range table {
		route, known := routes[row.route]
		if !known {
			t.Errorf("%s is no route", row.route)
			continue
		}
		for _, who := range visitors {
			want := row.want[who]
			turnedAway := want == 403 || want == signInPage && !route.Right.Open
			if admitted := route.Admits(roleOf(who)); admitted == turnedAway {
				t.Errorf("%s as %s: the right %s says %v, and the table expects %d", row.route, who, route.Right.Code, admitted, want)
			}
		}
	}
}
