package db

// Life is the question in which life of PostgreSQL it is asked.
const Life = `select ` + life

// KeptIn asks what became of the transaction of that number and life.
func (s *Store) KeptIn(number, life string) (kept, sure bool) {
	return s.kept(transaction{number: number, life: life})
}
