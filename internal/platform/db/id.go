package db

import "github.com/google/uuid"

// NewID makes a UUIDv7, whose text sorts by time of making.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
