// Package demo is the made-up school, as the files `pupitre import` reads.
// Nobody in it exists: the telephones are those reserved for fiction.
package demo

import "embed"

// Files is the folder of the demonstration school.
// tarifs.csv is the grid of its tariffs, which no import reads: internal/demo does.
//
//go:embed tarifs.csv ecole.toml familles.csv eleves.csv cours.csv enseignants.csv
var Files embed.FS
