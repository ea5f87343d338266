package door

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"pupitre/internal/platform/fault"
)

// Limits bound what one account may ask, so that a script cannot crowd out the
// others. They are far above what a person does. A nil Limits bounds nothing.
type Limits struct {
	perSecond rate.Limit
	burst     int
	inFlight  int

	mu       sync.Mutex
	accounts map[string]*share
	swept    time.Time
}

// share is what an account has used.
type share struct {
	bucket *rate.Limiter
	inside int
}

// NewLimits allows an account so many requests a second after a first burst,
// and so many at the same time.
func NewLimits(perSecond float64, burst, inFlight int) *Limits {
	return &Limits{perSecond: rate.Limit(perSecond), burst: burst, inFlight: inFlight, accounts: map[string]*share{}}
}

// enter counts a request of the account until leave is called, or returns fault.Busy.
func (l *Limits) enter(account string, now time.Time) (leave func(), err error) {
	if l == nil || account == "" {
		return func() {}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	s := l.accounts[account]
	if s == nil {
		s = &share{bucket: rate.NewLimiter(l.perSecond, l.burst)}
		l.accounts[account] = s
	}
	if s.inside >= l.inFlight {
		return nil, tooMuch(time.Second)
	}
	if !s.bucket.AllowN(now, 1) {
		return nil, tooMuch(time.Duration(float64(time.Second) / float64(l.perSecond)))
	}
	s.inside++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		s.inside--
	}, nil
}

func tooMuch(after time.Duration) error {
	return &fault.Busy{RetryAfter: max(after, time.Second), Message: "Votre compte envoie trop de demandes à la fois. Attendez quelques secondes, puis recommencez."}
}

// sweep forgets the accounts whose bucket is full again.
func (l *Limits) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for account, s := range l.accounts {
		if s.inside == 0 && s.bucket.TokensAt(now) >= float64(l.burst) {
			delete(l.accounts, account)
		}
	}
}
