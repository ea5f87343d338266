package actor_test

import (
	"testing"

	"pupitre/internal/domain/actor"
)

// A right is named once, and every right that the screen shows opens something
// to somebody of the staff.
func TestRightsAreNamedOnce(t *testing.T) {
	codes := map[string]bool{}
	for _, group := range actor.Rights {
		for _, right := range group.Rights {
			if right.Code == "" || codes[right.Code] {
				t.Errorf("the code %q is empty or taken twice", right.Code)
			}
			codes[right.Code] = true
			if (right.Words != "") != (group.Title != "") {
				t.Errorf("%s: said %q in the group %q", right.Code, right.Words, group.Title)
			}
			opens := right.Open || right == actor.FamilyPages
			for _, column := range actor.Columns {
				opens = opens || right.Admits(column.Who, actor.Sees)
			}
			if !opens {
				t.Errorf("%s opens nothing to anybody", right.Code)
			}
		}
	}
}

// Who may change may see; a secretary limited to a pole has no right that
// another has not, and none that goes beyond the pole but what names nobody.
func TestDegreesGoTogether(t *testing.T) {
	secretary, limited := actor.Actor{Role: actor.Secretary}, actor.Actor{Role: actor.Secretary, Site: "loire"}
	for _, group := range actor.Rights {
		for _, right := range group.Rights {
			for _, column := range append(actor.Columns, actor.Column{Who: actor.Actor{Role: actor.Family}}) {
				if right.Admits(column.Who, actor.Changes) && !right.Admits(column.Who, actor.Sees) {
					t.Errorf("%s: %s changes and does not see", right.Code, column.Title)
				}
			}
			for _, asked := range []actor.Degree{actor.Sees, actor.Changes} {
				if right.Admits(limited, asked) && !right.Admits(secretary, asked) {
					t.Errorf("%s: %s of one pole, but not of all", right.Code, asked)
				}
			}
			whole := right.Degree(limited) == actor.Sees || right.Degree(limited) == actor.Changes
			if whole && right != actor.Catalogue && right != actor.OwnAccount && right != actor.OwnFactor {
				t.Errorf("%s goes beyond the pole", right.Code)
			}
		}
	}
}

func TestWhatRolesMayDo(t *testing.T) {
	limited := actor.Actor{Role: actor.Secretary, Site: "loire"}
	for _, c := range []struct {
		who   actor.Actor
		asked actor.Degree
		right *actor.Right
		want  bool
	}{
		{actor.Actor{}, actor.Sees, actor.Everybody, true},
		{actor.Actor{}, actor.Sees, actor.OwnAccount, false},
		{actor.Actor{Role: actor.Family}, actor.Sees, actor.Papers, true},
		{actor.Actor{Role: actor.Family}, actor.Changes, actor.Papers, false},
		{actor.Actor{Role: actor.Secretary}, actor.Changes, actor.Jumps, true},
		{limited, actor.Changes, actor.Dossiers, true},
		{limited, actor.Sees, actor.Catalogue, true},
		{limited, actor.Changes, actor.Catalogue, false},
		{limited, actor.Changes, actor.Jumps, false},
		{actor.Actor{Role: actor.Director}, actor.Sees, actor.Accounts, true},
		{actor.Actor{Role: actor.Director}, actor.Changes, actor.Accounts, false},
		{actor.Actor{Role: actor.Director, Site: "loire"}, actor.Changes, actor.Settings, true},
		{actor.System, actor.Sees, actor.Dossiers, false},
	} {
		if got := c.who.May(c.asked, c.right); got != c.want {
			t.Errorf("%s (pole %q) %s %s: %v, want %v", c.who.Role, c.who.Site, c.asked, c.right.Code, got, c.want)
		}
	}
}
