package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// patience bounds one conversation with the server.
const patience = 30 * time.Second

// Sender sends by one SMTP server, a connection a message. It is safe for
// concurrent use.
type Sender struct {
	host    string
	address string // host:port
	from    string
	ssl     bool
	tls     *tls.Config
	options []gomail.Option
}

// Dial reads the server's URL and the sender's address; it opens no connection.
// smtp://[user:password@]host[:587] encrypts when the server offers STARTTLS,
// and always when there is a password and the host is not loopback;
// smtps://[user:password@]host[:465] is encrypted from the first byte. The
// error is a sentence for whoever wrote the setting and never shows a password.
func Dial(server, from string) (*Sender, error) {
	if _, err := address("sender", from); err != nil {
		return nil, err
	}
	u, err := url.Parse(server)
	if err != nil { // the parser's own words may quote the password
		return nil, errors.New("the SMTP URL cannot be read: write smtp://user:password@host:587 or smtps://user:password@host:465, with special characters of the password percent-encoded")
	}
	if u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, fmt.Errorf("the SMTP URL begins with %q: write smtp:// or smtps://", u.Scheme)
	}
	if u.Hostname() == "" || u.Opaque != "" {
		return nil, errors.New("the SMTP URL names no host: write smtp://host:port")
	}
	if (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the SMTP URL goes on after the port: write smtp://host:port and nothing more")
	}
	port, err := portOf(u)
	if err != nil {
		return nil, err
	}
	local := isLoopback(u.Hostname())
	s := &Sender{
		host: u.Hostname(), address: net.JoinHostPort(u.Hostname(), strconv.Itoa(port)), from: from, ssl: u.Scheme == "smtps",
		tls: &tls.Config{
			ServerName: u.Hostname(),
			MinVersion: tls.VersionTLS12,
			// A relay on this machine often shows a self-signed certificate, and nobody stands between.
			InsecureSkipVerify: local,
		},
	}
	s.options = []gomail.Option{
		gomail.WithTimeout(patience),
		gomail.WithPort(port),
		gomail.WithoutSMTPUTF8(), // addresses are ASCII: asking for it makes some relays bounce
		gomail.WithTLSConfig(s.tls),
	}
	if err := s.secure(u, local); err != nil {
		return nil, err
	}
	return s, nil
}

// secure adds encryption and credentials to the options.
func (s *Sender) secure(u *url.URL, local bool) error {
	password, hasPassword := u.User.Password()
	user := u.User.Username()
	if u.User != nil && (user == "" || !hasPassword) {
		return errors.New("the SMTP URL has only half of the credentials: write smtp://user:password@host:port")
	}
	policy := gomail.TLSOpportunistic
	if hasPassword && !local {
		policy = gomail.TLSMandatory
	}
	if s.ssl {
		policy = gomail.NoTLS // there already
	}
	s.options = append(s.options, gomail.WithTLSPolicy(policy))
	if !hasPassword {
		return nil
	}
	ways := []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1}
	if local {
		ways = append(ways, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc)
	} else {
		ways = append(ways, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
	}
	s.options = append(s.options,
		gomail.WithOpportunisticSMTPAuth(ways...), gomail.WithUsername(user), gomail.WithPassword(password))
	return nil
}

// Send gives m to the server and returns once the server has taken it. A 5xx
// answer to the recipient or to the content is a *Permanent; a server that is
// away, busy, or refuses our own address or credentials may be tried again.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg, err := m.build(s.from)
	if err != nil {
		return fmt.Errorf("send mail %s: %w", m.ID, err)
	}
	var line net.Conn
	client, err := gomail.NewClient(s.host, append(slices.Clip(s.options),
		gomail.WithDialContextFunc(func(ctx context.Context, network, _ string) (net.Conn, error) {
			conn, err := s.dial(ctx, network)
			line = conn
			return conn, err
		}))...)
	if err != nil {
		return fmt.Errorf("send mail %s: %w", m.ID, err)
	}
	err = client.DialWithContext(ctx)
	if line != nil { // whatever the server said, nothing stays open
		defer line.Close()
		defer context.AfterFunc(ctx, func() { line.Close() })()
	}
	if err == nil {
		err = client.Send(msg)
	}
	if err != nil && !msg.IsDelivered() {
		return fmt.Errorf("send mail %s by %s: %w", m.ID, s.host, judge(err))
	}
	if err == nil {
		client.Close() // the message is taken: a goodbye that fails changes nothing
	}
	return nil
}

func (s *Sender) dial(ctx context.Context, network string) (net.Conn, error) {
	if s.ssl {
		return (&tls.Dialer{Config: s.tls}).DialContext(ctx, network, s.address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, s.address)
}

// judge tells a refusal for good from a failure of the moment.
func judge(err error) error {
	var refused *gomail.SendError
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
	default: // our own address or the connection: a setting, not this message
		return err
	}
	code := refused.ErrorCode()
	if code < 500 || code == 530 || code == 535 || code == 538 { // asks to sign in: a setting again
		return err
	}
	return &Permanent{Code: code, Reason: refused.Error()}
}

func portOf(u *url.URL) (int, error) {
	if u.Port() == "" {
		if u.Scheme == "smtps" {
			return gomail.DefaultPortSSL, nil
		}
		return gomail.DefaultPortTLS, nil
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil || port < 1 || port > 65535 {
		return 0, fmt.Errorf("the SMTP URL's port is %s: write a number from 1 to 65535", u.Port())
	}
	return port, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
