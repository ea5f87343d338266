package door

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"pupitre/internal/web/ui"
)

const flashCookie = "pupitre_message"

// keepFlashes leaves the messages for the next page, in a cookie of one minute.
// It holds only words already meant for this reader; the pages escape them.
func (v *Visit) keepFlashes(flashes []ui.Flash) {
	if len(flashes) == 0 {
		return
	}
	text, err := json.Marshal(flashes)
	if err != nil || len(text) > 2800 {
		return // browsers drop a larger cookie
	}
	http.SetCookie(v.W, v.cookie(flashCookie, base64.RawURLEncoding.EncodeToString(text), 60))
}

func (v *Visit) takeFlashes() []ui.Flash {
	c, err := v.R.Cookie(cookieName(flashCookie, v.Secure))
	if err != nil {
		return nil
	}
	http.SetCookie(v.W, v.cookie(flashCookie, "", -1))
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil
	}
	var flashes []ui.Flash
	if json.Unmarshal(text, &flashes) != nil {
		return nil
	}
	for i := range flashes {
		if !IsLocal(flashes[i].UndoURL) {
			flashes[i].UndoURL = ""
		}
	}
	return flashes
}

// Done is the green message of something done.
func Done(title string) ui.Flash { return ui.Flash{Kind: ui.MessageOK, Title: title} }

// cookie is one of ours: never read by scripts, never sent from another site.
// maxAge 0 lasts as long as the browser, below 0 removes it.
func (v *Visit) cookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: cookieName(name, v.Secure), Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: v.Secure, SameSite: http.SameSiteLaxMode}
}

// SessionCookie is the name of the cookie that holds the session's token; over
// https it is SecureSessionCookie.
const (
	SessionCookie       = "pupitre_session"
	SecureSessionCookie = hostOnly + SessionCookie
)

// hostOnly makes browsers refuse a cookie that another host of the domain sets.
const hostOnly = "__Host-"

func cookieName(name string, secure bool) string {
	if secure {
		return hostOnly + name
	}
	return name
}

// SessionToken is the token the browser sent, "" when none.
func (v *Visit) SessionToken() string {
	c, err := v.R.Cookie(cookieName(SessionCookie, v.Secure))
	if err != nil {
		return ""
	}
	return c.Value
}

// OpenSession hands the token to the browser, until it is closed; "" takes it back.
func (v *Visit) OpenSession(token string) {
	if token == "" {
		http.SetCookie(v.W, v.cookie(SessionCookie, "", -1))
		return
	}
	http.SetCookie(v.W, v.cookie(SessionCookie, token, 0))
}

const deviceCookie = "pupitre_appareil"

// DeviceToken is the token of a browser that has given its second factor, "" when none.
func (v *Visit) DeviceToken() string {
	c, err := v.R.Cookie(cookieName(deviceCookie, v.Secure))
	if err != nil {
		return ""
	}
	return c.Value
}

// KeepDevice hands the browser the token that spares it the second factor.
func (v *Visit) KeepDevice(token string, seconds int) {
	http.SetCookie(v.W, v.cookie(deviceCookie, token, seconds))
}
