package catalogue

func rows() []row {
	s := smallSchool()
	return []row{
		// R22
		{"éveil: one course", s, "eveil", Pupil{Age: 5}, "loire", year("L-EVEIL"), nil},
		{"éveil: no course yet", s, "eveil", Pupil{Age: 5}, "sevre", nil, []string{
			"R22 Il manque un cours : la formule « Jardin / Éveil Musical / Éveil Musique et Danse » demande un cours d’éveil. Au pôle Sèvre, choisissez « Éveil musical ».",
		}},
		{"éveil: two courses refused", s, "eveil", Pupil{Age: 4}, "loire", year("L-EVEIL", "L-JARDIN"), []string{
			"R22 La formule « Jardin / Éveil Musical / Éveil Musique et Danse » comprend exactement un cours d’éveil : « Jardin musical » est en trop. Retirez « Jardin musical » ; le secrétariat peut ajouter un cours ensuite.",
		}},
		{"éveil: an instrument is no course of the formula", s, "eveil", Pupil{Age: 7}, "loire", year("L-PIANO"), []string{
			"R22 La formule « Jardin / Éveil Musical / Éveil Musique et Danse » comprend exactement un cours d’éveil : « Piano » est en trop. Retirez « Piano » ; le secrétariat peut ajouter un cours ensuite.",
		}},
		// R23
		{"parcours: a different one each semester", s, "parcours", Pupil{Age: 7}, "loire", []Wish{{"L-CORDES", 1}, {"L-VENTS", 2}}, nil},
		{"parcours: same title in both semesters refused", s, "parcours", Pupil{Age: 7}, "loire", []Wish{{"L-CORDES", 1}, {"L-CORDES", 2}}, []string{
			"R23 Les parcours doivent être différents : « Parcours cordes » est choisi aux deux semestres. Gardez-le au premier semestre et choisissez au second semestre « Parcours vents ».",
		}},
		{"parcours: same title, only the second semester has another", s, "parcours", Pupil{Age: 7}, "sevre", []Wish{{"S-CORDES", 1}, {"S-CORDES", 2}}, []string{
			"R23 Les parcours doivent être différents : « Parcours cordes » est choisi aux deux semestres. Gardez-le au premier semestre et choisissez au second semestre « Parcours voix ».",
		}},
		{"parcours: same title, the pole has no other", s.without("S-VOIX"), "parcours", Pupil{Age: 7}, "sevre", []Wish{{"S-CORDES", 1}, {"S-CORDES", 2}}, []string{
			"R23 Les parcours doivent être différents : « Parcours cordes » est choisi aux deux semestres. Le pôle Sèvre n’en propose pas d’autre pour cet élève. Prenez tous les cours au pôle Loire.",
		}},
		{"parcours: same title under another code", s.edited("L-VENTS", func(c *Course) { c.Title = "PARCOURS CORDES" }), "parcours", Pupil{Age: 7}, "loire", []Wish{{"L-CORDES", 1}, {"L-VENTS", 2}}, []string{
			"R23 Les parcours doivent être différents : « PARCOURS CORDES » est choisi aux deux semestres. Le pôle Loire n’en propose pas d’autre pour cet élève. Prenez tous les cours au pôle Sèvre.",
		}},
		{"parcours: one semester only", s, "parcours", Pupil{Age: 7}, "loire", []Wish{{"L-CORDES", 1}}, []string{
			"R23 Il manque un cours : la formule « Parcours découverte » demande un parcours au second semestre. Au pôle Loire, choisissez « Parcours vents ».",
		}},
		{"parcours: two in the first semester, none in the second", s, "parcours", Pupil{Age: 7}, "loire", []Wish{{"L-CORDES", 1}, {"L-VENTS", 1}}, []string{
			"R23 La formule « Parcours découverte » comprend exactement un parcours au premier semestre et un parcours au second semestre : « Parcours vents » au premier semestre est en trop. Retirez « Parcours vents » au premier semestre ; le secrétariat peut ajouter un cours ensuite.",
			"R23 Il manque un cours : la formule « Parcours découverte » demande un parcours au second semestre. Au pôle Loire, choisissez « Parcours cordes » ou « Parcours vents ».",
		}},
		{"parcours: asked in a semester it is not given", s, "parcours", Pupil{Age: 7}, "sevre", []Wish{{"S-VOIX", 1}, {"S-CORDES", 2}}, []string{
			"R23 Le cours « Parcours voix » n’est pas proposé au premier semestre. Choisissez-le au second semestre.",
		}},
		{"parcours: the only one of the first semester was kept for the second", s, "parcours", Pupil{Age: 7}, "sevre", []Wish{{"S-CORDES", 2}}, []string{
			"R23 Il manque un cours : la formule « Parcours découverte » demande un parcours au premier semestre. Au pôle Sèvre, choisissez « Parcours cordes ».",
		}},
		{"parcours: whole-year course asked for a semester", s.edited("L-VENTS", func(c *Course) { c.Semesters = []int64{0} }), "parcours", Pupil{Age: 7}, "loire", []Wish{{"L-VENTS", 1}, {"L-CORDES", 2}}, []string{
			"R23 Le cours « Parcours vents » n’est pas proposé au premier semestre. « Parcours cordes » existe au pôle Sèvre, mercredi 16 h : prenez-y tous les cours.",
		}},
		{"parcours: asked for the whole year, given by semester", s, "parcours", Pupil{Age: 7}, "loire", []Wish{{"L-CORDES", 0}, {"L-VENTS", 2}}, []string{
			"R23 Le cours « Parcours cordes » n’est pas proposé à l’année. Choisissez-le au premier semestre.",
		}},
		{"instrument of the whole year asked for one semester", s, "cursus", Pupil{Age: 9, Level: "CM1"}, "loire", []Wish{{"L-PIANO", 2}, {"L-ENFANTS", 0}}, []string{
			"R24 Le cours « Piano » n’est pas proposé au second semestre. Choisissez-le à l’année.",
		}},
		// R24
		{"cursus in CM2: instrument and practice", s, "cursus", Pupil{Age: 10, Level: "CM2"}, "loire", year("L-PIANO", "L-ORCHESTRE"), nil},
		{"cursus in 5e: instrument, practice and culture", s, "cursus", Pupil{Age: 12, Level: "5e"}, "loire", year("L-PIANO", "L-ADOS", "L-CULTURE-1"), nil},
		{"cursus in 5e without culture", s, "cursus", Pupil{Age: 12, Level: "5e"}, "loire", year("L-PIANO", "L-ADOS"), []string{
			"R24 Il manque un cours : la formule « Cursus Instrumental Enfant / ados » demande un cours de culture musicale. Au pôle Loire, choisissez « Culture musicale 1 ».",
		}},
		{"cursus in 3e without culture", s, "cursus", Pupil{Age: 14, Level: "3e"}, "loire", year("L-PIANO", "L-ADOS"), []string{
			"R24 Il manque un cours : la formule « Cursus Instrumental Enfant / ados » demande un cours de culture musicale. Au pôle Loire, choisissez « Culture musicale 2 ».",
		}},
		{"cursus in CM2 with culture is one too many", s, "cursus", Pupil{Age: 10, Level: "CM2"}, "loire", year("L-PIANO", "L-ENFANTS", "L-CULTURE-1"), []string{
			"R24 La formule « Cursus Instrumental Enfant / ados » comprend exactement un instrument et une pratique collective : « Culture musicale 1 » est en trop. Retirez « Culture musicale 1 » ; le secrétariat peut ajouter un cours ensuite.",
		}},
		{"cursus in 2de with culture is one too many", s, "cursus", Pupil{Age: 15, Level: "2de"}, "loire", year("L-PIANO", "L-ADOS", "L-CULTURE-2"), []string{
			"R24 La formule « Cursus Instrumental Enfant / ados » comprend exactement un instrument et une pratique collective : « Culture musicale 2 » est en trop. Retirez « Culture musicale 2 » ; le secrétariat peut ajouter un cours ensuite.",
		}},
		{"cursus: two instruments and no practice", s, "cursus", Pupil{Age: 10, Level: "CM2"}, "loire", year("L-PIANO", "L-ALTO"), []string{
			"R24 La formule « Cursus Instrumental Enfant / ados » comprend exactement un instrument et une pratique collective : « Alto » est en trop. Retirez « Alto » ; le secrétariat peut ajouter un cours ensuite.",
			"R24 Il manque un cours : la formule « Cursus Instrumental Enfant / ados » demande une pratique collective. Au pôle Loire, choisissez « Chœur enfants » ou « Orchestre 1er cycle ».",
		}},
		{"cursus: nothing chosen", s, "cursus", Pupil{Age: 12, Level: "5e"}, "sevre", nil, []string{
			"R24 Il manque un cours : la formule « Cursus Instrumental Enfant / ados » demande un instrument. Au pôle Sèvre, choisissez « Piano ».",
			"R24 Il manque un cours : la formule « Cursus Instrumental Enfant / ados » demande une pratique collective. Au pôle Sèvre, choisissez « Chœur ados ».",
			"R24 Il manque un cours : la formule « Cursus Instrumental Enfant / ados » demande un cours de culture musicale. Au pôle Sèvre, choisissez « Culture musicale 1 ».",
		}},
		// R25
		{"adult without practice accepted", s, "adultes", Pupil{Age: 40, Level: "adulte"}, "loire", year("L-CHANT"), nil},
		{"adult with a practice accepted", s, "adultes", Pupil{Age: 40, Level: "adulte"}, "loire", year("L-CHANT", "L-ADULTES"), nil},
		{"adult with two practices", s, "adultes", Pupil{Age: 40, Beginner: "no"}, "loire", year("L-PIANO", "L-ADULTES", "L-VOCAL"), []string{
			"R25 La formule « Cours Adultes » comprend un instrument et une pratique collective si vous le souhaitez : « Ensemble vocal adultes » est en trop. Retirez « Ensemble vocal adultes » ; le secrétariat peut ajouter un cours ensuite.",
		}},
		{"adult with a practice alone", s, "adultes", Pupil{Age: 40}, "loire", year("L-ADULTES"), []string{
			"R25 Il manque un cours : la formule « Cours Adultes » demande un instrument. Au pôle Loire, choisissez « Piano », « Alto » ou « Chant ».",
		}},
		// R26
		{"choir alone", s, "pratiques", Pupil{Age: 12, Level: "5e"}, "loire", year("L-ADOS"), nil},
		{"two choirs alone, as many as wanted", s, "pratiques", Pupil{Age: 30, Beginner: "no"}, "loire", year("L-ADULTES", "L-VOCAL"), nil},
		{"practices alone: none", s, "pratiques", Pupil{Age: 10}, "sevre", nil, []string{
			"R26 Il manque un cours : la formule « Pratiques collectives seules » demande au moins une pratique collective sans instrument. Au pôle Sèvre, choisissez « Chœur enfants ».",
		}},
		{"practices alone: the orchestra asks for an instrument", s, "pratiques", Pupil{Age: 10}, "loire", year("L-ORCHESTRE"), []string{
			"R26 La formule « Pratiques collectives seules » ne comprend que des cours ouverts sans instrument : « Orchestre 1er cycle » n’en est pas un. Au pôle Loire, choisissez par exemple « Chœur enfants », mardi 17 h 30.",
		}},
		{"practices alone: an instrument", s, "pratiques", Pupil{Age: 10}, "loire", year("L-ENFANTS", "L-PIANO"), []string{
			"R26 La formule « Pratiques collectives seules » comprend au moins une pratique collective sans instrument : « Piano » n’en fait pas partie. Retirez « Piano » ; le secrétariat peut ajouter un cours ensuite.",
		}},
		{"choir that refuses beginners, not a beginner", s, "pratiques", Pupil{Age: 30, Beginner: "no"}, "loire", year("L-VOCAL"), nil},
		{"choir that refuses beginners, beginner", s, "pratiques", Pupil{Age: 30, Beginner: "yes"}, "loire", year("L-VOCAL"), []string{
			"R26 Le cours « Ensemble vocal adultes » n’est pas ouvert aux débutants. Au pôle Loire, choisissez par exemple « Chœur adultes », jeudi 20 h 15.",
		}},
		{"choir that refuses beginners, beginner not answered", s, "pratiques", Pupil{Age: 30}, "loire", year("L-VOCAL"), []string{
			"R26 Le cours « Ensemble vocal adultes » n’est pas ouvert aux débutants. Répondez d’abord à la question « Débutant ». Au pôle Loire, choisissez par exemple « Chœur adultes », jeudi 20 h 15.",
		}},
		{"choir that refuses beginners, the pole has no other", s, "pratiques", Pupil{Age: 30, Beginner: "yes"}, "sevre", year("S-VOCAL"), []string{
			"R26 Le cours « Ensemble vocal adultes » n’est pas ouvert aux débutants. « Chœur adultes » existe au pôle Loire, jeudi 20 h 15 : prenez-y tous les cours.",
		}},
		{"pupil with an instrument this year is not a beginner", s, "pratiques", Pupil{Age: 30, HasInstrument: true}, "loire", year("L-VOCAL"), nil},
		{"the office corrects: a beginner in spite of the instrument", s, "pratiques", Pupil{Age: 30, HasInstrument: true, Beginner: "yes"}, "loire", year("L-VOCAL"), []string{
			"R26 Le cours « Ensemble vocal adultes » n’est pas ouvert aux débutants. Au pôle Loire, choisissez par exemple « Chœur adultes », jeudi 20 h 15.",
		}},
		{"the rule of beginners holds in the adults' formula too", s, "adultes", Pupil{Age: 30, Beginner: "yes"}, "loire", year("L-PIANO", "L-VOCAL"), []string{
			"R26 Le cours « Ensemble vocal adultes » n’est pas ouvert aux débutants. Au pôle Loire, choisissez par exemple « Chœur adultes », jeudi 20 h 15.",
		}},
		// R27
		{"two poles refused and the way out names the same course in the chosen pole", s, "cursus", Pupil{Age: 10, Level: "CM2"}, "sevre", year("S-PIANO", "L-ENFANTS"), []string{
			"R27 Tous les cours d’un même élève ont lieu sur un seul pôle : « Chœur enfants » est au pôle Loire. Le même cours existe au pôle Sèvre, jeudi 18 h.",
		}},
		{"two poles: the chosen pole has another of its kind", s, "cursus", Pupil{Age: 10, Level: "CM2"}, "sevre", year("L-ALTO", "S-ENFANTS"), []string{
			"R27 Tous les cours d’un même élève ont lieu sur un seul pôle : « Alto » est au pôle Loire. Au pôle Sèvre, choisissez par exemple « Piano ». Sinon, prenez tous les cours au pôle Loire.",
		}},
		{"two poles: the chosen pole has none of its kind", s.without("S-PIANO"), "cursus", Pupil{Age: 10, Level: "CM2"}, "sevre", year("L-PIANO", "S-ENFANTS"), []string{
			"R27 Tous les cours d’un même élève ont lieu sur un seul pôle : « Piano » est au pôle Loire. Prenez tous les cours au pôle Loire.",
		}},
		{"two poles for musical culture", s, "cursus", Pupil{Age: 12, Level: "5e"}, "sevre", year("S-PIANO", "S-ADOS", "L-CULTURE-1"), []string{
			"R27 Tous les cours d’un même élève ont lieu sur un seul pôle : « Culture musicale 1 » est au pôle Loire. Le même cours existe au pôle Sèvre, mercredi 17 h.",
		}},
		{"two poles for the two semesters", s, "parcours", Pupil{Age: 7}, "loire", []Wish{{"L-CORDES", 1}, {"S-CORDES", 2}}, []string{
			"R27 Tous les cours d’un même élève ont lieu sur un seul pôle : « Parcours cordes » est au pôle Sèvre. Au pôle Loire, choisissez par exemple « Parcours vents », jeudi 17 h. Sinon, prenez tous les cours au pôle Sèvre.",
		}},
		{"pole without that kind: which pole has one", s, "cursus", Pupil{Age: 14, Level: "3e"}, "sevre", year("S-PIANO", "S-ADOS"), []string{
			"R27 Il manque un cours : la formule « Cursus Instrumental Enfant / ados » demande un cours de culture musicale. Le pôle Sèvre n’en propose pas pour cet élève ; le pôle Loire propose « Culture musicale 2 ». Prenez tous les cours au pôle Loire.",
		}},
		{"pole without that kind, the other pole without another kind", s.without("L-ADOS"), "cursus", Pupil{Age: 14, Level: "3e"}, "sevre", year("S-PIANO", "S-ADOS"), []string{
			"R27 Il manque un cours : la formule « Cursus Instrumental Enfant / ados » demande un cours de culture musicale. Le pôle Sèvre n’en propose pas pour cet élève ; le pôle Loire propose « Culture musicale 2 ». Choisissez la formule « Pratiques collectives seules ».",
		}},
		{"no pole chosen", s, "cursus", Pupil{Age: 10, Level: "CM2"}, "", year("L-PIANO", "L-ENFANTS"), []string{
			"R27 Tous les cours d’un même élève ont lieu sur un seul pôle : choisissez lequel. Prenez le pôle Loire ou le pôle Sèvre.",
		}},
		{"no pole chosen, one pole has all", s, "cursus", Pupil{Age: 14, Level: "3e"}, "", nil, []string{
			"R27 Tous les cours d’un même élève ont lieu sur un seul pôle : choisissez lequel. Prenez le pôle Loire.",
		}},
		// R28
		{"programme: 17 on the day, still a child", s, "cursus", Pupil{Age: 17, Level: "Tle"}, "loire", year("L-PIANO", "L-ADOS"), nil},
		{"programme: 18 on the day, no longer", s, "cursus", Pupil{Age: 18, Level: "Tle"}, "loire", year("L-PIANO", "L-ADOS"), []string{
			"R28 La formule « Cursus Instrumental Enfant / ados » est réservée aux élèves de 17 ans au plus. Choisissez la formule « Cours Adultes » ou « Pratiques collectives seules ».",
		}},
		{"programme: 17 on the day, not yet an adult", s, "adultes", Pupil{Age: 17, Level: "Tle"}, "loire", year("L-CHANT"), []string{
			"R28 La formule « Cours Adultes » est réservée aux élèves de 18 ans et plus. Choisissez la formule « Cursus Instrumental Enfant / ados » ou « Pratiques collectives seules ».",
		}},
		{"programme for one level", s.withProgramme("eveil", func(p *Programme) { p.Levels = []string{"GS"} }), "eveil", Pupil{Age: 6, Level: "CP"}, "loire", year("L-EVEIL"), []string{
			"R28 La formule « Jardin / Éveil Musical / Éveil Musique et Danse » est réservée au niveau GS. Choisissez la formule « Parcours découverte ».",
		}},
		{"programme for two levels", s.withProgramme("eveil", func(p *Programme) { p.Levels = []string{"MS", "GS"} }), "eveil", Pupil{Age: 4, Level: "PS"}, "loire", year("L-EVEIL"), []string{
			"R28 La formule « Jardin / Éveil Musical / Éveil Musique et Danse » est réservée aux niveaux MS et GS.",
		}},
		{"course: last age accepted", s, "eveil", Pupil{Age: 6}, "loire", year("L-EVEIL"), nil},
		{"course: a year too old", s, "eveil", Pupil{Age: 7}, "loire", year("L-EVEIL"), []string{
			"R28 Le cours « Éveil musical » est réservé aux élèves de 4 à 6 ans. Choisissez la formule « Parcours découverte », « Cursus Instrumental Enfant / ados » ou « Pratiques collectives seules ».",
		}},
		{"course: too young, another suits", s, "eveil", Pupil{Age: 3}, "loire", year("L-EVEIL"), []string{
			"R28 Le cours « Éveil musical » est réservé aux élèves de 4 à 6 ans. Au pôle Loire, choisissez par exemple « Jardin musical », mercredi 15 h 30.",
		}},
		{"course: too young, only the other pole has one", s, "eveil", Pupil{Age: 3}, "sevre", year("S-EVEIL"), []string{
			"R28 Le cours « Éveil musical » est réservé aux élèves de 4 à 6 ans. « Jardin musical » existe au pôle Loire, mercredi 15 h 30 : prenez-y tous les cours.",
		}},
		{"course: too young for singing, other instruments", s, "cursus", Pupil{Age: 12, Level: "6e"}, "loire", year("L-CHANT", "L-ADOS"), []string{
			"R28 Le cours « Chant » est réservé aux élèves de 15 ans et plus. Au pôle Loire, choisissez par exemple « Piano ».",
		}},
		{"course: age not known is not judged", s, "eveil", Pupil{Age: -1}, "loire", year("L-EVEIL"), nil},
		{"course: for one age", s.edited("L-JARDIN", func(c *Course) { c.AgeMin = 4 }), "eveil", Pupil{Age: 5}, "loire", year("L-JARDIN"), []string{
			"R28 Le cours « Jardin musical » est réservé aux élèves de 4 ans. Au pôle Loire, choisissez par exemple « Éveil musical », mercredi 16 h 30.",
		}},
		{"course: for other levels", s, "cursus", Pupil{Age: 14, Level: "3e"}, "loire", year("L-PIANO", "L-ADOS", "L-CULTURE-1"), []string{
			"R28 Le cours « Culture musicale 1 » est réservé aux niveaux 5e et 4e. Au pôle Loire, choisissez par exemple « Culture musicale 2 », jeudi 18 h.",
		}},
		{"nothing at all for this age", s, "eveil", Pupil{Age: 2}, "loire", nil, []string{
			"R22 Il manque un cours : la formule « Jardin / Éveil Musical / Éveil Musique et Danse » demande un cours d’éveil.",
		}},
		// what was chosen is no longer there
		{"cancelled course", s, "cursus", Pupil{Age: 10, Level: "CM2"}, "loire", year("L-COR", "L-ENFANTS"), []string{
			"R24 Le cours « Cor » n’est plus proposé. Au pôle Loire, choisissez par exemple « Piano ».",
		}},
		{"unknown course", s, "cursus", Pupil{Age: 10, Level: "CM2"}, "loire", year("L-HARPE", "L-ENFANTS"), []string{
			"R24 Un des cours choisis n’existe pas. Choisissez-en un autre dans la liste.",
		}},
		{"course twice", s, "pratiques", Pupil{Age: 10}, "loire", year("L-ENFANTS", "L-ENFANTS"), []string{
			"R26 Le cours « Chœur enfants » est choisi deux fois. Retirez-le une fois.",
		}},
		{"course for the year and for one of its semesters", s.edited("L-ENFANTS", func(c *Course) { c.Semesters = []int64{0, 1} }), "pratiques", Pupil{Age: 10}, "loire", []Wish{{"L-ENFANTS", 1}, {"L-ENFANTS", 0}}, []string{
			"R26 Le cours « Chœur enfants » est choisi deux fois. Retirez-le une fois.",
		}},
		{"two things wrong are both said", s, "cursus", Pupil{Age: 12, Level: "6e"}, "loire", year("L-CHANT", "S-ADOS"), []string{
			"R28 Le cours « Chant » est réservé aux élèves de 15 ans et plus. Au pôle Loire, choisissez par exemple « Piano ».",
			"R27 Tous les cours d’un même élève ont lieu sur un seul pôle : « Chœur ados » est au pôle Sèvre. Le même cours existe au pôle Loire, vendredi 18 h.",
		}},
	}
}
